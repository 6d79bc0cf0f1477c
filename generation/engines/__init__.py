"""The engines that make pixels, by the kind that a preset names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generation.engines import diffusers
from generation.engines.engine import Engine
from generation.recipe import PresetSnapshot
from generation.renderer import Renderer
from generation.sizes import Size

ENGINES: dict[str, Engine] = {"diffusers": diffusers.ENGINE}


def load(preset: PresetSnapshot) -> Renderer:
    """The preset's model on this worker's device. Raises UnusableSource where it may not or can not be loaded."""
    return ENGINES[preset.engine].load(preset)


def check(kind: str, parameters: dict[str, Any], sizes: Sequence[Size]) -> None:
    """Raises UnusableSource, in a sentence, for what can't work on this installation."""
    engine = ENGINES[kind]
    engine.check(engine.parameters.model_validate(parameters), sizes)


def facts(preset: PresetSnapshot, *, hears_guidance: bool = True) -> list[tuple[str, str]]:
    """What a preset's parameters come to, for people: name and value."""
    engine = ENGINES[preset.engine]
    return engine.facts(engine.parameters.model_validate(preset.parameters), hears_guidance)
