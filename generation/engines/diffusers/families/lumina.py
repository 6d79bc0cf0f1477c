from __future__ import annotations

from generation.engines.diffusers.families.family import Family

FAMILY = Family(
    "Lumina",
    ("Lumina2Pipeline", "LuminaPipeline"),
    "model card of Lumina-Image-2.0: 50 steps, guidance 4, cfg_trunc_ratio 0.25, cfg_normalization",
    patch=2,
    steps=50,
    advised=4.0,
    fixed={"cfg_trunc_ratio": 0.25, "cfg_normalization": True},
)
