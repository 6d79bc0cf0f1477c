"""What stands in for a diffusion model, at the Renderer seam and nowhere else."""

from __future__ import annotations

import io
import random
import threading
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

from PIL import Image

from generation.recipe import PresetSnapshot, Recipe
from generation.renderer import OnStep, Picture, Refusal, received


class Painter:
    """Paints each seed its own small picture, the same every time, and remembers what it was asked for."""

    STEPS = 3
    SIDE = 24  # pixels

    def __init__(self) -> None:
        self.environment: dict[str, Any] = {"device": "painter", "dtype": "none"}
        self.weights = "0" * 64
        self.takes_noise = self.takes_pictures = self.stops = True
        self.tokenizer: bytes | None = None
        self.complaints: list[str] = []
        self.loaded: list[PresetSnapshot] = []
        self.calls: list[list[int]] = []  # the seeds of each call of the model
        self.steps = 0  # of all calls
        self.threads: set[str] = set()
        self.seconds = 0.0  # that a step takes
        self.before_each: Callable[[], object] = lambda: None  # before each step; may raise

    @property
    def seeds(self) -> list[int]:
        return [seed for call in self.calls for seed in call]

    def load(self, preset: PresetSnapshot) -> Painter:
        self.loaded.append(preset)
        return self

    def __call__(self, recipe: Recipe, seeds: Sequence[int], on_step: OnStep) -> list[Picture | Refusal]:
        self.calls.append(list(seeds))
        self.threads.add(threading.current_thread().name)
        for step in range(self.STEPS):
            self.before_each()
            time.sleep(self.seconds)
            self.steps += 1
            on_step(step + 1, self.STEPS)
        return [self.paint(seed) for seed in seeds]

    def paint(self, seed: int) -> Picture | Refusal:
        return Picture(picture(seed, self.SIDE), seed)

    def peak_memory(self) -> int | None:
        return None


def picture(seed: int, side: int = Painter.SIDE) -> Image.Image:
    return Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(side * side * 3))


REASON = "The service found this prompt unsafe."
RECEIPT = {"request": "r-1"}


class Choosy(Painter):
    """Refuses some of the seeds."""

    def __init__(self, refused: Collection[int]) -> None:
        super().__init__()
        self.refused = refused

    def paint(self, seed: int) -> Picture | Refusal:
        return Refusal(REASON, RECEIPT) if seed in self.refused else super().paint(seed)


class Hosted(Painter):
    """Sends files, and says nothing of a seed."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.content = content

    def paint(self, seed: int) -> Picture | Refusal:
        return received(self.content, seed=None, receipt=RECEIPT)


def jpeg() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (48, 32), "teal").save(content, "JPEG")
    return content.getvalue()
