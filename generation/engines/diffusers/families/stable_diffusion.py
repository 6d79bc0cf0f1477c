from __future__ import annotations

from generation.engines.diffusers.families.family import Family

FAMILY = Family(
    "Stable Diffusion 1 and 2",
    ("StableDiffusionPipeline",),
    "model card of stable-diffusion-v1-5: trained at 512 pixels, sampled in 50 steps; diffusers' default guidance",
    steps=50,
    advised=7.5,
    sizes=((512, 512),),
)
