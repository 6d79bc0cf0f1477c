"""The engines that make pixels, by the kind that a preset names."""

from __future__ import annotations

from generation.engines import diffusers
from generation.engines.engine import Engine
from generation.recipe import PresetSnapshot
from generation.renderer import Renderer

ENGINES: dict[str, Engine] = {"diffusers": diffusers.ENGINE}


def load(preset: PresetSnapshot) -> Renderer:
    """The preset's model on this worker's device. Raises UnusableSource where it may not or can not be loaded."""
    return ENGINES[preset.engine].load(preset)


def facts(preset: PresetSnapshot) -> list[tuple[str, str]]:
    """What a preset's parameters come to, for people: name and value."""
    engine = ENGINES[preset.engine]
    return engine.facts(engine.parameters.model_validate(preset.parameters))
