from __future__ import annotations

from generation.engines.diffusers.families.family import Family

FAMILY = Family(
    "Chroma",
    ("ChromaPipeline",),
    "model card of Chroma1-HD: 40 steps, guidance 3",
    patch=2,
    steps=40,
    advised=3.0,
)
