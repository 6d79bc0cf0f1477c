"""Text-to-image pipelines of the diffusers library, on this worker's device."""

from __future__ import annotations

from generation.engines.diffusers.parameters import Parameters
from generation.engines.engine import Engine
from generation.recipe import PresetSnapshot
from generation.renderer import Renderer


def _facts(parameters: Parameters) -> list[tuple[str, str]]:
    scheduler = [("Scheduler", parameters.scheduler)] if parameters.scheduler else []
    return [("Steps, guidance", f"{parameters.steps}, {parameters.guidance:g}"), *scheduler]


def _load(preset: PresetSnapshot) -> Renderer:
    from generation.engines.diffusers import pipelines

    return pipelines.load(preset)


ENGINE = Engine("Diffusers", Parameters, _facts, _load)
