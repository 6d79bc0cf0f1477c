"""What a loaded model hears of a brief and of its preset, and whether a seed means anything to it: found by trying.

Two recipes that give the same picture differ in nothing that the model hears. So no table of models has to be believed.
"""

from __future__ import annotations

import codecs
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import cycle, islice
from typing import Any

from PIL import Image, ImageChops, ImageStat

from generation import reading
from generation.engines.engine import UnusableSource
from generation.recipe import SEED, PresetSnapshot, Recipe, Source
from generation.renderer import Picture, Refusal, Renderer
from generation.sizes import Size

STEPS = 4  # enough for a step with guidance where only the first quarter has one
WORDS = 1100  # that are tried; no text encoder of today's families reads more than 1,024 tokens of a prompt
TOLD = " ".join(islice(cycle(("red", "blue", "green", "white")), WORDS))  # a token each, nearly everywhere
OTHER = codecs.encode(TOLD, "rot13")  # no letter of it is the same
SEEDS = (7, 20)
HARDLY = 1e-6  # strength: of the fresh noise there is nothing in it
NEAR = 0.1  # a picture from another's noise is at most this share as far from it as a fresh one is


@dataclass(frozen=True)
class Heard:
    """What a model takes from what it is told. `tokens` of a prompt at most; None where it heard the longest tried."""

    tokens: int | None
    encoders: dict[str, int | None]  # the most that each part reads, with what begins and ends a prompt there
    avoid: bool
    guidance: bool
    noise: bool  # the noise decides the picture: whoever begins with another's comes out near it
    stops: bool  # it can be stopped within a batch

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def tried(render: Renderer, preset: PresetSnapshot, size: Size) -> Heard:
    """By some fifteen pictures of a few steps. `size`: width and height in pixels. Raises UnusableSource."""
    width, height = size
    parameters = {**preset.parameters, "steps": min(STEPS, int(preset.parameters.get("steps", STEPS)))}
    quick = replace(preset, batch_size=1, parameters=parameters)
    return _Trial(render, Recipe("a red apple", "", 0, width, height, quick)).result()


class _Trial:
    def __init__(self, render: Renderer, recipe: Recipe) -> None:
        self.render, self.recipe = render, recipe

    def result(self) -> Heard:
        return Heard(
            tokens=self.tokens(),
            encoders=self.encoders(),
            avoid=self.differs(replace(self.recipe, negative_prompt="blue, text, blurry")),
            guidance=self.differs(self.with_guidance()),
            noise=self.noise(),
            stops=self.render.stops,
        )

    @cached_property
    def plain(self) -> Image.Image:
        """What the others are compared with."""
        return self.picture(self.recipe)

    @cached_property
    def whole(self) -> Picture:
        """Of more words than anybody reads."""
        return self.made(self.saying(TOLD))

    def encoders(self) -> dict[str, int | None]:
        given: dict[str, int] = self.whole.receipt.get("encoders", {})
        return {name: length if length < WORDS else None for name, length in given.items()}

    def tokens(self) -> int | None:
        end = self.end()
        if end is None:
            return None
        tokenizer = self.render.tokenizer
        return reading.count(reading.opened(tokenizer), TOLD[:end]) if tokenizer else len(TOLD[:end].split())

    def end(self) -> int | None:
        """The first character from which on the prompt may be another one: halving finds it."""
        whole = self.whole.pixels
        if self.picture(self.saying(TOLD[:-1] + OTHER[-1])) != whole:
            return None
        least, most = 0, len(TOLD)
        while least < most:
            middle = (least + most) // 2
            if self.picture(self.saying(TOLD[:middle] + OTHER[middle:])) == whole:
                most = middle
            else:
                least = middle + 1
        return most

    def saying(self, prompt: str) -> Recipe:
        return replace(self.recipe, prompt=prompt)

    def with_guidance(self) -> Recipe:
        preset = self.recipe.preset
        other = {**preset.parameters, "guidance": float(preset.parameters.get("guidance", 0)) + 3}
        return replace(self.recipe, preset=replace(preset, parameters=other))

    def noise(self) -> bool:
        if not self.render.takes_noise:
            return False
        theirs, fresh = self.plain, self.picture(self.recipe, SEEDS[1])
        source = Source(candidate=0, seed=SEEDS[0], sha256="", way=SEED, strength=HARDLY)
        varied = self.picture(replace(self.recipe, source=source), SEEDS[1])
        return _distance(varied, theirs) <= NEAR * _distance(fresh, theirs)

    def differs(self, other: Recipe) -> bool:
        return self.picture(other) != self.plain

    def picture(self, recipe: Recipe, seed: int = SEEDS[0]) -> Image.Image:
        return self.made(recipe, seed).pixels

    def made(self, recipe: Recipe, seed: int = SEEDS[0]) -> Picture:
        [given] = self.render(recipe, [seed], lambda done, steps: None)
        if isinstance(given, Refusal):
            raise UnusableSource(given.reason)
        return given


def _distance(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of their levels, of 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean)
