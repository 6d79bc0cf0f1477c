from __future__ import annotations

from generation.engines.diffusers.families.family import Family

FAMILY = Family(
    "Sana",
    ("SanaPipeline",),
    "model card of Sana_1600M_1024px_diffusers: 20 steps, guidance 4.5; its VAE makes 32 pixels of one",
    steps=20,
    advised=4.5,
)
