from __future__ import annotations

from generation.engines.diffusers.families.family import Family

FAMILY = Family(
    "Z-Image",
    ("ZImagePipeline",),
    "model card of Z-Image-Turbo: 9 steps, guidance 0; with guidance, words to avoid are heard",
    patch=2,
    steps=9,
    advised=0.0,
)
