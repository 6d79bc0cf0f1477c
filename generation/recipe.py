"""What a picture is made from. Pure, standard library only: the same recipe means the same picture."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

SCHEMA = 1
SEEDS = 2**32  # seeds are 32-bit, as every diffusion tool writes them
SEED, PICTURE = "seed", "picture"  # the two ways to start from a candidate: from its noise, or from what was made of it


@dataclass(frozen=True)
class PresetSnapshot:
    """A preset as it was when a run was started. `weights` is the digest of what its engine runs."""

    name: str
    engine: str
    parameters: dict[str, Any]  # as the engine's own model of them has it
    weights: str
    batch_size: int
    licence: str
    commercial_use: bool
    training_data: str = ""


@dataclass(frozen=True)
class Source:
    """The candidate that a run starts from. `strength` goes from 0, the source itself, to 1, nothing of it."""

    candidate: int
    seed: int | None  # None where it was made without one
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
    width: int  # pixels
    height: int
    preset: PresetSnapshot
    source: Source | None = None
    # What the model takes of it, as it was measured: prompt, negative_prompt, guidance, tokens; empty where not known.
    heard: dict[str, Any] = field(default_factory=dict)

    @property
    def heard_prompt(self) -> str:
        """Its beginning, as far as the model is known to hear it."""
        return str(self.heard.get("prompt", self.prompt))

    @property
    def unheard(self) -> str:
        return self.prompt[len(self.heard_prompt) :]

    @property
    def hears_guidance(self) -> bool:
        """Or it is not known."""
        return self.heard.get("guidance", 0) is not None

    def seed_for(self, index: int) -> int:
        """The seed of candidate `index`, counted from 0 through the brief's runs of this recipe."""
        return (self.seed + index) % SEEDS

    def as_dict(self) -> dict[str, Any]:
        """As it is stored, with the number of its schema."""
        return {"recipe": SCHEMA, **asdict(self)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Recipe:
        """Raises ValueError for a recipe of another schema."""
        words = dict(data)
        schema = words.pop("recipe", None)
        if schema != SCHEMA:
            raise ValueError(f"This recipe has schema {schema}; only {SCHEMA} is known here.")
        preset, source = PresetSnapshot(**words.pop("preset")), Source.from_dict(words.pop("source"))
        return cls(**words, preset=preset, source=source)
