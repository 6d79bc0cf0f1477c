"""Loaded pipelines and what they give. With starter/, the only package that imports torch or diffusers, and lazily."""

from __future__ import annotations

import io
import os
import platform
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from PIL import Image

from creative import files
from generation.engines.diffusers import calling, complaints, inspection, loading, memory, weights
from generation.engines.diffusers.encoding import Encoders
from generation.engines.diffusers.noise import Noise
from generation.engines.diffusers.parameters import Parameters
from generation.engines.engine import UnusableSource, told
from generation.recipe import PICTURE, SEED, PresetSnapshot, Recipe, Source
from generation.renderer import OnStep, Picture, Refusal

# Before torch and its friends are imported: spinning threads cost 40 times on shared cores.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")


def load(preset: PresetSnapshot) -> PipelineRenderer:
    """The preset's pipeline on this worker's device; the last one stays loaded, whatever else a preset says of it.

    Raises UnusableSource when the weights are not those the preset was measured with.
    """
    parameters = Parameters.model_validate(preset.parameters)
    sources = weights.sources(fetch(parameters.source, parameters.revision), parameters)
    found = sources.digest()
    if preset.weights and found != preset.weights:
        raise UnusableSource(
            f"The weights of '{parameters.source}' changed since its preset was measured; "
            "measure it again to use the new ones."
        )
    key = (found, parameters.dtype, *memory.key(parameters))
    if key not in _loaded:
        let_go()
        _loaded[key] = PipelineRenderer(sources, found, parameters)
    _loaded[key].schedule(parameters)
    return _loaded[key]


_loaded: dict[tuple[object, ...], PipelineRenderer] = {}  # one at most


def let_go() -> None:
    """Of what is loaded, before anything else is: a device has room for one."""
    import torch

    while _loaded:
        _loaded.popitem()[1].let_go()
    torch.cuda.empty_cache()


class PipelineRenderer:
    """One loaded text-to-image pipeline, called as its family is.

    Where the class has an image-to-image sister it shares the weights with, it can start from a picture as well.
    """

    def __init__(self, sources: weights.Sources, digest: str, parameters: Parameters) -> None:
        import torch

        self.weights = digest
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        found = inspection.look(sources)
        with complaints.heard() as self.complaints, loading.failures_told(sources.folder):
            pipeline = loading.pipeline(found, sources.adapters, getattr(torch, parameters.dtype))
            self.pipeline = memory.placed(pipeline, self.device, parameters)
        self.family = found.family
        self.pipeline.set_progress_bar_config(disable=True)
        self._own_scheduler, self._scheduled = self.pipeline.scheduler, ""
        self.encoders = Encoders(self.pipeline)
        self.encoders.encode_once(self.pipeline)
        self.takes_noise = "generator" in calling.takes(getattr(self.pipeline, "prepare_latents", None))
        if self.takes_noise:
            self.noise = self.pipeline.prepare_latents = Noise(self.pipeline.prepare_latents)
        self.stops = calling.can_stop(self.pipeline)
        self.tokenizer = _tokenizer(self.pipeline)
        self.environment = _environment(self.device, parameters.dtype)

    @cached_property
    def from_picture(self) -> Any | None:
        """The image-to-image sister, made when it is first asked for."""
        sister = _image_to_image(self.pipeline)
        if sister:
            self.encoders.encode_once(sister)
        return sister

    @cached_property
    def takes_pictures(self) -> bool:
        return self.from_picture is not None

    def peak_memory(self) -> int | None:
        """Bytes on the device at most, so far; None on a CPU, whose memory is not counted by torch."""
        import torch

        return torch.cuda.max_memory_allocated() if self.device == "cuda" else None

    def let_go(self) -> None:
        """Of its weights, at once: the pipelines and what was wrapped around their methods refer to each other."""
        for pipeline in (self.pipeline, self.__dict__.get("from_picture")):
            for name in ("prepare_latents", "encode_prompt"):
                getattr(pipeline, "__dict__", {}).pop(name, None)

    def schedule(self, parameters: Parameters) -> None:
        """The noise as this preset wants it, which costs no loading. Raises UnusableSource for what there isn't."""
        wanted = repr((parameters.scheduler, parameters.scheduler_options()))
        if wanted != self._scheduled:
            self.pipeline.scheduler = loading.scheduler(parameters, self._own_scheduler)
            self._scheduled = wanted
            self.__dict__.pop("from_picture", None)  # it shares the scheduler

    def __call__(self, recipe: Recipe, seeds: Sequence[int], on_step: OnStep) -> list[Picture | Refusal]:
        """Out of a full batch, whose last seed repeats: companions don't change the bits, its size does."""
        import torch

        parameters = Parameters.model_validate(recipe.preset.parameters)
        self.schedule(parameters)
        padded = [*seeds, *[seeds[-1]] * (recipe.preset.batch_size - len(seeds))]
        size = (recipe.width, recipe.height)
        pipeline = self._starting_from(recipe.source)
        asked = calling.words(self.family, recipe, parameters, len(padded))
        start: dict[str, Any] = {}
        if recipe.source and recipe.source.way == PICTURE:
            picture = Image.open(io.BytesIO(files.read(recipe.source.sha256))).convert("RGB")
            start = calling.to_start_from(recipe.source, picture, size, len(padded), parameters.steps)
        heard = {name: asked[name] for name in asked.keys() & calling.takes(pipeline.__call__)} | start
        self.encoders.lengths = {}
        with torch.inference_mode(), complaints.heard() as complained, calling.failures_told(size, len(padded)):
            given = pipeline(**heard, **calling.means(pipeline, self.family, heard, padded, on_step)).images
        receipt = _receipt(pipeline, heard) | {"encoders": self.encoders.lengths}
        if complained:
            receipt["complaints"] = complained
        self.complaints += [each for each in complained if each not in self.complaints]
        return calling.pictures(given, seeds, size, receipt)

    def _starting_from(self, source: Source | None) -> Any:
        """The pipeline that can. A preset says what it takes, so that a run which can't be made is not ordered."""
        way = source.way if source else ""
        if (way == SEED and not self.takes_noise) or (way == PICTURE and not self.takes_pictures):
            raise UnusableSource(f"This model can't start from a candidate's {way}.")
        if self.takes_noise:
            self.noise.source = source if way == SEED else None
        return self.from_picture if way == PICTURE else self.pipeline


