"""A small network that says what a picture shows, so that the denoiser's pictures can be judged by the thousand.

It learns from composed pictures alone, never from the denoiser's, and its own score on composed pictures that it
has not seen says how far its verdicts count.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from .compose import Bytes, Scene, Sprites, draw_scene
from .pictures import rendered
from .vocabulary import entries, object_colours, vocabulary

SIDE = 64  # pixels of a picture as the judge sees it
FEATURES = 256
SCORED_ON = 2_000  # composed pictures that it has not seen
UNSAID = -100  # a label that counts for nothing: cross-entropy leaves it out
BATCH = 64
RATE = 2e-3
SHAKEN = 0.04  # noise on the pictures while learning, whose values go from -1 to 1

QUESTIONS = ("subject", "colour", "background", "tone", "backdrop", "place")
NUMBERS = ("x", "y", "size", "tilt", "light", "prop_size")


def choices(question: str) -> list[str | None]:
    """The answers that the judge may give."""
    if question == "colour":
        return [*object_colours()]
    if question == "tone":
        return [None, *entries("tones")]
    groups = {"subject": "subjects", "background": "colours", "backdrop": "backdrops", "place": "places"}
    return [*entries(groups[question])]


@dataclass(frozen=True)
class Lesson:
    """Composed pictures and the truth about them."""

    pictures: Tensor  # uint8 (n, 3, 64, 64)
    labels: dict[str, Tensor]  # by question, (n,): a number of its choices, or UNSAID
    numbers: Tensor  # (n, len(NUMBERS)), each of spread 1

    def part(self, chosen: Tensor) -> Lesson:
        labels = {question: label[chosen] for question, label in self.labels.items()}
        return Lesson(self.pictures[chosen], labels, self.numbers[chosen])


class Judge(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        widths = (3, 32, 64, 128, 128)
        layers: list[nn.Module] = []
        for incoming, outgoing in zip(widths, widths[1:], strict=False):
            layers += [nn.Conv2d(incoming, outgoing, 3, stride=2, padding=1), nn.BatchNorm2d(outgoing), nn.ReLU()]
        self.eyes = nn.Sequential(*layers, nn.Flatten(), nn.Linear(128 * 4 * 4, FEATURES), nn.ReLU())
        self.answers = nn.ModuleDict({question: nn.Linear(FEATURES, len(choices(question))) for question in QUESTIONS})
        self.numbers = nn.Linear(FEATURES, len(NUMBERS))

    def features(self, pictures: Tensor) -> Tensor:
        """(n, 256), from uint8 (n, 3, 64, 64)."""
        return self.eyes(pictures.float() / 127.5 - 1)

    @torch.no_grad()
    def says(self, pictures: Tensor) -> dict[str, list[str | None]]:
        """By question, one answer for each picture."""
        features = self.features(pictures)
        return {
            question: [choices(question)[number] for number in head(features).argmax(1).tolist()]
            for question, head in self.answers.items()
        }

    def loss(self, lesson: Lesson) -> Tensor:
        shaken = _shaken(lesson.pictures.float() / 127.5 - 1)
        features = self.eyes(shaken)
        total = nn.functional.mse_loss(self.numbers(features), lesson.numbers)
        for question, head in self.answers.items():
            total = total + nn.functional.cross_entropy(head(features), lesson.labels[question], ignore_index=UNSAID)
        return total


def _shaken(pictures: Tensor) -> Tensor:
    """Half of them blurred, all with a little noise: what is asked about must not hang on single pixels."""
    coarse = nn.functional.interpolate(nn.functional.avg_pool2d(pictures, 2), scale_factor=2, mode="bilinear")
    blurred = torch.rand(len(pictures), 1, 1, 1).round() * torch.rand(len(pictures), 1, 1, 1)
    return pictures + (coarse - pictures) * blurred + SHAKEN * torch.randn_like(pictures)


def seen_small(pictures: Bytes) -> Tensor:
    """uint8 (n, 3, 64, 64) from uint8 (n, side, side, 3), each pixel the mean of those it stands for."""
    count, side = pictures.shape[:2]
    block = side // SIDE
    blocks = pictures.reshape(count, SIDE, block, SIDE, block, 3)
    small: NDArray[np.uint8] = blocks.mean((2, 4), dtype=np.float32).round().astype(np.uint8)
    return torch.from_numpy(small).movedim(-1, 1).contiguous()


def compose_lesson(sprites: Sprites, *, count: int, seed: int) -> Lesson:
    rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
    scenes = [draw_scene(rng) for _ in range(count)]
    pictures = torch.cat([seen_small(chunk) for chunk, _ in rendered(scenes, sprites)])
    labels = {question: torch.tensor([_label(scene, question) for scene in scenes]) for question in QUESTIONS}
    numbers = torch.tensor([[getattr(scene, name) for name in NUMBERS] for scene in scenes])
    return Lesson(pictures, labels, (numbers - numbers.mean(0)) / numbers.std(0))


def _label(scene: Scene, question: str) -> int:
    answer = getattr(scene, question)
    return UNSAID if question == "colour" and answer is None else choices(question).index(answer)


def train(lesson: Lesson, *, epochs: int, seed: int) -> Judge:
    torch.manual_seed(seed)
    judge = Judge()
    optimizer = torch.optim.AdamW(judge.parameters(), RATE, weight_decay=0.01)
    steps = epochs * (len(lesson.pictures) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    for _ in range(epochs):
        order = torch.randperm(len(lesson.pictures))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            loss = judge.loss(lesson.part(order[start : start + BATCH]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return judge.eval()


def score(judge: Judge, lesson: Lesson) -> dict[str, float]:
    """By question, the share of right answers among the pictures that it can be asked of."""
    said = judge.says(lesson.pictures)
    scores = {}
    for question, labels in lesson.labels.items():
        asked = [
            (choices(question)[label], answer)
            for label, answer in zip(labels, said[question], strict=True)
            if label != UNSAID
        ]
        scores[question] = sum(true == answer for true, answer in asked) / len(asked)
    return scores


def trained(folder: Path, sprites: Sprites, *, count: int, epochs: int, seed: int) -> tuple[Judge, dict[str, float]]:
    """The judge of this folder and its scores; trained first where there is none that had the same schooling."""
    file = folder / "judge.pt"
    schooling = {"count": count, "epochs": epochs, "seed": seed, "vocabulary": json.dumps(vocabulary())}
    told = torch.load(file, weights_only=True) if file.exists() else {}
    if told.get("schooling") != schooling:
        fresh = train(compose_lesson(sprites, count=count, seed=seed), epochs=epochs, seed=seed)
        scores = score(fresh, compose_lesson(sprites, count=SCORED_ON, seed=seed + 1))
        told = {"judge": fresh.state_dict(), "scores": scores, "schooling": schooling}
        torch.save(told, file)
    judge = Judge()
    judge.load_state_dict(told["judge"])
    return judge.eval(), told["scores"]
