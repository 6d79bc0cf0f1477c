from __future__ import annotations

from generation.engines.diffusers.families.family import Family

FAMILY = Family(
    "Latent Consistency",
    ("LatentConsistencyModelPipeline",),
    "model card of LCM_Dreamshaper_v7: 4 to 8 steps, guidance 8, 768 pixels; takes no words to avoid",
    steps=6,
    advised=8.0,
    sizes=((768, 768),),
)
