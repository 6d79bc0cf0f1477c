from __future__ import annotations

from generation.engines.diffusers.families.family import Family

FAMILY = Family(
    "HunyuanDiT",
    ("HunyuanDiTPipeline",),
    "diffusers' defaults: 50 steps, guidance 5; made for 1024 pixels",
    patch=2,
    steps=50,
    advised=5.0,
)
