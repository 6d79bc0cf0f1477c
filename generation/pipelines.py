"""Loading diffusers pipelines. With starter/, the only place that imports torch or diffusers, and lazily."""

from __future__ import annotations

import inspect
import io
import math
import os
import platform
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from creative import files
from generation import weights
from generation.recipe import PICTURE, SEED, PresetSnapshot, Recipe, Source

if TYPE_CHECKING:
    import torch

# Before torch and its friends are imported: spinning threads cost 40 times on shared cores; errors only.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")


@lru_cache(maxsize=1)
def load(preset: PresetSnapshot) -> PipelineRenderer:
    """The preset's pipeline on this worker's device; the last one used stays loaded.

    Raises UnusableSource when the weights are not those the preset was measured with.
    """
    return PipelineRenderer(preset)


class PipelineRenderer:
    """One loaded text-to-image pipeline. Any class of diffusers that AutoPipelineForText2Image knows will do.

    Where the class has an image-to-image sister it shares the weights with, it can start from a picture as well.
    """

    def __init__(self, preset: PresetSnapshot) -> None:
        import torch

        folder = fetch(preset.source, preset.revision)
        found = weights.digest(folder)
        if preset.weights and found != preset.weights:
            raise weights.UnusableSource(
                f"The weights of '{preset.name}' changed since it was measured; measure it again to use the new ones."
            )
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.pipeline = _pipeline(folder, getattr(torch, preset.dtype)).to(self.device)
        self.pipeline.set_progress_bar_config(disable=True)
        if preset.scheduler:
            self.pipeline.scheduler = _scheduler(preset.scheduler, self.pipeline.scheduler.config)
        _encode_once(self.pipeline)
        self.takes_noise = "generator" in _parameters(getattr(self.pipeline, "prepare_latents", None))
        if self.takes_noise:
            self.noise = self.pipeline.prepare_latents = _Noise(self.pipeline.prepare_latents)
        self.environment = _environment(self.device, preset)

    @cached_property
    def from_picture(self) -> Any | None:
        """The image-to-image sister, made when it is first asked for."""
        sister = _image_to_image(self.pipeline)
        if sister:
            _encode_once(sister)
        return sister

    @cached_property
    def takes_pictures(self) -> bool:
        return self.from_picture is not None

    def peak_memory(self) -> int | None:
        """Bytes on the device at most, so far; None on a CPU, whose memory is not counted by torch."""
        import torch

        return torch.cuda.max_memory_allocated() if self.device == "cuda" else None

    def __call__(self, recipe: Recipe, seeds: Sequence[int], on_step: Callable[[int], None]) -> list[Image.Image]:
        """len(seeds) RGB pictures. The same seeds at the same length give the same bits, in any slot or process."""
        import torch

        preset = recipe.preset
        pipeline = self._starting_from(recipe.source)
        arguments: dict[str, Any] = {
            "prompt": recipe.prompt,
            "negative_prompt": recipe.negative_prompt or None,
            "num_images_per_prompt": len(seeds),
            "num_inference_steps": preset.steps,
            "guidance_scale": preset.guidance,
            "width": preset.width,
            "height": preset.height,
            "generator": _generators(seeds),
            "output_type": "pt",
            "callback_on_step_end": _callback(on_step),
            **_picture_to_start_from(recipe),
        }
        takes = _parameters(pipeline.__call__)
        with torch.inference_mode():
            tensors = pipeline(**{k: v for k, v in arguments.items() if k in takes}).images
        return _pictures(tensors)

    def _starting_from(self, source: Source | None) -> Any:
        """The pipeline that can. A preset says what it takes, so that a run which can't be made is not ordered."""
        way = source.way if source else ""
        if (way == SEED and not self.takes_noise) or (way == PICTURE and not self.takes_pictures):
            raise weights.UnusableSource(f"This model can't start from a candidate's {way}.")
        if self.takes_noise:
            self.noise.source = source if way == SEED else None
        return self.from_picture if way == PICTURE else self.pipeline


def fetch(source: str, revision: str) -> Path:
    """The folder of a source: the starter's, one in WINNOW_MODELS, or a pinned snapshot from the hub."""
    folder = weights.local_folder(source)
    if folder:
        return folder
    if not revision:
        raise weights.UnusableSource(f"'{source}' is a hub id; pin its revision (the full commit hash).")
    from huggingface_hub import snapshot_download

    return Path(
        snapshot_download(source, revision=revision, allow_patterns=["*.json", "*.safetensors", "*.txt", "*.model"])
    )


def _pipeline(folder: Path, dtype: torch.dtype) -> Any:
    from diffusers import AutoPipelineForText2Image, DiffusionPipeline
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    options = {
        "dtype": dtype,
        "local_files_only": True,
        "use_safetensors": True,
        "trust_remote_code": False,
    }
    try:
        return AutoPipelineForText2Image.from_pretrained(folder, **options)
    except ValueError:  # a text-to-image class that the automatic table does not list
        return DiffusionPipeline.from_pretrained(folder, **options)


