"""A single file of weights: which parts of a pipeline it holds, by the names of its tensors.

The prefixes are those of the first trainers' own files, which diffusers reads by the same names
(`diffusers.loaders.single_file_utils`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from generation.engines.diffusers.heads import Shapes
from generation.engines.engine import UnusableSource

WHOLE = "model.diffusion_model."  # the denoiser of a file that holds other parts too; alone it may have no prefix
VAE = ("first_stage_model.", "vae.")
T5 = ("text_encoders.t5xxl.transformer.",)
CLIP: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "text_encoder": (
            "cond_stage_model.",
            "conditioner.embedders.0.transformer.",
            "text_encoders.clip_l.transformer.",
        ),
        "text_encoder_2": ("conditioner.embedders.1.model.", "text_encoders.clip_g.transformer."),
    }
)
DENOISERS = ("unet", "transformer")
INPAINTING = 9  # channels into a denoiser: five of them are a picture and its mask
LEFT_OUT = ("safety_checker", "feature_extractor", "image_encoder")  # which no such file holds, and no picture needs


def held(name: str, shapes: Shapes, kinds: Mapping[str, str]) -> frozenset[str]:
    """Which components it has the weights of; `kinds` are their classes. Raises UnusableSource for what is no model."""
    _require_model(name, shapes)
    prefixes = {part: ("",) if part in DENOISERS else _prefixes(part, kind) for part, kind in kinds.items()}
    return frozenset(part for part, known in prefixes.items() if known and _has(shapes, *known))


def _prefixes(part: str, kind: str) -> tuple[str, ...]:
    if part == "vae":
        return VAE
    return T5 if kind == "T5EncoderModel" else CLIP.get(part, ()) if kind.startswith("CLIPText") else ()


def _has(shapes: Iterable[str], *prefixes: str) -> bool:
    return any(name.startswith(prefixes) for name in shapes)


def _require_model(name: str, shapes: Shapes) -> None:
    no_model = {
        "is quantised in a way that diffusers doesn't read. Take it in float16, bfloat16 or GGUF": _ends(
            shapes, "scaled_fp8", ".scale_weight", ".weight_scale", ".qweight"
        ),
        "is a LoRA. Name it under LoRA, over the model that it was trained on": any("lora_" in each for each in shapes),
        "is a VAE alone. Its folder, with its config.json, can be another model's VAE": _has(
            shapes, "decoder.conv_in.weight"
        ),
        "is a ControlNet, which makes no pictures of words alone": _has(shapes, "control_model.", "controlnet_"),
        "is a text encoder alone": _has(shapes, "blk.", "enc.blk.", "encoder.block.", "text_model."),
        "is the refiner of SDXL, which finishes pictures of another model. Use the base model": _has(
            shapes, "conditioner.embedders.0.model."
        ),
        "paints into pictures, and makes none of words alone": _channels(shapes) == INPAINTING,
    }
    for sentence, holds in no_model.items():
        if holds:
            raise UnusableSource(f"'{name}' {sentence}.")


def _ends(shapes: Iterable[str], *suffixes: str) -> bool:
    return any(name.endswith(suffixes) for name in shapes)


def _channels(shapes: Shapes) -> int:
    """That go into the denoiser of Stable Diffusion."""
    shape = shapes.get(f"{WHOLE}input_blocks.0.0.weight", ())
    return shape[1] if len(shape) > 1 else 0
