from __future__ import annotations

from generation.engines.diffusers.families.family import Family

FAMILY = Family(
    "Qwen-Image",
    ("QwenImagePipeline",),
    "model card of Qwen-Image: true_cfg_scale 4, negative_prompt of one space, 50 steps, seven sizes",
    guidance="true_cfg_scale",
    empty=" ",
    patch=2,
    steps=50,
    advised=4.0,
    sizes=((1328, 1328), (1664, 928), (928, 1664), (1472, 1104), (1104, 1472), (1584, 1056), (1056, 1584)),
)
