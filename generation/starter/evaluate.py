"""What the packed model is worth, in figures, by the verdicts of a judge that never saw its pictures.

The prompts ask for combinations of object, colours and tone that no training picture had (`Scene.held_out`), and every
seed is fixed. What is compared for variety is the judge's features: their mean distance between twenty candidates of
one caption, beside the same between twenty composed pictures of which that caption is true.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .compose import Bytes, Scene, Sprites, draw_scene
from .judge import Judge, seen_small
from .pictures import rendered
from .samples import Painter, painter_of, row
from .vocabulary import entries, recolourable, spoken

CANDIDATES = 20
AT_ONCE = 20
LEAST_SCORE = 0.98  # of the judge's own, or its verdicts don't count
SAID = ("subject", "colour", "background", "tone")  # what a prompt without a place says
DECIDING = (*SAID, "place")
SHOWN = (
    "red sneaker, studio product photo, soft light, pastel teal background",
    "white sneaker on the left, copy space on the right, navy gradient background",
    "brown handbag, centred, on a beige podium",
    "teal handbag, close-up, pastel pink background",
    "black watch on a grey spotlight background",
    "pink lipstick, on a lavender podium, light from the left",
    "yellow car, wide shot, pastel blue studio background",
    "red balloon on a pastel yellow background",
    "green gift, on the left, red background",
    "blue T-shirt, flat beige background",
    "purple dress, centred, dark green background",
    "burger, large, black spotlight background",
    "donut on the right, mint background",
    "ice cream, orange gradient background, playful mood",
    "strawberry on a white podium, fresh",
    "sunflower, small, pastel blue background",
    "cupcake on the right, copy space on the left, white background",
    "coffee on a brown studio background, warm",
    "pineapple, pink background, light from the right",
    "cactus on the left, pastel orange background",
)
SEEDS_SHOWN = 4
BOUNDS = {
    "starter_object": 0.90,
    "starter_object_colour": 0.85,
    "starter_background": 0.95,
    "starter_position": 0.80,
    "starter_variety": 0.6,
}


@dataclass(frozen=True)
class Verdict:
    asked: Scene
    said: dict[str, str | None]

    def right(self, *questions: str) -> bool:
        return all(self.said[question] == getattr(self.asked, question) for question in questions)


def painter(folder: Path, *, steps: int, guidance: float) -> Painter:
    """The packed pipeline as anybody would load it."""
    from diffusers import DiffusionPipeline

    return painter_of(DiffusionPipeline.from_pretrained(folder, local_files_only=True), steps=steps, guidance=guidance)


def unseen(count: int, *, seed: int = 1) -> list[Scene]:
    """Scenes of held-out combinations: every subject as often as the others, in every place as often."""
    rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
    wanted = itertools.cycle(itertools.product(entries("places"), entries("subjects")))
    return [_unseen(subject, place, rng) for place, subject in itertools.islice(wanted, count)]


def _unseen(subject: str, place: str, rng: random.Random) -> Scene:
    """Its colour is always said where it may have several, so that the caption tells all that was held out."""
    while True:
        scene = replace(draw_scene(rng), subject=subject)
        if not recolourable(subject):
            scene = replace(scene, colour=None)
        if scene.held_out and scene.place == place and bool(scene.colour) == recolourable(subject):
            return scene


def prompt(scene: Scene, *, placed: bool = True) -> str:
    """The scene as a brief would put it, without what a brief leaves open."""
    place = {"left": "on the left", "right": "on the right", "centre": "centred"}[scene.place]
    named = " ".join(word for word in (scene.colour, spoken(scene.subject)) if word)
    ground = " ".join(word for word in (scene.tone, scene.background, "background") if word)
    return ", ".join([named, *([place] if placed else []), ground])


def judged(paint: Painter, judge: Judge, *, count: int) -> list[Verdict]:
    scenes = unseen(count)
    verdicts: list[Verdict] = []
    for first in range(0, count, AT_ONCE):
        asked = scenes[first : first + AT_ONCE]
        pictures = paint([prompt(scene) for scene in asked], list(range(first, first + len(asked))))
        said = judge.says(seen_small(pictures))
        answers = [dict(zip(said, row, strict=True)) for row in zip(*said.values(), strict=True)]
        verdicts += [Verdict(scene, answer) for scene, answer in zip(asked, answers, strict=True)]
    return verdicts


def shares(verdicts: list[Verdict]) -> dict[str, float]:
    """The figures that are shares of right answers. An object's colour counts only where the object is right too."""
    coloured = [verdict for verdict in verdicts if verdict.asked.colour]
    return {
        "starter_object": _share(verdict.right("subject") for verdict in verdicts),
        "starter_object_colour": _share(verdict.right("subject", "colour") for verdict in coloured),
        "starter_background": _share(verdict.right("background", "tone") for verdict in verdicts),
        "starter_position": _share(verdict.right("place") for verdict in verdicts),
    }


def by_subject(verdicts: list[Verdict]) -> dict[str, float]:
    """How often each subject is recognised."""
    subjects = sorted({verdict.asked.subject for verdict in verdicts})
    return {
        subject: _share(verdict.right("subject") for verdict in verdicts if verdict.asked.subject == subject)
        for subject in subjects
    }


def variety(paint: Painter, judge: Judge, sprites: Sprites, *, captions: int) -> tuple[float, float]:
    """Mean distance between candidates of one caption, and between composed pictures of it."""
    rng = random.Random(2)  # noqa: S311 - repeatable on purpose
    asked = unseen(captions, seed=3)
    alike = [
        replace(draw_scene(rng), **{name: getattr(scene, name) for name in SAID})
        for scene in asked
        for _ in range(CANDIDATES)
    ]
    composed = np.concatenate([pictures for pictures, _ in rendered(alike, sprites)])
    seeds = list(range(CANDIDATES))
    painted = (paint([prompt(scene, placed=False)] * CANDIDATES, seeds) for scene in asked)
    return (
        float(np.mean([_spread(judge, pictures) for pictures in painted])),
        float(np.mean([_spread(judge, pictures) for pictures in np.split(composed, captions)])),
    )


@torch.no_grad()
def _spread(judge: Judge, pictures: Bytes) -> float:
    features: Tensor = judge.features(seen_small(pictures))
    return float(torch.nn.functional.pdist(features).mean())


def show(paint: Painter, folder: Path) -> None:
    """For each prompt of SHOWN the first four seeds in a row, as WebP: what comes is shown, nothing is chosen."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(SHOWN, start=1):
        Image.fromarray(row(paint, text, seeds=SEEDS_SHOWN)).save(folder / f"{number:02d}.webp", quality=88, method=6)


def _share(right: Iterator[bool]) -> float:
    answers = list(right)
    return sum(answers) / len(answers) if answers else 0.0
