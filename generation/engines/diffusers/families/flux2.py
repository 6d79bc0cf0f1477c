from __future__ import annotations

from generation.engines.diffusers.families.family import Family

FAMILY = Family(
    "FLUX.2",
    ("Flux2Pipeline", "Flux2KleinPipeline"),
    "model cards of FLUX.2-dev (guidance 4) and FLUX.2-klein (4 steps, guidance 1); neither takes words to avoid",
    patch=2,
    steps=28,
    advised=4.0,
)
