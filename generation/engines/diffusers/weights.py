"""Where a preset's weights lie, and what they are. Standard library only: the web process may ask too."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from django.conf import settings

from generation.engines.engine import UnusableSource

STARTER = "starter"
STARTER_FOLDER = Path(__file__).parents[2] / "starter" / "model"
REFUSED_SUFFIXES = {".bin", ".ckpt", ".pt", ".pth", ".pkl", ".pickle", ".py", ".msgpack", ".h5"}


def local_folder(source: str) -> Path | None:
    """The folder of a source, or None for a hub id. Raises UnusableSource for a path that leaves WINNOW_MODELS."""
    if source == STARTER:
        return STARTER_FOLDER
    folder = (settings.WINNOW_MODELS / source).resolve()
    if not folder.is_relative_to(settings.WINNOW_MODELS):
        raise UnusableSource(f"'{source}' leads out of WINNOW_MODELS.")
    if folder.is_dir():
        return folder
    if re.fullmatch(r"[\w.-]+/[\w.-]+", source):
        return None
    raise UnusableSource(f"There is no folder '{source}' in WINNOW_MODELS, and it is no hub id either.")


def digest(folder: Path) -> str:
    """SHA-256 over the names and hashes of a pipeline folder's files. Raises UnusableSource on pickles or code."""
    if not (folder / "model_index.json").is_file():
        raise UnusableSource(f"{folder.name} is no pipeline folder: it has no model_index.json.")
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not _hidden(p.relative_to(folder))):
        if path.suffix.lower() in REFUSED_SUFFIXES:
            raise UnusableSource(f"{path.name}: only safetensors and configuration are loaded, never pickles or code.")
        with path.open("rb") as file:
            inner = hashlib.file_digest(file, "sha256").hexdigest()
        total.update(f"{path.relative_to(folder).as_posix()} {inner}\n".encode())
    return total.hexdigest()


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
