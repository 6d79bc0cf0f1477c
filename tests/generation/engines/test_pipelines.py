from __future__ import annotations

import os
import shutil
import subprocess
import sys
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as configured
from PIL import Image

from creative.work import hold as holds
from creative.work.hold import ClaimLost
from generation import images, runs, scheduling
from generation.engines.diffusers import noise, pipelines, weights
from generation.engines.engine import UnusableSource
from generation.models import Run
from generation.recipe import PICTURE, SEED, PresetSnapshot, Recipe, Source
from generation.renderer import Picture
from tests import make
from tests.generation.tiny.pipelines import save

# Levels of 255 by which a picture made alone may differ from one made in a batch; measured 0 to 1 on a CPU.
TOLERANCE = 2


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    save("stable-diffusion", folder / "tiny")
    return folder.resolve()


@pytest.fixture(autouse=True)
def only_these_models(models, settings):
    settings.WINNOW_MODELS = [models]


@pytest.fixture
def snapshot(models) -> PresetSnapshot:
    return make.snapshot(name="tiny", source="tiny", weights=weights.digest(models / "tiny"), batch_size=4, steps=3)


@pytest.fixture
def recipe(snapshot) -> Recipe:
    return make.recipe(snapshot, width=32, height=32)


def render(recipe: Recipe, seeds: list[int], renderer=None) -> list[np.ndarray]:
    pictures = (renderer or pipelines.load(recipe.preset))(recipe, seeds, lambda done, steps: None)
    return [np.asarray(picture.pixels) for picture in pictures if isinstance(picture, Picture)]


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool((one == other).all())


def test_a_call_gives_an_rgb_picture_a_seed(recipe):
    pictures = pipelines.load(recipe.preset)(recipe, [7, 8, 9, 10], lambda done, steps: None)

    assert [(picture.pixels.mode, picture.pixels.size) for picture in pictures] == [("RGB", (32, 32))] * 4
    assert len({picture.pixels.tobytes() for picture in pictures}) == 4


def test_what_is_asked_for_comes_out_of_a_full_batch(recipe):
    """So that the last batch of a run, and a candidate made again, have the bits they had in company."""
    together = render(recipe, [7, 8, 9, 10])

    assert all(same(one, other) for one, other in zip(together[1:3], render(recipe, [8, 9]), strict=True))


def test_a_candidate_made_again_at_the_same_batch_size_is_identical(recipe):
    first = render(recipe, [7, 8, 9, 10])
    pipelines.let_go()
    again = render(recipe, [7, 8, 9, 10])

    assert all(same(one, other) for one, other in zip(first, again, strict=True))


def test_neither_companions_nor_slot_change_a_picture(recipe):
    """The last batch is padded with repeats, and a retry may leave a candidate in another slot."""
    [_, wanted, *_] = render(recipe, [7, 8, 9, 10])

    assert same(wanted, render(recipe, [8, 8, 8, 8])[0])
    assert same(wanted, render(recipe, [100, 200, 300, 8])[3])


def test_in_a_smaller_batch_it_is_within_a_measured_tolerance(recipe):
    together = render(recipe, [7, 8, 9, 10])
    smaller = replace(recipe, preset=replace(recipe.preset, batch_size=1))

    for seed, picture in zip([7, 8, 9, 10], together, strict=True):
        [alone] = render(smaller, [seed])
        assert np.abs(alone.astype(int) - picture.astype(int)).max() <= TOLERANCE


