"""Text-to-image pipelines of the diffusers library, on this worker's device."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings

from generation.engines.diffusers import inspection, weights
from generation.engines.diffusers.families import Family
from generation.engines.diffusers.parameters import Parameters
from generation.engines.engine import Engine, UnusableSource
from generation.recipe import PresetSnapshot
from generation.renderer import Renderer
from generation.sizes import Size


def _facts(parameters: Parameters, hears_guidance: bool) -> list[tuple[str, str]]:
    guidance = f"{parameters.guidance:g}" if hears_guidance else "not heard"
    options = ", ".join(f"{name} {value}" for name, value in parameters.scheduler_options().items())
    told = {
        "Steps, guidance": f"{parameters.steps}, {guidance}",
        "Second guidance": "" if parameters.second_guidance is None else f"{parameters.second_guidance:g}",
        "Steps of the prior": str(parameters.prior_steps or ""),
        "Configuration": parameters.configuration,
        "VAE": parameters.vae,
        "LoRA": parameters.adapters,
        "Memory": ", ".join(_memory(parameters)),
        "Scheduler": " ".join(filter(None, [parameters.scheduler, options])),
    }
    return [(name, value) for name, value in told.items() if value]


def _memory(parameters: Parameters) -> list[str]:
    told = {
        f"offload by {parameters.offload}": parameters.offload,
        "decoded in tiles": parameters.tiling,
        "decoded one by one": parameters.slicing,
        f"attention {parameters.attention}": parameters.attention,
        "compiled": parameters.compiled,
    }
    return [sentence for sentence, holds in told.items() if holds]


def _check(parameters: Parameters, sizes: Sequence[Size]) -> None:
    """Of what lies on this machine. A hub's is looked into where it is measured, as is one that workers alone have."""
    if not any(root.is_dir() for root in settings.WINNOW_MODELS) and parameters.source != weights.STARTER:
        return
    source = weights.local(parameters.source)
    if source is None:
        weights.require_pinned(parameters.source, parameters.revision)
        return
    look = inspection.look(weights.sources(source, parameters))
    for width, height in sizes:
        if width % look.side or height % look.side:
            near = " x ".join(str(max(1, round(side / look.side)) * look.side) for side in (width, height))
            raise UnusableSource(
                f"'{parameters.source}' makes pictures whose sides are multiples of {look.side} pixels. "
                f"{width} x {height} is none; {near} is."
            )
    _require_heard(parameters, look.family)


def _require_heard(parameters: Parameters, family: Family) -> None:
    """That nothing is set which this family never hears."""
    if parameters.second_guidance is not None and not family.second:
        raise UnusableSource(f"Models of the family {family.name} have one guidance. Leave the second empty.")
    if parameters.prior_steps is not None and not family.prior_steps:
        raise UnusableSource(f"Models of the family {family.name} have no prior. Leave its steps empty.")


def _load(preset: PresetSnapshot) -> Renderer:
    from generation.engines.diffusers import pipelines

    return pipelines.load(preset)


ENGINE = Engine("Diffusers", Parameters, _facts, _check, _load)
