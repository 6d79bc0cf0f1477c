"""A pipeline from what lies in a folder: every part by its own class, and none filled up by chance."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generation.engines.diffusers.inspection import Look, Part, look
from generation.engines.diffusers.parameters import Parameters
from generation.engines.diffusers.weights import Sources
from generation.engines.engine import UnusableSource, told

if TYPE_CHECKING:
    import torch

OPTIONS: Mapping[str, Any] = {"local_files_only": True, "trust_remote_code": False}


def pipeline(sources: Sources, dtype: torch.dtype) -> tuple[Any, Look]:
    """On the CPU, with its LoRAs, and what was found. Raises UnusableSource for what is missing or broken."""
    import diffusers
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    found = look(sources)
    kind = getattr(diffusers, found.kind, None)
    if kind is None:
        raise UnusableSource(f"This installation's diffusers {diffusers.__version__} has no {found.kind}.")
    try:
        parts = {part.name: _model(part, dtype) for part in found.models}
        parts |= dict.fromkeys(found.absent)
        made = kind.from_pretrained(sources.folder, dtype=dtype, **parts, **OPTIONS)
        _adapt(made, sources.adapters)
        return made, found
    except (AttributeError, ImportError, KeyError, NotImplementedError, OSError, TypeError, ValueError) as error:
        raise UnusableSource(f"The model can't be used: {told(error, found.folder)}") from error


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
