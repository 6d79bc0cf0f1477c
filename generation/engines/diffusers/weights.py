"""Where a preset's weights lie, and what they are. Standard library only: the web process may ask too."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from generation.engines.diffusers.parameters import Parameters
from generation.engines.engine import UnusableSource

STARTER = "starter"
STARTER_FOLDER = Path(__file__).parents[2] / "starter" / "model"
FILES = (".safetensors", ".gguf")  # that may be named by themselves
READ = {".safetensors", ".json", ".jinja", ".model", ".txt"}  # of a folder; nothing else is, so nothing else counts


@dataclass(frozen=True)
class Sources:
    """Where what a preset loads really lies: the pipeline's folder, and what is taken over what lies there.

    That is the weights of a single file, a VAE, and LoRAs with their weights.
    """

    folder: Path
    vae: Path | None = None
    adapters: tuple[tuple[Path, float], ...] = ()
    file: Path | None = None

    def digest(self) -> str:
        """SHA-256 over all of it. Raises UnusableSource where a link leads out of WINNOW_MODELS."""
        found = digest(self.folder)
        if not (self.vae or self.adapters or self.file):
            return found
        total = hashlib.sha256(f"{found}\n".encode())
        if self.file:
            total.update(f"file {_hash(self.file)}\n".encode())
        if self.vae:
            for name in sorted(_names(self.vae)):
                total.update(f"vae/{name} {_hash(self.vae / name)}\n".encode())
        for path, weight in self.adapters:
            total.update(f"lora {weight:g} {_hash(path)}\n".encode())
        return total.hexdigest()


def sources(source: Path, parameters: Parameters) -> Sources:
    """With what is loaded over the pipeline in `source`, or over the one that the file `source` is of.

    Raises UnusableSource for what is not there.
    """
    vae = _named(parameters.vae) if parameters.vae else None
    if vae and not (vae / "config.json").is_file():
        raise UnusableSource(f"'{parameters.vae}' is no VAE's folder: it has no config.json.")
    adapters = tuple((_named(name), weight) for name, weight in parameters.weighted_adapters())
    if source.is_dir():
        return Sources(source, vae, adapters)
    return Sources(_configuration(source, parameters.configuration), vae, adapters, source)


def _configuration(file: Path, name: str) -> Path:
    if not name:
        raise UnusableSource(
            f"'{file.name}' is a single file. Name as its configuration the pipeline folder in WINNOW_MODELS that it "
            "is a model of, such as the one it was trained from: what the file lacks is read there, and its own "
            "weights may be missing."
        )
    folder = _named(name)
    if not (folder / "model_index.json").is_file():
        raise UnusableSource(f"'{name}' is no pipeline folder: it has no model_index.json.")
    return folder


def _named(name: str) -> Path:
    """A file or folder inside WINNOW_MODELS."""
    found = (within(root / name) for root in settings.WINNOW_MODELS)
    path = next((path for path in found if path.exists()), None)
    if path is None:
        raise UnusableSource(f"There is no '{name}' in WINNOW_MODELS.")
    return path


def local(source: str) -> Path | None:
    """The folder or file of a source, or None for a hub id. Raises UnusableSource for what is not there."""
    if source == STARTER:
        return STARTER_FOLDER
    for root in settings.WINNOW_MODELS:
        path = within(root / source)
        if path.is_dir() or path.is_file():
            return _loadable(path)
    if Path(source).suffix in FILES:
        raise UnusableSource(f"There is no file '{source}' in WINNOW_MODELS.")
    if re.fullmatch(r"[\w.-]+/[\w.-]+", source):
        return None
    raise UnusableSource(f"There is no folder '{source}' in WINNOW_MODELS, and it is no hub id either.")


def _loadable(path: Path) -> Path:
    if path.is_file() and path.suffix not in FILES:
        raise UnusableSource(f"'{path.name}': only safetensors and GGUF files are loaded, never pickles or code.")
    return path


def require_pinned(source: str, revision: str) -> None:
    if not revision:
        raise UnusableSource(
            f"There is no folder '{source}' in WINNOW_MODELS. If it is a hub id, pin its revision (the commit hash)."
        )


def within(path: Path) -> Path:
    """Where it really lies. Raises UnusableSource outside of WINNOW_MODELS."""
    resolved = path.resolve()
    if not any(resolved.is_relative_to(root) for root in _roots()):
        raise UnusableSource(f"'{path.name}' leads out of WINNOW_MODELS.")
    return resolved


def _roots() -> Iterator[Path]:
    yield from settings.WINNOW_MODELS
    yield STARTER_FOLDER
    from huggingface_hub.constants import HF_HUB_CACHE  # where a pinned snapshot is kept

    yield Path(HF_HUB_CACHE).resolve()


def digest(folder: Path) -> str:
    """SHA-256 over the names and hashes of what is read of a pipeline folder: its index and its components' folders.

    What lies beside them, such as a README or a copy of the weights in another form, changes nothing.
    Raises UnusableSource where a link leads out of WINNOW_MODELS.
    """
    if not (folder / "model_index.json").is_file():
        raise UnusableSource(f"{folder.name} is no pipeline folder: it has no model_index.json.")
    total = hashlib.sha256()
    for name in sorted(_read(folder)):
        total.update(f"{name} {_hash(folder / name)}\n".encode())
    return total.hexdigest()


def _read(folder: Path) -> Iterator[str]:
    """Names within the folder, as links in it have them."""
    yield "model_index.json"
    for component in folder.iterdir():
        if component.is_dir() and not component.name.startswith("."):
            yield from (f"{component.name}/{name}" for name in _names(within(component)))


def _names(folder: Path) -> Iterator[str]:
    return (path.name for path in folder.iterdir() if path.suffix in READ and path.is_file())


def _hash(path: Path) -> str:
    file = within(path)
    now = file.stat()
    return _hash_of(file, now.st_ino, now.st_size, now.st_mtime_ns)


@lru_cache(maxsize=4096)
def _hash_of(file: Path, *as_it_was: int) -> str:
    """Read once a process, however many batches ask; again when the file is another."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
