from __future__ import annotations

from generation.engines.diffusers.families.family import Family

FAMILY = Family(
    "PixArt",
    ("PixArtAlphaPipeline", "PixArtSigmaPipeline"),
    "diffusers' defaults, which are those of the authors' demo: 20 steps, guidance 4.5",
    patch=2,
    steps=20,
    advised=4.5,
)
