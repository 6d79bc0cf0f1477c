"""What a picture is made from. Pure, standard library only: the same recipe means the same picture."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

SEEDS = 2**32  # seeds are 32-bit, as every diffusion tool writes them
SEED, PICTURE = "seed", "picture"  # the two ways to start from a candidate: from its noise, or from what was made of it


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
class Source:
    """The candidate that a run starts from. `strength` goes from 0, the source itself, to 1, nothing of it."""

    candidate: int
    seed: int
    sha256: str  # of the picture file
    way: str
    strength: float
    source: Source | None = None  # the one whose noise its own noise began with

    def __post_init__(self) -> None:
        if self.way not in (SEED, PICTURE) or not 0 < self.strength <= 1:
            raise ValueError(f"No run starts from a {self.way} at strength {self.strength}.")

    @classmethod
    def from_dict(cls, data: dict[str, Any] | None) -> Source | None:
        return cls(**{**data, "source": cls.from_dict(data.get("source"))}) if data else None


@dataclass(frozen=True)
class Recipe:
    """Frozen intent of a run: words, preset and the first seed; candidate i is made from `seed_for(i)`."""

    prompt: str
    negative_prompt: str
    seed: int
    preset: PresetSnapshot
    source: Source | None = None

    def seed_for(self, index: int) -> int:
        """The seed of candidate `index`, counted from 0 through the brief's runs of this recipe."""
        return (self.seed + index) % SEEDS

    def as_dict(self) -> dict[str, Any]:
        return asdict(self, dict_factory=_without_missing_source)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Recipe:
        preset, source = PresetSnapshot(**data["preset"]), Source.from_dict(data.get("source"))
        return cls(**{**data, "preset": preset, "source": source})


def _without_missing_source(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A recipe without a source is written as before there were any, so that its fingerprint stays."""
    return {name: value for name, value in pairs if (name, value) != ("source", None)}


def padded(indexes: list[int], size: int) -> list[int]:
    """A batch is always rendered at its full size, so that companions never change the bits: the last index repeats."""
    return indexes + indexes[-1:] * (size - len(indexes))
