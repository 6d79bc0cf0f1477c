"""Each family, by real classes: what is asked comes out, alone and in company, and can be stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from PIL import Image

from creative.work.hold import ClaimLost
from generation import images
from generation.engines.diffusers import pipelines
from generation.recipe import PICTURE, Recipe, Source
from generation.renderer import Picture, Refusal
from tests import make
from tests.generation.tiny import pipelines as tiny

# Families with an image-to-image sister that takes a strength.
FROM_PICTURES = {
    "stable-diffusion",
    "sdxl",
    "sdxl-turbo",
    "sd3",
    "sd3-without-t5",
    "flux-dev",
    "flux-schnell",
    "qwen-image",
    "z-image",
    "kandinsky22",
    "lcm",
}

pytestmark = [  # of diffusers itself
    pytest.mark.filterwarnings("ignore:__array_.*:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.* is deprecated and will be removed:FutureWarning"),
]


@pytest.fixture(params=list(tiny.BUILDERS))
def recipe(request, snapshot_of) -> Recipe:
    return make.recipe(snapshot_of(request.param), width=64, height=64)


def made(recipe: Recipe, seeds: Sequence[int], on_step=lambda done, steps: None) -> list[bytes]:
    given = pipelines.load(recipe.preset)(recipe, seeds, on_step)
    assert not [each.reason for each in given if isinstance(each, Refusal)]
    return [each.pixels.tobytes() for each in given if isinstance(each, Picture)]


def test_every_family_makes_its_pictures_twice_alike_and_stops(recipe):
    heard = []
    together = made(recipe, [7, 8], lambda *step: heard.append(step))

    assert len(set(together)) == 2
    assert heard[-1][0] == heard[-1][1]

    def stop(done: int, steps: int) -> None:
        raise ClaimLost

    with pytest.raises(ClaimLost):
        made(recipe, [7, 8], stop)
    pipelines.let_go()
    assert made(recipe, [8]) == together[1:]


def test_what_can_start_from_a_picture_does_so_in_company_and_tells_its_steps(recipe):
    render = pipelines.load(recipe.preset)
    assert render.takes_pictures == (recipe.preset.name in FROM_PICTURES)
    if not render.takes_pictures:
        return
    source = make.bytes_alone(images.encode(Image.effect_noise((64, 64), 80).convert("RGB"), small=8, large=16).picture)
    varied = replace(recipe, source=Source(1, 7, source, PICTURE, 0.5))
    heard = []

    together = made(varied, [7, 8], lambda *step: heard.append(step))

    assert len(set(together)) == 2
    assert heard[-1][0] == heard[-1][1]
    assert made(varied, [8]) == together[1:]


@pytest.mark.parametrize("scheduler", ["HeunDiscreteScheduler", "KDPM2DiscreteScheduler"])
def test_a_scheduler_that_takes_each_step_twice_says_so(snapshot_of, scheduler):
    heard = []
    made(make.recipe(snapshot_of("sdxl", scheduler=scheduler)), [7], lambda *step: heard.append(step))

    assert heard[-1][0] == heard[-1][1]
    assert all(done <= steps for done, steps in heard)
