from __future__ import annotations

from generation.engines.diffusers.families.family import Family

FAMILY = Family(
    "FLUX.1",
    ("FluxPipeline",),
    "model card of FLUX.1-dev: guidance 3.5, with which dev was distilled; schnell has none; diffusers adds true CFG",
    second="true_cfg_scale",
    second_is="true CFG: above 1, with something to avoid, each step is made twice",
    patch=2,
    steps=28,
    advised=3.5,
    sizes=((1024, 1024), (896, 1152), (1152, 896), (768, 1344), (1344, 768)),
)
