"""Loading and calling pipelines. With starter/, the only package that imports torch or diffusers, and lazily."""

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
from generation.engines.diffusers import weights
from generation.engines.diffusers.noise import Noise, generators
from generation.engines.diffusers.parameters import Parameters
from generation.engines.engine import UnusableSource
from generation.recipe import PICTURE, SEED, PresetSnapshot, Recipe, Source
from generation.renderer import OnStep, Picture

if TYPE_CHECKING:
    import torch

# Before torch and its friends are imported: spinning threads cost 40 times on shared cores; errors only.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")


def load(preset: PresetSnapshot) -> PipelineRenderer:
    """The preset's pipeline on this worker's device; the last one stays loaded, whatever else a preset says of it.

    Raises UnusableSource when the weights are not those the preset was measured with.
    """
    parameters = Parameters.model_validate(preset.parameters)
    return loaded(parameters.source, parameters.revision, parameters.scheduler, parameters.dtype, preset.weights)


@lru_cache(maxsize=1)
def loaded(source: str, revision: str, scheduler: str, dtype: str, pinned: str) -> PipelineRenderer:
    """By its weights' digest, where one is pinned."""
    folder = fetch(source, revision)
    found = weights.digest(folder)
    if pinned and found != pinned:
        raise UnusableSource(
            f"The weights of '{source}' changed since its preset was measured; measure it again to use the new ones."
        )
    return PipelineRenderer(folder, found, scheduler, dtype)


class PipelineRenderer:
    """One loaded text-to-image pipeline. Any class of diffusers that AutoPipelineForText2Image knows will do.

    Where the class has an image-to-image sister it shares the weights with, it can start from a picture as well.
    """

    def __init__(self, folder: Path, digest: str, scheduler: str, dtype: str) -> None:
        import torch

        self.weights = digest
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.pipeline = _pipeline(folder, getattr(torch, dtype)).to(self.device)
        self.pipeline.set_progress_bar_config(disable=True)
        if scheduler:
            self.pipeline.scheduler = _scheduler(scheduler, self.pipeline.scheduler.config)
        _encode_once(self.pipeline)
        self.takes_noise = "generator" in _parameters(getattr(self.pipeline, "prepare_latents", None))
        if self.takes_noise:
            self.noise = self.pipeline.prepare_latents = Noise(self.pipeline.prepare_latents)
        self.environment = _environment(self.device, dtype)

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

    def __call__(self, recipe: Recipe, seeds: Sequence[int], on_step: OnStep) -> list[Picture]:
        """Out of a full batch, whose last seed repeats: companions and slots don't change the bits, its size does."""
        import torch

        parameters = Parameters.model_validate(recipe.preset.parameters)
        padded = [*seeds, *[seeds[-1]] * (recipe.preset.batch_size - len(seeds))]
        pipeline = self._starting_from(recipe.source)
        arguments: dict[str, Any] = {
            "prompt": recipe.prompt,
            "negative_prompt": recipe.negative_prompt or None,
            "num_images_per_prompt": len(padded),
            "num_inference_steps": parameters.steps,
            "guidance_scale": parameters.guidance,
            "width": recipe.width,
            "height": recipe.height,
            **_picture_to_start_from(recipe, parameters.steps),
        }
        takes = _parameters(pipeline.__call__)
        heard = {name: value for name, value in arguments.items() if name in takes}
        means = {"generator": generators(padded), "output_type": "pt", "callback_on_step_end": _callback(on_step)}
        with torch.inference_mode():
            tensors = pipeline(**heard, **{name: value for name, value in means.items() if name in takes}).images
        receipt = _receipt(pipeline, heard)
        return [Picture(each, seed, receipt) for each, seed in zip(_pictures(tensors), seeds, strict=False)]

    def _starting_from(self, source: Source | None) -> Any:
        """The pipeline that can. A preset says what it takes, so that a run which can't be made is not ordered."""
        way = source.way if source else ""
        if (way == SEED and not self.takes_noise) or (way == PICTURE and not self.takes_pictures):
            raise UnusableSource(f"This model can't start from a candidate's {way}.")
        if self.takes_noise:
            self.noise.source = source if way == SEED else None
        return self.from_picture if way == PICTURE else self.pipeline


def fetch(source: str, revision: str) -> Path:
    """The folder of a source: the starter's, one in WINNOW_MODELS, or a pinned snapshot from the hub."""
    folder = weights.local_folder(source)
    if folder:
        return folder
    if not revision:
        raise UnusableSource(f"'{source}' is a hub id; pin its revision (the full commit hash).")
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


def _picture_to_start_from(recipe: Recipe, steps: int) -> dict[str, Any]:
    source = recipe.source
    if source is None or source.way != PICTURE:
        return {}
    picture = Image.open(io.BytesIO(files.read(source.sha256))).convert("RGB")
    return {
        "image": picture.resize((recipe.width, recipe.height), Image.Resampling.LANCZOS),
        "strength": source.strength,
        # Of these only the share `strength` is taken; a model of few steps must be left with one.
        "num_inference_steps": max(steps, math.ceil(1 / source.strength)),
    }


def _receipt(pipeline: Any, heard: dict[str, Any]) -> dict[str, Any]:
    """What the pipeline was asked for, without what it was given to work with."""
    asked = {name: value for name, value in heard.items() if name != "image"}
    return {"pipeline": type(pipeline).__name__, "scheduler": type(pipeline.scheduler).__name__, "asked": asked}


def _scheduler(name: str, config: Any) -> Any:
    import diffusers

    scheduler = getattr(diffusers, name, None)
    if scheduler is None or not issubclass(scheduler, diffusers.SchedulerMixin):
        raise UnusableSource(f"diffusers has no scheduler '{name}'.")
    return scheduler.from_config(config)


def _callback(on_step: OnStep) -> Callable[..., dict[str, Any]]:
    def on_step_end(pipeline: Any, step: int, timestep: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
        on_step(step + 1, pipeline.num_timesteps)
        return kwargs

    return on_step_end


def _pictures(tensors: torch.Tensor) -> list[Image.Image]:
    """Floats (n, 3, height, width) in 0..1 on any device -> RGB pictures; rounded before leaving the device."""
    import torch

    levels = (tensors * 255).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    return [Image.fromarray(level) for level in levels]


def _environment(device: str, dtype: str) -> dict[str, Any]:
    import diffusers
    import torch
    import transformers

    name = torch.cuda.get_device_name() if device == "cuda" else platform.processor() or platform.machine()
    return {
        "device": f"{device}: {name}",
        "threads": torch.get_num_threads(),
        "dtype": dtype,
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
