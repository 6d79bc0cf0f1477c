from __future__ import annotations

from generation.engines.diffusers.families.family import Family

FAMILY = Family(
    "Stable Diffusion XL",
    ("StableDiffusionXLPipeline",),
    "SDXL report (arXiv 2307.01952), table of training sizes in appendix I; diffusers' defaults",
    steps=40,
    advised=5.0,
    sizes=((1024, 1024), (896, 1152), (1152, 896), (768, 1344), (1344, 768)),
)
