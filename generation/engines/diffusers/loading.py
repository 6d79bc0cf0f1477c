"""A pipeline from what lies in a folder: every part by its own class, and none filled up by chance."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generation.engines.diffusers.inspection import Look, Part
from generation.engines.diffusers.parameters import Parameters
from generation.engines.engine import OutOfMemory, UnusableSource, lacks_memory, told

if TYPE_CHECKING:
    import torch

OPTIONS: Mapping[str, Any] = {"local_files_only": True, "trust_remote_code": False}


@contextmanager
def failures_told(folder: Path) -> Iterator[None]:
    """What libraries make of a model that can't be loaded here, in a sentence without where it lies."""
    try:
        yield
    except UnusableSource:
        raise
    except (AttributeError, ImportError, KeyError, MemoryError, OSError, RuntimeError, TypeError, ValueError) as error:
        if lacks_memory(error):
            raise OutOfMemory(NO_ROOM) from error
        raise UnusableSource(f"The model can't be used: {told(error, folder)}") from error


NO_ROOM = "There is too little memory to load this model. Offload it, take a narrower number format, or a GGUF of it."


def pipeline(found: Look, adapters: Sequence[tuple[Path, float]], dtype: torch.dtype) -> Any:
    """On the CPU, with its LoRAs. Raises UnusableSource, and what `failures_told` tells."""
    import diffusers
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    kind = getattr(diffusers, found.kind, None)
    if kind is None:
        raise UnusableSource(f"This installation's diffusers {diffusers.__version__} has no {found.kind}.")
    parts = {part.name: _model(part, dtype) for part in found.models}
    parts |= dict.fromkeys(found.absent)
    made = kind.from_pretrained(found.folder, dtype=dtype, **parts, **OPTIONS)
    _adapt(made, adapters)
    return made


def _adapt(pipeline: Any, adapters: Sequence[tuple[Path, float]]) -> None:
    """The LoRAs, melted into the weights: as fast as without them, and the same bits each time."""
    if not adapters:
        return
    if not hasattr(pipeline, "load_lora_weights"):
        raise UnusableSource(f"{type(pipeline).__name__} takes no LoRA.")
    names = [f"lora_{number}" for number, _ in enumerate(adapters)]
    for name, (path, _) in zip(names, adapters, strict=True):
        pipeline.load_lora_weights(path.parent, weight_name=path.name, adapter_name=name, local_files_only=True)
    pipeline.set_adapters(names, [weight for _, weight in adapters])
    pipeline.fuse_lora()
    pipeline.unload_lora_weights()


def _model(part: Part, dtype: torch.dtype) -> Any:
    """With every one of its weights from its files. Raises UnusableSource where one is missing."""
    kind = getattr(importlib.import_module(part.library), part.kind)
    if part.file:
        return _from_file(kind, part, part.file, dtype)
    model, report = kind.from_pretrained(
        part.folder,
        dtype=dtype,
        variant=part.variant,
        use_safetensors=True,
        output_loading_info=True,
        local_files_only=True,
    )
    missing = sorted(report["missing_keys"])
    if missing:
        raise UnusableSource(
            f"'{part.name}' lacks {len(missing)} of its weights, such as {missing[0]}. Copy the model anew, whole."
        )
    return model


def _from_file(kind: Any, part: Part, file: Path, dtype: torch.dtype) -> Any:
    """Out of a single file, by the names that the first trainers gave the weights."""
    try:
        model = _encoder(kind, part, file, dtype) if part.library == "transformers" else _read(kind, part, file, dtype)
        whole = not any(weight.is_meta for weight in model.parameters())
    except NotImplementedError:  # what torch says of a weight that came from nowhere
        whole = False
    if not whole:
        raise UnusableSource(
            f"'{file.name}' lacks weights of '{part.name}'. It is another model than its configuration says, or no "
            "whole one."
        )
    return model


def _encoder(kind: Any, part: Part, file: Path, dtype: torch.dtype) -> Any:
    from diffusers.loaders import single_file_utils

    read: Any = single_file_utils.create_diffusers_t5_model_from_checkpoint
    if part.kind.startswith("CLIP"):
        read = single_file_utils.create_diffusers_clip_model_from_ldm
    weights = single_file_utils.load_single_file_checkpoint(str(file), local_files_only=True)
    folder = str(part.folder.parent)
    return read(kind, weights, subfolder=part.name, config=folder, torch_dtype=dtype, local_files_only=True)


def _read(kind: Any, part: Part, file: Path, dtype: torch.dtype) -> Any:
    if not hasattr(kind, "from_single_file"):
        raise UnusableSource(f"diffusers reads no single files of {part.kind}. Take the model as a pipeline folder.")
    quantised = _gguf(dtype) if file.suffix == ".gguf" else {}
    return kind.from_single_file(str(file), config=str(part.folder), dtype=dtype, local_files_only=True, **quantised)


def _gguf(dtype: torch.dtype) -> dict[str, Any]:
    from diffusers import GGUFQuantizationConfig

    return {"quantization_config": GGUFQuantizationConfig(compute_dtype=dtype)}


def scheduler(parameters: Parameters, own: Any) -> Any:
    """The preset's, with its options, over the configuration of the model's `own`. Raises UnusableSource."""
    import diffusers

    kind: Any = getattr(diffusers, parameters.scheduler, None) if parameters.scheduler else type(own)
    if not (isinstance(kind, type) and issubclass(kind, diffusers.SchedulerMixin)):
        raise UnusableSource(f"diffusers has no scheduler '{parameters.scheduler}'.")
    options = parameters.scheduler_options()
    made = kind.from_config(own.config)
    if unknown := sorted(options.keys() - made.config.keys()):
        raise UnusableSource(f"{kind.__name__} has no option {unknown[0]}.")
    return kind.from_config(own.config, **options) if options else made
