"""Runs all figures, or those named, in a data folder of their own that is deleted afterwards."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from pathlib import Path

import django
from django.core.management import call_command

CONFIGURATION = ("ALLOWED_HOSTS", "BROKER_URL", "DATABASE_URL", "SECRET_KEY", "STORAGE_URL", "WINNOW_MODELS")


def main(names: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as folder:
        _set_up(Path(folder))
        from bench import figures, results

        unknown = sorted(set(names) - set(figures.FIGURES))
        if unknown:
            print(f"No figure is called {', '.join(unknown)}. There are: {', '.join(figures.FIGURES)}.")
            return 2
        chosen = {name: figure for name, figure in figures.FIGURES.items() if name in names or not names}
        measured = {}
        for name, figure in chosen.items():
            print(f"{name} ...", file=sys.stderr, flush=True)
            measured[name] = results.entry(figure.measure())
            results.merge(results.LATEST, {name: measured[name]}, order=list(figures.FIGURES))
    print(results.table(measured, {name: figure.bound for name, figure in chosen.items()}))
    return 0


def _set_up(data: Path) -> None:
    """The demo's configuration, never the developer's: SQLite in a file, local files, no broker."""
    for name in CONFIGURATION:
        os.environ.pop(name, None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "creative.settings",
        "HF_HUB_OFFLINE": "1",
        "WINNOW_DATA": str(data),
        "WINNOW_MODE": "demo",
    }
    django.setup()
    logging.getLogger("creative.bell").setLevel(logging.ERROR)  # nobody listens, and work() is called directly
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
