"""What a model is and how its makers advise to run it: a preset's parameters, for a person to change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generation.engines.diffusers import inspection, weights
from generation.engines.diffusers.parameters import Parameters
from generation.engines.engine import UnusableSource


@dataclass(frozen=True)
class Proposal:
    parameters: Parameters
    sizes: list[list[int]]
    sentence: str  # what was found, and what is proposed


def proposal(source: str, configuration: str = "") -> Proposal:
    """Of a folder or file inside WINNOW_MODELS, or of a hub id as owner/model@revision, which is fetched.

    Raises UnusableSource.
    """
    name, _, revision = source.partition("@")
    found = _found(name, revision)
    parameters = Parameters(source=name, revision=revision, configuration=configuration)
    look = inspection.look(weights.sources(found, parameters))
    family = look.family
    parameters = parameters.model_copy(update={"steps": family.steps, "guidance": family.advised})
    sizes = [list(size) for size in family.sizes if not any(side % look.side for side in size)] or [[1024, 1024]]
    what = f"a {look.kind}" if family.name == "other" else f"{family.name} ({look.kind})"
    told = (
        f"It is {what}. Proposed: {parameters.steps} steps, guidance {parameters.guidance:g}, {parameters.dtype}, "
        f"sizes {', '.join(f'{width}x{height}' for width, height in sizes)}. From: {family.source}."
    )
    return Proposal(parameters, sizes, told)


def _found(name: str, revision: str) -> Path:
    from generation.engines.diffusers import pipelines

    if revision and len(revision) != 40:
        raise UnusableSource(f"'{revision}' is no full commit hash, which has 40 digits.")
    return weights.local(name) or pipelines.fetch(name, revision)
