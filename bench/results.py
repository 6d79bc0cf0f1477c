"""What was measured: entries, the file that keeps them, the table that is printed."""

from __future__ import annotations

import datetime
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LATEST = Path(__file__).parent / "results" / "latest.json"

Entry = dict[str, Any]


@dataclass(frozen=True)
class Measured:
    """One figure with both sides; `unit` is theirs. `what` says how `value` comes of them."""

    value: float
    ours: float
    other: float
    unit: str
    what: str


@dataclass(frozen=True)
class Bound:
    """What a figure promises: one of the two, both where it is an exact number, neither where it is only reported."""

    least: float | None = None
    most: float | None = None

    def met_by(self, value: float) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        if self.least is None and self.most is None:
            return "reported"
        if self.least == self.most:
            return f"{self.least:g}"
        return f"at least {self.least:g}" if self.least is not None else f"at most {self.most:g}"


def entry(measured: Measured) -> Entry:
    return {
        "value": _short(measured.value),
        "ours": _short(measured.ours),
        "other": _short(measured.other),
        "unit": measured.unit,
        "what": measured.what,
        "hardware": hardware(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }


def merge(file: Path, measured: Mapping[str, Entry], *, order: Sequence[str]) -> None:
    """Replace what was measured now and keep the rest, in `order`; names that no longer exist go."""
    known = json.loads(file.read_text()) if file.exists() else {}
    known.update(measured)
    file.parent.mkdir(exist_ok=True)
    kept = {name: known[name] for name in order if name in known}
    file.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")


def table(measured: Mapping[str, Entry], bounds: Mapping[str, Bound]) -> str:
    rows = [("figure", "value", "bound", "", "ours", "other", "unit")]
    for name, row in measured.items():
        verdict = "met" if bounds[name].met_by(row["value"]) else "missed"
        numbers = (f"{row['ours']:g}", f"{row['other']:g}", row["unit"])
        rows.append((name, f"{row['value']:g}", str(bounds[name]), verdict, *numbers))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def hardware() -> dict[str, Any]:
    import torch

    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU",
    }


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def _short(number: float) -> float:
    """Four digits: more would be noise."""
    return float(f"{number:.4g}")
