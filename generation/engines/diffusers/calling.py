"""What a class of pipelines is asked, by its family, its own arguments and a preset; and what of its answer counts."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from PIL import Image

from generation.engines.diffusers.families import Family
from generation.engines.diffusers.families.family import AS_ASKED
from generation.engines.diffusers.noise import generators
from generation.engines.diffusers.parameters import Parameters
from generation.engines.engine import OutOfMemory, UnusableSource, lacks_memory, told
from generation.recipe import Recipe, Source
from generation.renderer import OnStep, Picture, Receipt, Refusal

if TYPE_CHECKING:
    import torch


def takes(call: Callable[..., Any] | None) -> set[str]:
    return set(inspect.signature(call).parameters) if call else set()


def words(family: Family, recipe: Recipe, parameters: Parameters, count: int) -> dict[str, Any]:
    """What a family is asked, as JSON; a class gets of it what it takes."""
    asked: dict[str, Any] = {
        "prompt": recipe.prompt,
        "num_images_per_prompt": count,
        "num_inference_steps": parameters.steps,
        "width": recipe.width,
        "height": recipe.height,
        family.guidance: parameters.guidance,
        "negative_prompt": recipe.negative_prompt or family.empty or None,
        "max_sequence_length": parameters.sequence_length,
        **AS_ASKED,
        **family.fixed,
    }
    if family.second:
        asked[family.second] = parameters.second_guidance
    if family.prior_steps:
        asked[family.prior_steps] = parameters.prior_steps
    return {name: value for name, value in asked.items() if value is not None}


def means(
    pipeline: Any, family: Family, asked: dict[str, Any], seeds: Sequence[int], on_step: OnStep
) -> dict[str, Any]:
    """What it works with: a random stream a picture, tensors back, and a word after each step."""
    streams = family.streams if asked.get("negative_prompt") else 1
    given: dict[str, Any] = {"generator": generators([*seeds] * streams), "output_type": "pt"}
    heard = takes(pipeline.__call__)
    if "callback_on_step_end" in heard:
        given["callback_on_step_end"] = _after_step(on_step)
    elif "callback" in heard:
        given["callback"] = _after_step_of_old(pipeline, on_step)
    return given


@contextmanager
def failures_told(size: tuple[int, int], count: int) -> Iterator[None]:
    """What is so at every try is refused in a sentence: a size or words that a class can't take, or too little room."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, NotImplementedError, TypeError, ValueError) as error:
        raise UnusableSource(f"The model can't make this: {told(error)}") from error
    except (MemoryError, RuntimeError) as error:
        if not lacks_memory(error):
            raise
        what = f"{count} pictures of {size[0]} x {size[1]}" if count > 1 else f"a picture of {size[0]} x {size[1]}"
        raise OutOfMemory(f"There is too little memory for {what} at once. {MORE_ROOM}") from error


MORE_ROOM = "Measure the preset again on this worker, choose a smaller size or a narrower number format."


def can_stop(pipeline: Any) -> bool:
    """Whether it says a word after each step, at which it can be stopped."""
    return not takes(pipeline.__call__).isdisjoint({"callback_on_step_end", "callback"})


def _after_step(on_step: OnStep) -> Callable[..., dict[str, Any]]:
    def on_step_end(pipeline: Any, step: int, timestep: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
        on_step(step + 1, max(pipeline.num_timesteps, step + 1))
        return kwargs

    return on_step_end


def _after_step_of_old(pipeline: Any, on_step: OnStep) -> Callable[[int, Any, Any], None]:
    """Of classes that do not say how many steps they make: the scheduler knows."""

    def callback(step: int, timestep: Any, latents: Any) -> None:
        on_step(step + 1, max(len(pipeline.scheduler.timesteps), step + 1))

    return callback


def to_start_from(
    source: Source, picture: Image.Image, size: tuple[int, int], count: int, steps: int
) -> dict[str, Any]:
    """One of its picture for each that is made: some classes tell a list of random streams from the pictures alone."""
    fitted = picture.resize(size, Image.Resampling.LANCZOS)
    return {
        "image": [fitted] * count,
        "strength": source.strength,
        # Of these only the share `strength` is taken; a model of few steps must be left with one.
        "num_inference_steps": max(steps, math.ceil(1 / source.strength)),
    }


def pictures(tensors: torch.Tensor, seeds: Sequence[int], size: tuple[int, int], receipt: Receipt) -> list[Any]:
    """Floats (n, 3, height, width) in 0..1 on any device -> Picture or Refusal; rounded before leaving the device."""
    import torch

    levels = (tensors.nan_to_num(0) * 255).round().clamp(0, 255).to(torch.uint8)
    numbers = torch.isfinite(tensors).flatten(1).all(1).tolist()
    made = levels.permute(0, 2, 3, 1).cpu().numpy()
    return [
        _picture(Image.fromarray(each), seed, size, receipt, is_number=is_number)
        for each, seed, is_number in zip(made, seeds, numbers, strict=False)
    ]


def _picture(
    pixels: Image.Image, seed: int, size: tuple[int, int], receipt: Receipt, *, is_number: bool
) -> Picture | Refusal:
    because = _flaw(pixels, size) if is_number else NO_NUMBERS
    return Refusal(because, receipt) if because else Picture(pixels, seed, receipt)


NO_NUMBERS = (
    "The model computed no numbers for this picture. Its number format may be too narrow: try bfloat16 or float32."
)


def _flaw(pixels: Image.Image, size: tuple[int, int]) -> str:
    """Why it is no picture, in a sentence; empty for one that is."""
    if pixels.size != size:
        width, height = pixels.size
        return f"The model made {width} x {height} pixels in place of {size[0]} x {size[1]}."
    lows, highs = zip(*pixels.getextrema(), strict=True)
    if lows != highs:
        return ""
    if not any(highs):
        return "The picture came out black, as a model's own safety checker or a number format too narrow makes it."
    return "The picture came out in one colour."
