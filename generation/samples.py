"""A preset's sample sheet: what it makes of the same plain prompts as every other, for whoever has to choose one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from generation import images
from generation.models import Preset, Sample
from generation.recipe import PresetSnapshot, Recipe
from generation.renderer import Picture, Renderer
from generation.sizes import Size

# Products, food and a plant on grounds that advertisements have; the embedded model knows their words too.
PROMPTS = (
    "a red sneaker on a plain white background",
    "a cup of coffee on a brown background, soft light",
    "a sunflower on a teal background, close-up",
    "a burger on a black background, spotlight",
    "a strawberry on a pastel mint background",
    "a white gift on a red background",
)
SEED = 7
SIDES = {"small": 96, "large": 640}  # pixels at most, as they are looked at


@dataclass(frozen=True)
class Made:
    prompt: str
    picture: Picture


def made(render: Renderer, snapshot: PresetSnapshot, size: Size) -> list[Made]:
    """A picture of each prompt, by itself; what the model refuses is left out. `size`: width and height in pixels."""
    width, height = size
    alone = replace(snapshot, batch_size=1)
    found = []
    for prompt in PROMPTS:
        [given] = render(Recipe(prompt, "", SEED, width, height, alone), [SEED], lambda done, steps: None)
        if isinstance(given, Picture):
            found.append(Made(prompt, given))
    return found


def keep(preset: Preset, sheet: Sequence[Made]) -> None:
    """In place of an older sheet."""
    Sample.objects.filter(preset=preset).delete()
    Sample.objects.bulk_create(
        Sample(
            preset=preset,
            place=place,
            prompt=each.prompt,
            file=images.put(images.encode(each.picture.pixels, **SIDES).large),
        )
        for place, each in enumerate(sheet)
    )
