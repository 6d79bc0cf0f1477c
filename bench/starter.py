"""The starter model through a worker, against loops that call diffusers directly."""

from __future__ import annotations

import functools
import math
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from bench import stage
from bench.results import Measured
from bench.timing import medians, seconds_of
from generation import engines, images, runs, scheduling
from generation.engines.diffusers import pipelines, weights
from generation.models import Candidate
from generation.recipe import Recipe

COUNT = 20
UNEVEN = 18  # leaves a last batch that is padded
ROUNDS = 3


def naive() -> Measured:
    pipeline = _plain()
    with tempfile.TemporaryDirectory() as folder:
        ours, other = _against(lambda recipe, indexes: _one_by_one(pipeline, recipe, indexes, Path(folder)))
    what = (
        f"A plain diffusers loop that makes one picture a call and saves it as PNG / our worker, from its first claim "
        f"to the last row: {COUNT} pictures of the starter model. Models loaded, median of {ROUNDS} rounds."
    )
    return Measured(other / ours, ours, other, "seconds a run", what)


def overhead() -> Measured:
    pipeline = _plain()
    ours, other = _against(lambda recipe, indexes: _in_batches(pipeline, recipe, indexes))
    what = (
        f"Our worker, from its first claim to the last row / the bare pipeline called with the same batches, then "
        f"images.encode and images.put in the loop: {COUNT} pictures of the starter model. Models loaded, "
        f"median of {ROUNDS} rounds."
    )
    return Measured(ours / other, ours, other, "seconds a run", what)


def text_encodes(count: int = COUNT) -> Measured:
    here, pipeline = stage.with_starter(), _plain()
    with _counted(pipeline, "encode_prompt") as calls:
        ours = _calls_of_a_worker(here, count, calls)
        recipe, indexes = _recipe_of(here, count)
        _in_batches(pipeline, recipe, indexes)
        other = calls() - ours
    what = f"Calls of encode_prompt in a run of {count} on one worker; other: the bare pipeline with the same batches."
    return Measured(ours, ours, other, "calls", what)


def denoise_calls() -> Measured:
    here = stage.with_starter()
    counts = (COUNT, UNEVEN)
    fewest = sum(math.ceil(count / here.preset.batch_size) for count in counts)
    with _counted(_plain(), "__call__") as calls:
        for count in counts:
            ours = _calls_of_a_worker(here, count, calls)
    what = f"Calls of the pipeline / ceil(count / batch size), over runs of {COUNT} and {UNEVEN} of the starter model."
    return Measured(ours / fewest, ours, fewest, "calls", what)


Loop = Callable[[Recipe, list[int]], None]


def _against(loop: Loop) -> tuple[float, float]:
    """Median seconds of a run by our worker, and of its like by `loop`."""
    here = stage.with_starter()

    def ours(count: int = COUNT) -> float:
        here.order(count)
        return seconds_of(lambda: scheduling.work(engines.load, worker="bench"))

    def other(count: int = COUNT) -> float:
        recipe, indexes = _recipe_of(here, count)
        return seconds_of(lambda: loop(recipe, indexes))

    for warm_up in (ours, other):
        warm_up(here.preset.batch_size)
    return medians(ours, other, rounds=ROUNDS)


def _one_by_one(pipeline: Any, recipe: Recipe, indexes: list[int], folder: Path) -> None:
    for index in indexes:
        picture = pipeline(**_arguments(recipe, [recipe.seed_for(index)])).images[0]
        picture.save(folder / f"{index}.png")


def _in_batches(pipeline: Any, recipe: Recipe, indexes: list[int]) -> None:
    size = recipe.preset.batch_size
    for first in range(0, len(indexes), size):
        batch = indexes[first : first + size]
        seeds = [recipe.seed_for(index) for index in batch + batch[-1:] * (size - len(batch))]
        for picture in pipeline(**_arguments(recipe, seeds)).images[: len(batch)]:
            encoded = images.encode(picture, **Candidate.THUMBNAILS)
            for content in (encoded.picture, encoded.small, encoded.large):
                images.put(content)


def _arguments(recipe: Recipe, seeds: list[int]) -> dict[str, Any]:
    import torch

    return {
        "prompt": recipe.prompt,
        "negative_prompt": recipe.negative_prompt or None,
        "num_images_per_prompt": len(seeds),
        "num_inference_steps": recipe.preset.parameters["steps"],
        "guidance_scale": recipe.preset.parameters["guidance"],
        "width": recipe.width,
        "height": recipe.height,
        "generator": [torch.Generator("cpu").manual_seed(seed) for seed in seeds],
    }


def _recipe_of(here: stage.Stage, count: int) -> tuple[Recipe, list[int]]:
    """Of a run like ours with seeds of its own, taken off the queue: what is stored already is not written again."""
    run = here.order(count)
    runs.cancel(run, by=here.person)
    return run.recipe, list(range(count))


def _plain() -> Any:
    """The starter as anybody would load it."""
    import torch
    from diffusers import DiffusionPipeline
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    pipeline = DiffusionPipeline.from_pretrained(weights.STARTER_FOLDER, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to("cuda" if torch.cuda.is_available() else "cpu")


def _calls_of_a_worker(here: stage.Stage, count: int, calls: Callable[[], int]) -> int:
    run = here.order(count)
    scheduling.work(engines.load, worker="bench", saver_threads=0)
    assert run.candidates.count() == count
    return calls()


@contextmanager
def _counted(pipeline: Any, method: str) -> Iterator[Callable[[], int]]:
    """Counts a method of every pipeline of this class that is loaded from here on, and of this one."""
    real = getattr(type(pipeline), method)
    count = 0

    @functools.wraps(real)
    def counting(*args: Any, **kwargs: Any) -> Any:
        nonlocal count
        count += 1
        return real(*args, **kwargs)

    pipelines.let_go()
    with mock.patch.object(type(pipeline), method, counting):
        yield lambda: count
    pipelines.let_go()
