from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as configured
from PIL import Image

from creative.leases import ClaimLost
from generation import pipelines, rendering, runs, weights
from generation.models import Run
from generation.recipe import PresetSnapshot, Recipe
from generation.weights import UnusableSource
from tests import make
from tests.generation import tiny

# Levels of 255 by which a picture made alone may differ from one made in a batch; measured 0 to 1 on a CPU.
TOLERANCE = 2


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    tiny.save(folder / "tiny")
    return folder.resolve()


@pytest.fixture(autouse=True)
def only_these_models(models, settings):
    settings.WINNOW_MODELS = models
    pipelines.load.cache_clear()
    yield
    pipelines.load.cache_clear()


@pytest.fixture
def snapshot(models) -> PresetSnapshot:
    return make.snapshot(
        name="tiny", source="tiny", weights=weights.digest(models / "tiny"), width=16, height=16, batch_size=4, steps=3
    )


@pytest.fixture
def recipe(snapshot) -> Recipe:
    return Recipe("a red apple on a white table", "text", 7, snapshot)


def render(recipe: Recipe, seeds: list[int], renderer=None) -> list[np.ndarray]:
    pictures = (renderer or pipelines.load(recipe.preset))(recipe, seeds, lambda step: None)
    return [np.asarray(picture) for picture in pictures]


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool((one == other).all())


def test_a_call_gives_an_rgb_picture_a_seed(recipe):
    pictures = pipelines.load(recipe.preset)(recipe, [7, 8, 9, 10], lambda step: None)

    assert [(picture.mode, picture.size) for picture in pictures] == [("RGB", (16, 16))] * 4
    assert len({picture.tobytes() for picture in pictures}) == 4
    assert all(isinstance(picture, Image.Image) for picture in pictures)


def test_a_candidate_made_again_at_the_same_batch_size_is_identical(recipe):
    first = render(recipe, [7, 8, 9, 10])
    pipelines.load.cache_clear()
    again = render(recipe, [7, 8, 9, 10])

    assert all(same(one, other) for one, other in zip(first, again, strict=True))


def test_neither_companions_nor_slot_change_a_picture(recipe):
    """The last batch is padded with repeats, and a retry may leave a candidate in another slot."""
    [_, wanted, *_] = render(recipe, [7, 8, 9, 10])

    assert same(wanted, render(recipe, [8, 8, 8, 8])[0])
    assert same(wanted, render(recipe, [100, 200, 300, 8])[3])


def test_alone_it_is_within_a_measured_tolerance(recipe):
    together = render(recipe, [7, 8, 9, 10])

    for seed, picture in zip([7, 8, 9, 10], together, strict=True):
        [alone] = render(recipe, [seed])
        assert np.abs(alone.astype(int) - picture.astype(int)).max() <= TOLERANCE


