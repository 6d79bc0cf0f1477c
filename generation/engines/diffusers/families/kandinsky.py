from __future__ import annotations

from generation.engines.diffusers.families.family import Family

FAMILY = Family(
    "Kandinsky 2",
    ("KandinskyV22CombinedPipeline", "KandinskyCombinedPipeline"),
    "diffusers' documentation of Kandinsky 2.2: 768 pixels, guidance of the prior 1, its steps 25",
    second="prior_guidance_scale",
    second_is="guidance of the prior, which makes of the words the picture's meaning",
    prior_steps="prior_num_inference_steps",
    streams=2,  # the prior draws for the words and for those to avoid
    patch=8,
    steps=50,
    advised=4.0,
    sizes=((768, 768),),
)
