"""The seam between the work and what makes pictures: what an engine is, and what it gives for each slot."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from PIL import Image

from generation.recipe import PresetSnapshot, Recipe

Receipt = dict[str, Any]  # what was asked of the engine and what it answered, as JSON
OnStep = Callable[[int, int], None]  # gets the steps done and of how many; may raise


@dataclass(frozen=True)
class Picture:
    """What was made for a slot."""

    pixels: Image.Image  # RGB
    seed: int | None  # that was used; None where the engine has none, or does not tell
    receipt: Receipt = field(default_factory=dict)
    received: bytes | None = None  # the file as it came, from an engine that sends files


@dataclass(frozen=True)
class Refusal:
    """A slot that the engine would not make, and why, in a sentence for people."""

    reason: str
    receipt: Receipt = field(default_factory=dict)


def received(content: bytes, *, seed: int | None, receipt: Receipt) -> Picture | Refusal:
    """A file that an engine sent, kept as it came; a refusal where it is no picture."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return Picture(picture.convert("RGB"), seed, receipt, content)
    except (OSError, SyntaxError, Image.DecompressionBombError):
        return Refusal("The model sent a file that is no picture.", receipt)


class Renderer(Protocol):
    """A loaded model. The one seam where a test may stand something in."""

    environment: dict[str, Any]  # versions, device, threads, dtype: what the bits depend on beside the recipe
    weights: str  # digest of what it runs, which a preset pins when it is measured
    takes_noise: bool  # whether it can be given a candidate's noise to start from
    tokenizer: bytes | None  # tokenizer.json of what reads most of a prompt
    complaints: list[str]  # of its library, since it was loaded
    stops: bool  # whether it hears `on_step` raise within a batch

    @property
    def takes_pictures(self) -> bool:
        """Whether it can start from a candidate's picture."""

    def __call__(self, recipe: Recipe, seeds: Sequence[int], on_step: OnStep) -> Sequence[Picture | Refusal]:
        """What came of each slot, whose seeds are proposals. At most the preset's batch size in one go."""

    def peak_memory(self) -> int | None:
        """Bytes on the device at most, so far; None where nobody counts."""


Load = Callable[[PresetSnapshot], Renderer]


def metered(
    render: Renderer,
    recipe: Recipe,
    seeds: list[int],
    *,
    on_step: OnStep = lambda done, steps: None,
    spend: Callable[[float], object] = lambda seconds: None,
) -> tuple[list[Picture | Refusal], float]:
    """What came of each slot, and the seconds it took; `spend` hears of them even where it fails."""
    started = time.perf_counter()
    try:
        given = render(recipe, seeds, on_step)
    finally:
        seconds = time.perf_counter() - started
        spend(seconds)
    return list(given), seconds
