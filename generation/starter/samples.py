"""A sheet of what has been learnt so far."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from .compose import Bytes
from .networks import FromDiffusers
from .pack import pipeline
from .vocabulary import entries, object_colours, recolourable

Painter = Callable[[list[str], list[int]], Bytes]  # prompts and seeds -> uint8 (n, 256, 256, 3)


def painter_of(pipeline: FromDiffusers, *, steps: int, guidance: float) -> Painter:
    pipeline.set_progress_bar_config(disable=True)
    pipeline.to("cuda" if torch.cuda.is_available() else "cpu")

    def paint(prompts: list[str], seeds: list[int]) -> Bytes:
        generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        how = {"num_inference_steps": steps, "guidance_scale": guidance, "generator": generators}
        made = pipeline(prompts, **how, output_type="np").images
        return (made * 255).round().astype(np.uint8)

    return paint


def row(paint: Painter, prompt: str, *, seeds: int) -> Bytes:
    """The first seeds of a prompt side by side: (256, seeds * 256, 3)."""
    return np.concatenate(paint([prompt] * seeds, list(range(seeds))), axis=1)


def draw(folder: Path, target: Path, *, seeds: int, steps: int, guidance: float) -> None:
    """Write the sheet as PNG, from the folder's checkpoints: a row a subject, a column a seed."""
    paint = painter_of(pipeline(folder), steps=steps, guidance=guidance)
    Image.fromarray(np.concatenate([row(paint, prompt, seeds=seeds) for prompt in prompts()])).save(target)


def prompts() -> list[str]:
    """One for each subject, with the colours in turn."""
    grounds, paints = list(entries("colours")), object_colours()
    return [
        f"{paints[number % len(paints)] if recolourable(subject) else ''} {subject}, "
        f"pastel {grounds[-1 - number % len(grounds)]} background".strip()
        for number, subject in enumerate(entries("subjects"))
    ]
