from __future__ import annotations

from generation.engines.diffusers.families.family import Family

FAMILY = Family(
    "CogView",
    ("CogView4Pipeline", "CogView3PlusPipeline"),
    "model card of CogView4-6B: 50 steps, guidance 3.5, sides divisible by 32",
    patch=4,
    steps=50,
    advised=3.5,
)
