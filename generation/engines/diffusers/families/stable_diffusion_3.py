from __future__ import annotations

from generation.engines.diffusers.families.family import Family

FAMILY = Family(
    "Stable Diffusion 3",
    ("StableDiffusion3Pipeline",),
    "model card of stable-diffusion-3-medium-diffusers: 28 steps, guidance 7",
    patch=2,
    steps=28,
    advised=7.0,
    sizes=((1024, 1024), (896, 1152), (1152, 896), (768, 1344), (1344, 768)),
)
