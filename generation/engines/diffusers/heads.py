"""The heads of files of weights, which name their tensors: read without torch, and without the tensors."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generation.engines.diffusers import packages
from generation.engines.engine import UnusableSource

LONGEST = 100_000_000  # bytes of a head, as safetensors itself has it

Shapes = Mapping[str, tuple[int, ...]]  # of the tensors, by their names


def read(file: Path, name: str = "") -> Shapes:
    """`name` is what people call the file. Raises UnusableSource where it is not whole, or no file of weights."""
    name = name or file.name
    return _gguf(file, name) if file.suffix == ".gguf" else _safetensors(file, name)


def _safetensors(file: Path, name: str) -> Shapes:
    """The head says how long the file is: a pointer of Git LFS or a broken download is neither."""
    with file.open("rb") as opened:
        start = opened.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        try:
            head = json.loads(opened.read(length)) if 0 < length < LONGEST else None
        except ValueError:
            head = None
    if not isinstance(head, dict):
        what = "a pointer of Git LFS" if start == b"version " else "no safetensors file"
        raise UnusableSource(f"'{name}' is {what}, not weights. Copy it anew, whole.")
    wanted = 8 + length + max((entry["data_offsets"][1] for _, entry in _tensors(head)), default=0)
    size = file.stat().st_size
    if size != wanted:
        raise UnusableSource(f"'{name}' has {size:,} of {wanted:,} bytes. Copy it anew, whole.")
    return {each: tuple(entry["shape"]) for each, entry in _tensors(head)}


def _tensors(head: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((name, entry) for name, entry in head.items() if name != "__metadata__")


def _gguf(file: Path, name: str) -> Shapes:
    packages.require("gguf", f"'{name}' is a GGUF file")
    from gguf import GGUFReader

    try:
        tensors = GGUFReader(file).tensors
    except (IndexError, KeyError, ValueError) as error:
        raise UnusableSource(f"'{name}' is no whole GGUF file. Copy it anew.") from error
    return {str(each.name): tuple(int(side) for side in reversed(each.shape)) for each in tensors}