def test_a_process_of_its_own_makes_the_same_bits(recipe, models):
    pictures = render(recipe, [7, 8, 9, 10])
    script = (
        "import django; django.setup()\n"
        "from generation import pipelines; from generation.recipe import Recipe; import json, sys, hashlib\n"
        "recipe = Recipe.from_dict(json.load(sys.stdin))\n"
        "found = pipelines.load(recipe.preset)(recipe, [7, 8, 9, 10], lambda step: None)\n"
        "print(*[hashlib.sha256(picture.tobytes()).hexdigest() for picture in found])\n"
    )
    import hashlib
    import json

    result = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(recipe.as_dict()),
        cwd=configured.BASE_DIR,
        env={**os.environ, "WINNOW_MODELS": str(models), "DJANGO_SETTINGS_MODULE": "creative.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    assert result.stdout.split() == [hashlib.sha256(picture.tobytes()).hexdigest() for picture in pictures]


def test_the_prompt_the_words_to_avoid_and_the_seed_all_count(recipe):
    [picture] = render(recipe, [7])

    for other in (replace(recipe, prompt="a green boat"), replace(recipe, negative_prompt="blurry")):
        assert not same(picture, render(other, [7])[0])
    assert not same(picture, render(recipe, [8])[0])


def test_the_prompt_of_a_run_is_encoded_once_for_all_its_batches(recipe):
    renderer = pipelines.load(recipe.preset)
    for first in (7, 11, 15):
        render(recipe, list(range(first, first + 4)), renderer)
    assert renderer.encode_prompt.calls == 1

    render(replace(recipe, prompt="a green boat"), [7, 8, 9, 10], renderer)
    assert renderer.encode_prompt.calls == 2


def test_a_run_of_twenty_encodes_once_and_denoises_once_a_batch(project, maya, snapshot):
    preset = make.preset(
        name="tiny", source="tiny", weights=snapshot.weights, width=16, height=16, batch_size=8, dtype="float32"
    )
    run = make.run(project, maya, preset, count=20)
    calls = []

    def load(wanted: PresetSnapshot):
        renderer = pipelines.load(wanted)
        calls.append(renderer)
        return renderer

    rendering.work(load, worker="test", saver_threads=0)

    assert Run.objects.with_state().get(pk=run.pk).state == Run.State.DONE
    assert run.candidates.count() == 20
    assert len(calls) == 3
    assert len({id(renderer) for renderer in calls}) == 1
    assert calls[0].encode_prompt.calls == 1


def test_on_step_hears_of_every_step(recipe):
    heard = []
    pipelines.load(recipe.preset)(recipe, [7, 8, 9, 10], heard.append)

    assert heard == [1, 2, 3]


def test_a_lost_claim_stops_within_a_step_and_the_next_call_is_as_if_nothing_was(recipe):
    expected = render(recipe, [7, 8, 9, 10])
    heard = []

    def lost(step: int) -> None:
        heard.append(step)
        raise ClaimLost

    with pytest.raises(ClaimLost):
        pipelines.load(recipe.preset)(recipe, [7, 8, 9, 10], lost)

    assert heard == [1]
    assert all(same(one, other) for one, other in zip(expected, render(recipe, [7, 8, 9, 10]), strict=True))


def test_a_cancel_stops_a_real_pipeline(project, maya, snapshot, monkeypatch):
    monkeypatch.setattr(rendering, "PROGRESS_SECONDS", 0)
    preset = make.preset(name="tiny", source="tiny", weights=snapshot.weights, width=16, height=16, dtype="float32")
    run = make.run(project, maya, preset)

    def load(wanted: PresetSnapshot):
        runs.cancel(run, by=maya)
        return pipelines.load(wanted)

    rendering.work(load, worker="test", saver_threads=0)

    assert not run.candidates.exists()


def test_weights_that_changed_since_they_were_measured_are_refused(recipe, models):
    copy = shutil.copytree(models / "tiny", models / "copy", dirs_exist_ok=True)
    changed = replace(recipe.preset, source="copy")
    assert pipelines.load(changed)
    pipelines.load.cache_clear()

    file = next(copy.rglob("*.safetensors"))
    file.write_bytes(file.read_bytes()[:-1] + b"\x00\x00")
    with pytest.raises(UnusableSource, match="changed since it was measured"):
        pipelines.load(changed)


@pytest.mark.parametrize("name", ["diffusion_pytorch_model.bin", "pipeline.py"])
def test_pickles_and_code_are_never_loaded(recipe, models, name):
    copy = shutil.copytree(models / "tiny", models / f"with-{name}", dirs_exist_ok=True)
    (copy / "unet" / name).write_text("raise SystemExit")

    with pytest.raises(UnusableSource, match="never pickles or code"):
        pipelines.load(replace(recipe.preset, source=copy.name, weights=""))


def test_another_scheduler_is_taken_by_its_name_and_an_unknown_one_refused(recipe):
    euler = pipelines.load(replace(recipe.preset, scheduler="EulerDiscreteScheduler"))
    assert type(euler.pipeline.scheduler).__name__ == "EulerDiscreteScheduler"

    for name in ("NoScheduler", "UNet2DConditionModel"):
        with pytest.raises(UnusableSource, match=f"no scheduler '{name}'"):
            pipelines.load(replace(recipe.preset, scheduler=name))


def test_the_last_pipeline_used_stays_loaded_and_only_that_one(recipe):
    assert pipelines.load(recipe.preset) is pipelines.load(recipe.preset)
    first = pipelines.load(recipe.preset)
    pipelines.load(replace(recipe.preset, guidance=1.5))

    assert pipelines.load(recipe.preset) is not first


def test_what_the_bits_depend_on_is_written_down(recipe):
    environment = pipelines.load(recipe.preset).environment

    assert set(environment) >= {"device", "threads", "dtype", "batch_size", "torch", "diffusers", "transformers"}
    assert (environment["dtype"], environment["batch_size"]) == ("float32", 4)


def test_the_web_process_imports_neither_torch_nor_diffusers():
    script = (
        "import creative.wsgi, sys\n"
        "from django.urls import get_resolver\n"
        "from django.test import Client\n"
        "assert get_resolver().url_patterns\n"
        "assert Client().get('/').status_code in (301, 302)\n"
        "import creative.admin, generation.admin, review.admin\n"
        "print(*sorted({'torch', 'diffusers', 'transformers', 'numpy', 'scipy', 'imagehash'} & set(sys.modules)))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=configured.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (result.returncode, result.stdout.strip()) == (0, ""), result.stderr