def _image_to_image(pipeline: Any) -> Any | None:
    """Its sister over the same weights, where diffusers has one with a strength; editors, which have none, won't do."""
    from diffusers import AutoPipelineForImage2Image

    try:
        sister = AutoPipelineForImage2Image.from_pipe(pipeline)
    except ValueError:
        return None
    sister.set_progress_bar_config(disable=True)
    return sister if {"image", "strength"} <= _parameters(sister.__call__) else None


def _encode_once(pipeline: Any) -> None:
    """The candidates of a run share one prompt."""
    if hasattr(pipeline, "encode_prompt"):
        pipeline.encode_prompt = _LastCall(pipeline.encode_prompt)


def _parameters(call: Callable[..., Any] | None) -> set[str]:
    return set(inspect.signature(call).parameters) if call else set()


def _generators(seeds: Sequence[int]) -> list[torch.Generator]:
    """On the CPU, where they make the same noise whatever the device."""
    import torch

    return [torch.Generator("cpu").manual_seed(seed) for seed in seeds]


def _picture_to_start_from(recipe: Recipe) -> dict[str, Any]:
    source, preset = recipe.source, recipe.preset
    if source is None or source.way != PICTURE:
        return {}
    picture = Image.open(io.BytesIO(files.read(source.sha256))).convert("RGB")
    return {
        "image": picture.resize((preset.width, preset.height), Image.Resampling.LANCZOS),
        "strength": source.strength,
        # Of these only the share `strength` is taken; a model of few steps must be left with one.
        "num_inference_steps": max(preset.steps, math.ceil(1 / source.strength)),
    }


def _scheduler(name: str, config: Any) -> Any:
    import diffusers

    scheduler = getattr(diffusers, name, None)
    if scheduler is None or not issubclass(scheduler, diffusers.SchedulerMixin):
        raise weights.UnusableSource(f"diffusers has no scheduler '{name}'.")
    return scheduler.from_config(config)


def _callback(on_step: Callable[[int], None]) -> Callable[..., dict[str, Any]]:
    def on_step_end(pipeline: Any, step: int, timestep: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
        on_step(step + 1)
        return kwargs

    return on_step_end


def _pictures(tensors: torch.Tensor) -> list[Image.Image]:
    """Floats (n, 3, height, width) in 0..1 on any device -> RGB pictures; rounded before leaving the device."""
    import torch

    levels = (tensors * 255).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    return [Image.fromarray(level) for level in levels]


def _environment(device: str, preset: PresetSnapshot) -> dict[str, Any]:
    import diffusers
    import torch
    import transformers

    name = torch.cuda.get_device_name() if device == "cuda" else platform.processor() or platform.machine()
    return {
        "device": f"{device}: {name}",
        "threads": torch.get_num_threads(),
        "dtype": preset.dtype,
        "batch_size": preset.batch_size,
        "torch": torch.__version__,
        "diffusers": diffusers.__version__,
        "transformers": transformers.__version__,
        "python": platform.python_version(),
    }


class _LastCall:
    """A call whose last result is kept."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call
        self._arguments: str | None = None
        self._result: Any = None
        self.calls = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        arguments = repr((args, kwargs))
        if arguments != self._arguments:
            self.calls += 1
            self._result, self._arguments = self._call(*args, **kwargs), arguments
        return self._result


class _Noise:
    """A pipeline's `prepare_latents`, whose noise is drawn towards a source's. Packing and scaling stay the model's."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call
        self._signature = inspect.signature(call)
        self.source: Source | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        own = self._call(*args, **kwargs)
        if self.source is None:
            return own
        call = self._signature.bind(*args, **kwargs)
        if isinstance(own, tuple):  # some return positions beside the latents
            return (self._between(self.source, own[0], call), *own[1:])
        return self._between(self.source, own, call)

    def _between(self, source: Source, own: torch.Tensor, call: inspect.BoundArguments) -> torch.Tensor:
        call.arguments["generator"] = _generators([source.seed] * len(own))
        made = self._call(*call.args, **call.kwargs)
        theirs = made[0] if isinstance(made, tuple) else made
        if source.source:
            theirs = self._between(source.source, theirs, call)
        return _along_the_arc(theirs, own, source.strength)


def _along_the_arc(one: torch.Tensor, other: torch.Tensor, strength: float) -> torch.Tensor:
    """Spherical interpolation, picture by picture: what lies between two noises is as strong as they are."""
    import torch

    a, b = (noise.flatten(1).double().cpu() for noise in (one, other))
    cosine = torch.nn.functional.cosine_similarity(a, b).clamp(-1, 1)
    angle = torch.arccos(cosine).clamp(min=1e-6).unsqueeze(1)  # equal noises have none, and stay
    between = (torch.sin((1 - strength) * angle) * a + torch.sin(strength * angle) * b) / torch.sin(angle)
    return between.reshape(other.shape).to(other)
