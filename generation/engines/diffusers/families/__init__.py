"""How each class of text-to-image pipelines is called: a file a family."""

from __future__ import annotations

from generation.engines.diffusers.families import (
    aura_flow,
    chroma,
    cogview,
    flux,
    flux2,
    hunyuan_dit,
    kandinsky,
    latent_consistency,
    lumina,
    pixart,
    qwen_image,
    sana,
    stable_diffusion,
    stable_diffusion_3,
    stable_diffusion_xl,
    z_image,
)
from generation.engines.diffusers.families.family import ANY, Family
from generation.engines.diffusers.families.others import OTHERS

__all__ = ["ANY", "BY_CLASS", "FAMILIES", "OTHERS", "Family", "of"]

FAMILIES = (
    stable_diffusion.FAMILY,
    stable_diffusion_xl.FAMILY,
    stable_diffusion_3.FAMILY,
    latent_consistency.FAMILY,
    flux.FAMILY,
    flux2.FAMILY,
    qwen_image.FAMILY,
    z_image.FAMILY,
    pixart.FAMILY,
    sana.FAMILY,
    lumina.FAMILY,
    chroma.FAMILY,
    aura_flow.FAMILY,
    cogview.FAMILY,
    hunyuan_dit.FAMILY,
    kandinsky.FAMILY,
)
BY_CLASS = {name: family for family in FAMILIES for name in family.classes}


def of(name: str) -> Family:
    """By the name of a pipeline's class; one of no family is called by the arguments that it takes."""
    return BY_CLASS.get(name, ANY)