def test_a_process_of_its_own_makes_the_same_bits(recipe, models):
    pictures = render(recipe, [7, 8, 9, 10])
    script = (
        "import django; django.setup()\n"
        "from generation import engines; from generation.recipe import Recipe; import json, sys, hashlib\n"
        "recipe = Recipe.from_dict(json.load(sys.stdin))\n"
        "found = engines.load(recipe.preset)(recipe, [7, 8, 9, 10], lambda done, steps: None)\n"
        "print(*[hashlib.sha256(picture.pixels.tobytes()).hexdigest() for picture in found])\n"
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
    pipelines.let_go()
    renderer = pipelines.load(recipe.preset)
    for first in (7, 11, 15):
        render(recipe, list(range(first, first + 4)), renderer)
    assert renderer.pipeline.encode_prompt.calls == 1

    render(replace(recipe, prompt="a green boat"), [7, 8, 9, 10], renderer)
    assert renderer.pipeline.encode_prompt.calls == 2


def test_a_run_of_twenty_encodes_once_and_denoises_once_a_batch(project, maya, snapshot):
    pipelines.let_go()
    preset = make.preset(name="tiny", source="tiny", weights=snapshot.weights, sizes=[[64, 64]], batch_size=8)
    run = make.run(project, maya, preset, count=20)
    calls = []

    def load(wanted: PresetSnapshot):
        renderer = pipelines.load(wanted)
        calls.append(renderer)
        return renderer

    scheduling.work(load, worker="test", saver_threads=0)

    assert Run.objects.with_state().get(pk=run.pk).state == Run.State.DONE
    assert run.candidates.count() == 20
    assert len(calls) == 3
    assert len({id(renderer) for renderer in calls}) == 1
    assert calls[0].pipeline.encode_prompt.calls == 1


def starting_from(recipe: Recipe, seed: int, way: str, strength: float, source: Source | None = None) -> Recipe:
    """As a run that starts from the picture of `seed`."""
    origin = replace(recipe, source=source)
    [picture, *_] = pipelines.load(recipe.preset)(origin, [seed] * recipe.preset.batch_size, lambda done, steps: None)
    assert isinstance(picture, Picture)
    sha256 = make.bytes_alone(images.encode(picture.pixels, small=8, large=16).picture)
    return replace(recipe, source=Source(1, seed, sha256, way, strength, source))


def distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


@pytest.mark.parametrize("way", [SEED, PICTURE])
def test_a_run_from_a_source_gives_the_same_bits_alone_in_company_and_again(recipe, way):
    varied = starting_from(recipe, 7, way, 0.4)
    together = render(varied, [20, 21, 22, 23])
    pipelines.let_go()

    assert same(together[1], render(varied, [21] * 4)[0])
    assert len({picture.tobytes() for picture in together}) == 4


@pytest.mark.parametrize("way", [SEED, PICTURE])
def test_what_starts_from_a_source_leaves_the_next_run_as_it_is(recipe, way):
    before = render(recipe, [7, 8, 9, 10])
    render(starting_from(recipe, 7, way, 0.4), [20, 21, 22, 23])

    assert all(same(one, other) for one, other in zip(before, render(recipe, [7, 8, 9, 10]), strict=True))


def test_a_seed_at_full_strength_is_a_fresh_one_and_at_hardly_any_the_source(recipe):
    source, fresh = render(recipe, [7] * 4)[0], render(recipe, [20] * 4)[0]

    assert distance(render(starting_from(recipe, 7, SEED, 1.0), [20] * 4)[0], fresh) <= 0.01
    assert distance(render(starting_from(recipe, 7, SEED, 1e-6), [20] * 4)[0], source) <= 0.01


def test_noise_between_two_is_as_strong_as_they_are():
    import torch

    one, other = (torch.randn((2, 4, 16, 16), generator=torch.Generator().manual_seed(seed)) for seed in (1, 2))
    between = noise.along_the_arc(one, other, 0.5)

    assert between.std().item() == pytest.approx(1, abs=0.05)
    assert noise.along_the_arc(one, one, 0.5).equal(one)


def test_more_like_one_that_was_varied_itself_starts_from_its_own_noise(recipe):
    first = starting_from(recipe, 7, SEED, 0.4)
    varied = render(first, [20] * 4)[0]
    second = starting_from(recipe, 20, SEED, 1e-6, source=first.source)

    assert distance(render(second, [30] * 4)[0], varied) <= 0.01


def test_a_picture_of_another_size_is_fitted(recipe):
    large = make.bytes_alone(images.encode(Image.new("RGB", (48, 40), "red"), small=8, large=16).picture)
    varied = replace(recipe, source=Source(1, 7, large, PICTURE, 0.5))

    assert render(varied, [7, 8, 9, 10])[0].shape == (32, 32, 3)


def test_a_model_of_one_step_still_starts_from_a_picture(recipe):
    quick = make.with_parameters(recipe, steps=1)

    assert len(render(starting_from(quick, 7, PICTURE, 0.3), [7, 8, 9, 10])) == 4


def test_a_run_from_a_source_encodes_its_prompt_once_too(recipe):
    pipelines.let_go()
    renderer = pipelines.load(recipe.preset)
    varied = starting_from(recipe, 7, PICTURE, 0.5)
    for first in (7, 11):
        render(varied, list(range(first, first + 4)), renderer)

    assert renderer.from_picture.encode_prompt.calls == 1


def test_a_pipeline_says_what_it_takes_and_refuses_the_rest(recipe, monkeypatch):
    able = pipelines.load(recipe.preset)
    assert (able.takes_noise, able.takes_pictures) == (True, True)
    variants = [starting_from(recipe, 7, way, 0.4) for way in (SEED, PICTURE)]

    monkeypatch.setattr(able, "takes_noise", False)
    monkeypatch.setattr(able, "takes_pictures", False)
    for varied in variants:
        with pytest.raises(UnusableSource, match="can't start from a candidate's (seed|picture)"):
            render(varied, [7, 8, 9, 10])


def test_a_class_without_a_sister_takes_no_pictures(recipe):
    from diffusers import DDPMPipeline

    text_to_image = pipelines.load(recipe.preset).pipeline
    lonely = DDPMPipeline(unet=text_to_image.unet, scheduler=text_to_image.scheduler)

    assert pipelines._image_to_image(lonely) is None


def test_on_step_hears_of_every_step(recipe):
    heard = []
    pipelines.load(recipe.preset)(recipe, [7, 8, 9, 10], lambda *step: heard.append(step))

    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_a_lost_claim_stops_within_a_step_and_the_next_call_is_as_if_nothing_was(recipe):
    expected = render(recipe, [7, 8, 9, 10])
    heard = []

    def lost(step: int, steps: int) -> None:
        heard.append(step)
        raise ClaimLost

    with pytest.raises(ClaimLost):
        pipelines.load(recipe.preset)(recipe, [7, 8, 9, 10], lost)

    assert heard == [1]
    assert all(same(one, other) for one, other in zip(expected, render(recipe, [7, 8, 9, 10]), strict=True))


def test_a_cancel_stops_a_real_pipeline(project, maya, snapshot, monkeypatch):
    monkeypatch.setattr(holds, "STEP_SECONDS", 0)
    preset = make.preset(name="tiny", source="tiny", weights=snapshot.weights, sizes=[[64, 64]])
    run = make.run(project, maya, preset)

    def load(wanted: PresetSnapshot):
        runs.cancel(run, by=maya)
        return pipelines.load(wanted)

    scheduling.work(load, worker="test", saver_threads=0)

    assert not run.candidates.exists()


def test_weights_that_changed_since_they_were_measured_are_refused(recipe, models):
    copy = shutil.copytree(models / "tiny", models / "copy", dirs_exist_ok=True)
    changed = make.with_parameters(recipe, source="copy").preset
    assert pipelines.load(changed)
    pipelines.let_go()

    file = next(copy.rglob("*.safetensors"))
    file.write_bytes(file.read_bytes()[:-1] + b"\x00\x00")
    with pytest.raises(UnusableSource, match="changed since its preset was measured"):
        pipelines.load(changed)


@pytest.mark.parametrize("name", ["diffusion_pytorch_model.bin", "pipeline.py"])
def test_pickles_and_code_are_never_loaded(recipe, models, name):
    """Beside safetensors they are passed over, as they lie in many folders that people own."""
    copy = shutil.copytree(models / "tiny", models / f"with-{name}", dirs_exist_ok=True)
    (copy / "unet" / name).write_text("raise SystemExit")
    beside = replace(make.with_parameters(recipe, source=copy.name).preset, weights="")
    assert pipelines.load(beside)

    pipelines.let_go()
    next((copy / "unet").glob("*.safetensors")).unlink()
    with pytest.raises(UnusableSource, match="'unet' (holds .* alone|has no weights)"):
        pipelines.load(beside)


def test_another_scheduler_is_taken_by_its_name_and_an_unknown_one_refused(recipe):
    euler = pipelines.load(make.with_parameters(recipe, scheduler="EulerDiscreteScheduler").preset)
    assert type(euler.pipeline.scheduler).__name__ == "EulerDiscreteScheduler"

    for name in ("NoScheduler", "UNet2DConditionModel"):
        with pytest.raises(UnusableSource, match=f"no scheduler '{name}'"):
            pipelines.load(make.with_parameters(recipe, scheduler=name).preset)


def test_one_pipeline_is_alive_at_a_change_of_preset(recipe, models):
    alive = []

    def load(preset: PresetSnapshot) -> None:
        renderer = pipelines.load(preset)
        alive.append(weakref.ref(renderer.pipeline))

    other = shutil.copytree(models / "tiny", models / "other", dirs_exist_ok=True)
    (other / "unet" / "config.json").write_text((other / "unet" / "config.json").read_text() + " ")
    before = pipelines.loading.pipeline

    def counted(*args):
        assert not any(pipeline() for pipeline in alive)
        return before(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipelines.loading, "pipeline", counted)
        for source in ("tiny", "other", "tiny"):
            load(replace(make.with_parameters(recipe, source=source).preset, weights=""))

    assert len({id(each) for each in alive}) == 3


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of diffusers itself
def test_another_scheduler_costs_no_loading_and_the_next_preset_has_its_own(recipe):
    expected = render(recipe, [7])
    first = pipelines.load(recipe.preset)
    euler = make.with_parameters(recipe, scheduler="EulerDiscreteScheduler", sigmas="karras")

    assert pipelines.load(euler.preset) is first
    assert not same(render(euler, [7])[0], expected[0])
    assert same(render(recipe, [7])[0], expected[0])


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"shift": 3.0}, "DDIMScheduler has no option shift"),
        ({"algorithm": "sde-dpmsolver++"}, "no option algorithm_type"),
    ],
)
def test_an_option_that_a_scheduler_has_not_is_refused(recipe, wrong, sentence):
    with pytest.raises(UnusableSource, match=sentence):
        pipelines.load(make.with_parameters(recipe, **wrong).preset)


