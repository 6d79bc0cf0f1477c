from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from creative.errors import Refused
from creative.validation import Checked
from generation.renderer import Load
from generation.sizes import Size


class UnusableSource(Refused):
    """A model that Winnow will not load, in a sentence."""


def told(error: Exception, folder: Path | None = None) -> str:
    """What a library said, in one line of bounded length, without where the folder lies."""
    said = str(error).replace(str(folder), f"'{folder.name}'") if folder else str(error)
    return " ".join(said.split())[:400] or type(error).__name__


def lacks_memory(error: Exception) -> bool:
    """Whether that is what a library says, each in its own way."""
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "memory" in str(error).lower())


class OutOfMemory(UnusableSource):
    """A batch that the device has no room for."""


@dataclass(frozen=True)
class Engine:
    """A kind of model: the parameters that its presets give it, what those come to for people, how it is loaded.

    `check` raises UnusableSource for parameters and sizes that can't work on this installation.
    """

    label: str
    parameters: type[Checked]
    facts: Callable[[Any, bool], list[tuple[str, str]]]  # and whether its guidance is heard
    check: Callable[[Any, Sequence[Size]], None]
    load: Load
