"""The noise that a pipeline starts from, and how it is drawn towards another candidate's."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from generation.recipe import Source

if TYPE_CHECKING:
    import torch


def generators(seeds: Sequence[int]) -> list[torch.Generator]:
    """On the CPU, where they make the same noise whatever the device."""
    import torch

    return [torch.Generator("cpu").manual_seed(seed) for seed in seeds]


class Noise:
    """A pipeline's `prepare_latents`, whose noise is drawn towards a source's. Packing and scaling stay the model's."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call
        self._signature = inspect.signature(call)
        self.source: Source | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        own = self._call(*args, **kwargs)
        if self.source is None:
            return own
        call = self._signature.bind(*args, **kwargs)
        if isinstance(own, tuple):  # some return positions beside the latents
            return (self._between(self.source, own[0], call), *own[1:])
        return self._between(self.source, own, call)

    def _between(self, source: Source, own: torch.Tensor, call: inspect.BoundArguments) -> torch.Tensor:
        assert source.seed is not None  # a run that starts from a seed is ordered of a candidate with one
        call.arguments["generator"] = generators([source.seed] * len(own))
        made = self._call(*call.args, **call.kwargs)
        theirs = made[0] if isinstance(made, tuple) else made
        if source.source:
            theirs = self._between(source.source, theirs, call)
        return along_the_arc(theirs, own, source.strength)


def along_the_arc(one: torch.Tensor, other: torch.Tensor, strength: float) -> torch.Tensor:
    """Spherical interpolation, picture by picture: what lies between two noises is as strong as they are."""
    import torch

    a, b = (noise.flatten(1).double().cpu() for noise in (one, other))
    cosine = torch.nn.functional.cosine_similarity(a, b).clamp(-1, 1)
    angle = torch.arccos(cosine).clamp(min=1e-6).unsqueeze(1)  # equal noises have none, and stay
    between = (torch.sin((1 - strength) * angle) * a + torch.sin(strength * angle) * b) / torch.sin(angle)
    return between.reshape(other.shape).to(other)
