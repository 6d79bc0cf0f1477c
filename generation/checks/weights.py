"""Weights that come as a file inside a package (weights.txt), which is never imported."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from generation.checks.finding import Missing


def path(package: str, module: str, name: str) -> Path:
    """Raises Missing."""
    found = importlib.util.find_spec(module)
    folder = Path(found.submodule_search_locations[0]) if found and found.submodule_search_locations else None
    if folder is None or not (folder / name).is_file():
        raise Missing(f"The weights of this check are missing: {name} of {package}. Run bin/install again.")
    return folder / name