def test_another_name_licence_number_of_steps_or_guidance_loads_nothing_anew(recipe):
    first = pipelines.load(recipe.preset)
    other = make.with_parameters(recipe, steps=2, guidance=1.5).preset

    assert pipelines.load(replace(other, name="renamed", licence="MIT", batch_size=2)) is first


def test_a_picture_comes_with_its_seed_and_a_receipt_of_what_the_class_heard(recipe):
    given = pipelines.load(recipe.preset)(recipe, [7, 8], lambda done, steps: None)

    assert [picture.seed for picture in given] == [7, 8]
    assert given[0].receipt["pipeline"] == "StableDiffusionPipeline"
    assert given[0].receipt["asked"] == {
        "prompt": recipe.prompt,
        "negative_prompt": "text",
        "num_images_per_prompt": 4,
        "num_inference_steps": 3,
        "guidance_scale": 2.5,
        "width": 32,
        "height": 32,
    }


def test_what_the_bits_depend_on_is_written_down(recipe):
    environment = pipelines.load(recipe.preset).environment

    assert set(environment) >= {"device", "threads", "dtype", "torch", "diffusers", "transformers"}
    assert environment["dtype"] == "float32"


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


def test_what_the_library_complains_of_is_kept_with_the_picture_and_the_preset(recipe):
    long = replace(recipe, prompt="a red apple on a white table " * 5)
    pipelines.let_go()

    renderer = pipelines.load(long.preset)
    [given, *_] = renderer(long, [7], lambda done, steps: None)

    assert "truncated because CLIP can only handle sequences up to 77 tokens" in given.receipt["complaints"][0]
    assert renderer.complaints == given.receipt["complaints"]
    [quiet, *_] = renderer(recipe, [7], lambda done, steps: None)
    assert "complaints" not in quiet.receipt
