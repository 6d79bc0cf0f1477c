"""The seam between the work and what makes pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from PIL import Image

from generation.recipe import PresetSnapshot, Recipe, padded


class Renderer(Protocol):
    """A loaded model. The one seam where a test may stand something in."""

    environment: dict[str, Any]  # versions, device, threads, dtype: what the bits depend on beside the recipe
    takes_noise: bool  # whether it can start from a candidate's noise

    @property
    def takes_pictures(self) -> bool:
        """Whether it can start from a candidate's picture."""

    def __call__(self, recipe: Recipe, seeds: Sequence[int], on_step: Callable[[int], None]) -> Sequence[Image.Image]:
        """One RGB picture a seed, all in one call of the model. `on_step` gets the steps done and may raise."""

    def peak_memory(self) -> int | None:
        """Bytes on the device at most, so far; None where nobody counts."""


Load = Callable[[PresetSnapshot], Renderer]


def render_padded(
    render: Renderer,
    recipe: Recipe,
    seeds: list[int],
    *,
    on_step: Callable[[int], None] = lambda step: None,
    spend: Callable[[float], object] = lambda seconds: None,
) -> tuple[list[Image.Image], float]:
    """A picture a seed, out of a full batch, and the seconds it took; `spend` hears of them even where it fails."""
    started = time.perf_counter()
    try:
        pictures = render(recipe, padded(seeds, recipe.preset.batch_size), on_step)
    finally:
        seconds = time.perf_counter() - started
        spend(seconds)
    return list(pictures[: len(seeds)]), seconds
