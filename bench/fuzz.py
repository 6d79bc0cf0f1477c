"""What `make fuzz` sends, on both databases side by side."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from django.conf import settings

from bench.results import Measured

HALVES = ("embedded", "services")
REQUESTS = 10_500  # on each
WHAT = f"to every endpoint, by everybody, with what no page sends: {REQUESTS} each on SQLite and PostgreSQL"


def requests() -> Measured:
    sent = sum(found["requests"] for found in _found())
    return Measured(sent, sent, 20_000, "requests", f"Sent {WHAT} / 20,000 promised.")


def faults() -> Measured:
    found = sum(found["faults"] for found in _found())
    return Measured(found, found, 0, "answers", f"Answers of 500 to what was sent {WHAT}.")


@cache
def _found() -> list[dict[str, int]]:
    with tempfile.TemporaryDirectory() as folder:
        outs = [Path(folder) / f"{half}.json" for half in HALVES]
        pairs = zip(HALVES, outs, strict=True)
        for process in [_started(half, out) for half, out in pairs]:
            process.wait()
        return [json.loads(out.read_text()) for out in outs]


def _started(half: str, out: Path) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WINNOW_", "DJANGO_"))}
    told = {"WINNOW_TEST_ON": half, "WINNOW_FUZZ": str(REQUESTS), "WINNOW_FUZZ_OUT": str(out)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/test_fuzz.py"]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=kept | told, stdout=sys.stderr)