def fetch(source: str, revision: str) -> Path:
    """Where a source lies: the starter's folder, one or a file in WINNOW_MODELS, or a pinned snapshot from the hub."""
    found = weights.local(source)
    if found:
        return found
    weights.require_pinned(source, revision)
    from huggingface_hub import snapshot_download

    wanted = ["model_index.json", *(f"*/*{suffix}" for suffix in sorted(weights.READ))]
    try:
        return Path(snapshot_download(source, revision=revision, allow_patterns=wanted))
    except (OSError, ValueError) as error:  # which all of the hub's own errors are
        raise UnusableSource(f"'{source}' could not be fetched: {told(error)}") from error


def _image_to_image(pipeline: Any) -> Any | None:
    """Its sister over the same weights, where diffusers has one with a strength; editors, which have none, won't do."""
    from diffusers import AutoPipelineForImage2Image

    try:
        sister = AutoPipelineForImage2Image.from_pipe(pipeline)
    except ValueError:
        return None
    sister.set_progress_bar_config(disable=True)
    return sister if {"image", "strength"} <= calling.takes(sister.__call__) else None


def _tokenizer(pipeline: Any) -> bytes | None:
    """Of the encoder that reads most of a prompt: where there are several, that is the last."""
    named = sorted(name for name, part in pipeline.components.items() if "tokenizer" in name and part is not None)
    if not named:
        return None
    last = pipeline.components[named[-1]]
    backend = getattr(getattr(last, "tokenizer", last), "backend_tokenizer", None)  # a processor holds its own
    return str(backend.to_str()).encode() if backend else None


def _receipt(pipeline: Any, heard: dict[str, Any]) -> dict[str, Any]:
    """What the pipeline was asked for, without what it was given to work with."""
    asked = {name: value for name, value in heard.items() if name != "image"}
    return {"pipeline": type(pipeline).__name__, "scheduler": type(pipeline.scheduler).__name__, "asked": asked}


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
