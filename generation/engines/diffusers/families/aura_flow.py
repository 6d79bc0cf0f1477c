from __future__ import annotations

from generation.engines.diffusers.families.family import Family

FAMILY = Family(
    "AuraFlow",
    ("AuraFlowPipeline",),
    "model card of AuraFlow-v0.3: 50 steps, guidance 3.5",
    patch=2,
    steps=50,
    advised=3.5,
)
