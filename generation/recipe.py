"""What a picture is made from. Pure, standard library only: the same recipe means the same picture."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

SEEDS = 2**32  # seeds are 32-bit, as every diffusion tool writes them


@dataclass(frozen=True)
class PresetSnapshot:
    """A preset as it was when a run was started. Sizes in pixels; `weights` is a SHA-256 over the pipeline folder."""

    name: str
    source: str
    revision: str
    weights: str
    scheduler: str
    steps: int
    guidance: float
    width: int
    height: int
    dtype: str
    batch_size: int
    licence: str
    commercial_use: bool
    training_data: str = ""


@dataclass(frozen=True)
class Recipe:
    """Frozen intent of a run: words, preset and the first seed; candidate i is made from `seed_for(i)`."""

    prompt: str
    negative_prompt: str
    seed: int
    preset: PresetSnapshot

    def seed_for(self, index: int) -> int:
        """The seed of candidate `index`, counted from 0 through the brief's runs of this recipe."""
        return (self.seed + index) % SEEDS

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Recipe:
        return cls(**{**data, "preset": PresetSnapshot(**data["preset"])})


def padded(indexes: list[int], size: int) -> list[int]:
    """A batch is always rendered at its full size, so that companions never change the bits: the last index repeats."""
    return indexes + indexes[-1:] * (size - len(indexes))
