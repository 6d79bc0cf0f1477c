"""Saving beside denoising: what a GPU would wait for, with a GPU that sleeps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageChops

from bench import stage
from bench.results import Measured
from bench.timing import medians, seconds_of
from generation import scheduling
from generation.recipe import PresetSnapshot, Recipe
from generation.renderer import OnStep, Picture

PICTURES = 20
SIDE = 1024  # pixels
BATCH = 1  # at this size a GPU is busy with one picture; batching gains 2 % (sglang PR 22183)
NOISE = 4.0  # levels of 255, standard deviation: encodes to about 2 MB, like a photograph


class Sleeper:
    """Takes the time of a GPU without using the processor, and gives pictures as hard to encode as photographs."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds  # a picture
        self.environment: dict[str, Any] = {"device": "stand-in"}
        self.weights = "0" * 64
        self.takes_noise = self.takes_pictures = self.stops = False
        self.tokenizer: bytes | None = None
        self.complaints: list[str] = []
        self._scene = _scene()

    def load(self, preset: PresetSnapshot) -> Sleeper:
        return self

    def __call__(self, recipe: Recipe, seeds: Sequence[int], on_step: OnStep) -> list[Picture]:
        steps = recipe.preset.parameters["steps"]
        for step in range(steps):
            time.sleep(self.seconds * len(seeds) / steps)
            on_step(step + 1, steps)
        # Each seed's picture is another one, for what is stored already is not written again.
        return [Picture(ImageChops.offset(self._scene, seed % SIDE, seed // SIDE % SIDE), seed) for seed in seeds]

    def peak_memory(self) -> int | None:
        return None


def overlap(milliseconds: int) -> Measured:
    gpu = Sleeper(milliseconds / 1000)
    here = stage.with_stand_in(side=SIDE, batch_size=BATCH)

    def run(threads: int, count: int = PICTURES) -> float:
        here.order(count)
        return seconds_of(lambda: scheduling.work(gpu.load, worker="bench", saver_threads=threads))

    for threads in (2, 0):
        run(threads, BATCH)
    ours, serial = medians(lambda: run(2), lambda: run(0), rounds=3)
    what = (
        f"Serial saving / ours: {PICTURES} pictures of {SIDE} x {SIDE} in batches of {BATCH} from first claim to last "
        f"row, with a stand-in GPU that sleeps {milliseconds} ms a picture and gives gradients with noise "
        f"(standard deviation {NOISE:g} of 255), about 2 MB each as lossless WebP. Median of 3 rounds."
    )
    return Measured(serial / ours, ours, serial, "seconds a run", what)


def _scene() -> Image.Image:
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    smooth = [120 + 90 * np.sin(3 * x + c) * np.cos(4 * y - c) + 20 * np.sin(25 * x * y) for c in range(3)]
    noisy = np.stack(smooth, axis=-1) + np.random.default_rng(7).normal(0, NOISE, (SIDE, SIDE, 3))
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
