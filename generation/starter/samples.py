"""A sheet of what has been learnt so far: each subject in a row, four seeds."""

from __future__ import annotations

from pathlib import Path

import torch
from PIL import Image

from .compose import SIDE
from .pack import pipeline
from .vocabulary import entries, object_colours

SEEDS = 4
STEPS = 12
GUIDANCE = 2.5


def draw(folder: Path, target: Path) -> None:
    """Write the sheet as PNG, from the folder's checkpoints."""
    painter = pipeline(folder)
    painter.set_progress_bar_config(disable=True)
    asked = prompts()
    sheet = Image.new("RGB", (SEEDS * SIDE, len(asked) * SIDE))
    for row, prompt in enumerate(asked):
        seeds = [torch.Generator().manual_seed(seed) for seed in range(SEEDS)]
        made = painter([prompt] * SEEDS, num_inference_steps=STEPS, guidance_scale=GUIDANCE, generator=seeds).images
        for column, picture in enumerate(made):
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
