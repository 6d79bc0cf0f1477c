"""A sheet of what has been learnt so far."""

from __future__ import annotations

from pathlib import Path

import torch
from PIL import Image

from .compose import SIDE
from .pack import pipeline
from .vocabulary import entries, object_colours


def draw(folder: Path, target: Path, *, seeds: int, steps: int, guidance: float) -> None:
    """Write the sheet as PNG, from the folder's checkpoints: a row a subject, a column a seed."""
    painter = pipeline(folder)
    painter.set_progress_bar_config(disable=True)
    asked = prompts()
    sheet = Image.new("RGB", (seeds * SIDE, len(asked) * SIDE))
    for row, prompt in enumerate(asked):
        generators = [torch.Generator().manual_seed(seed) for seed in range(seeds)]
        made = painter([prompt] * seeds, num_inference_steps=steps, guidance_scale=guidance, generator=generators)
        for column, picture in enumerate(made.images):
            sheet.paste(picture, (column * SIDE, row * SIDE))
    sheet.save(target)


def prompts() -> list[str]:
    """One for each subject, with the colours in turn."""
    grounds, paints = list(entries("colours")), object_colours()
    return [
        f"{paints[number % len(paints)] if entry.get('recolour') else ''} {subject}, "
        f"pastel {grounds[-1 - number % len(grounds)]} background".strip()
        for number, (subject, entry) in enumerate(entries("subjects").items())
    ]
