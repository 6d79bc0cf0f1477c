from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from creative.validation import Checked
from generation.renderer import Load


class UnusableSource(ValueError):
    """A model that Winnow will not load, in a sentence."""


@dataclass(frozen=True)
class Engine:
    """A kind of model: the parameters that its presets give it, what those come to for people, how it is loaded."""

    label: str
    parameters: type[Checked]
    facts: Callable[[Any], list[tuple[str, str]]]
    load: Load
