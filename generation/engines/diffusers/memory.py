"""How a loaded pipeline is made to fit its device, and to be fast there, as a preset says."""

from __future__ import annotations

from typing import Any

from generation.engines.diffusers.parameters import Parameters
from generation.engines.engine import UnusableSource


def key(parameters: Parameters) -> tuple[object, ...]:
    """What of a preset is set up once, when a pipeline is loaded."""
    return (
        parameters.offload,
        parameters.tiling,
        parameters.slicing,
        parameters.attention,
        parameters.compiled,
    )


def placed(pipeline: Any, device: str, parameters: Parameters) -> Any:
    """On its device, or beside it. Raises UnusableSource for what this class or device can't do."""
    import torch

    _decode(pipeline, parameters)
    denoiser: Any = getattr(pipeline, "transformer", None) or getattr(pipeline, "unet", None)
    if parameters.attention:
        _attend(denoiser, parameters.attention)
    if not parameters.offload:
        pipeline = pipeline.to(device)
    elif device == "cpu":
        raise UnusableSource("There is no GPU here to offload from. Leave the offload empty.")
    elif parameters.offload == "model":
        pipeline.enable_model_cpu_offload()
    else:
        pipeline.enable_group_offload(torch.device(device), offload_type="leaf_level", use_stream=True)
    if parameters.compiled:
        if not getattr(denoiser, "_repeated_blocks", None):
            raise UnusableSource(f"{type(denoiser).__name__} has no repeated blocks to compile.")
        denoiser.compile_repeated_blocks()
    return pipeline


def _decode(pipeline: Any, parameters: Parameters) -> None:
    vae = getattr(pipeline, "vae", None) or getattr(pipeline, "movq", None)
    for wanted, method, what in (
        (parameters.tiling, "enable_tiling", "decode in tiles"),
        (parameters.slicing, "enable_slicing", "decode one by one"),
    ):
        if wanted:
            if not hasattr(vae, method):
                raise UnusableSource(f"{type(vae).__name__} can't {what}.")
            getattr(vae, method)()


def _attend(denoiser: Any, backend: str) -> None:
    if not hasattr(denoiser, "set_attention_backend"):
        raise UnusableSource(f"{type(denoiser).__name__} has one way of attention.")
    try:
        denoiser.set_attention_backend(backend)
    except (ImportError, RuntimeError, ValueError) as error:
        raise UnusableSource(f"The attention backend '{backend}' can't be used here: {error}") from error
