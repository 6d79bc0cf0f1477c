from __future__ import annotations

import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from creative import files
from creative.models import Event
from generation import engines, presets, samples
from generation.engines.engine import OutOfMemory
from generation.models import Preset
from generation.presets import Measurement, best
from generation.recipe import Recipe
from tests import make
from tests.painter import Painter


class Timed(Painter):
    """Takes a set time a call, by batch size; a missing size does not fit."""

    def __init__(self, seconds: dict[int, float]) -> None:
        super().__init__()
        self.by_size = seconds

    def __call__(self, recipe, seeds, on_step):
        if len(seeds) not in self.by_size:
            raise OutOfMemory("There is too little memory.")
        time.sleep(self.by_size[len(seeds)])
        self.calls.append(list(seeds))
        return [self.paint(seed) for seed in seeds]

    def peak_memory(self) -> int:
        return 1000 * max(len(call) for call in self.calls)


SIZE = (64, 64)


def batches(found: list[Measurement]) -> list[int]:
    return [measurement.batch_size for measurement in found]


def test_batches_grow_while_they_pay():
    painter = Timed({1: 0.03, 2: 0.04, 4: 0.04, 8: 0.4, 16: 0.4})  # far apart: other tests run beside this one

    found = presets.measure(make.snapshot(), painter.load, size=SIZE, tries=1)

    assert batches(found) == [1, 2, 4, 8]
    assert best(found).batch_size == 4
    assert 0.01 <= found[2].seconds < 0.02


def test_the_first_call_warms_up_and_does_not_count():
    painter = Timed({1: 0.01})
    painter.by_size = {1: 0.0}
    found = presets.measure(make.snapshot(), painter.load, size=SIZE, batches=(1,), tries=3)

    assert len(painter.calls) == 4
    assert found[0].memory == 1000


def test_what_does_not_fit_ends_the_growing():
    found = presets.measure(make.snapshot(), Timed({1: 0.02, 2: 0.02}).load, size=SIZE, tries=1)

    assert batches(found) == [1, 2]


def test_a_model_that_does_not_fit_at_all_is_an_error():
    with pytest.raises(OutOfMemory):
        presets.measure(make.snapshot(), Timed({}).load, size=SIZE, tries=1)


def test_another_error_is_not_taken_for_a_full_memory():
    painter = Painter()
    painter.before_each = lambda: 1 / 0

    with pytest.raises(ZeroDivisionError):
        presets.measure(make.snapshot(), painter.load, size=SIZE, tries=1)


@pytest.mark.parametrize(
    ("seconds", "chosen"),
    [
        ({1: 1.0, 2: 0.9, 4: 0.5}, 4),
        ({1: 1.0, 2: 0.98, 4: 0.97}, 1),  # a small batch shows pictures sooner
        ({1: 1.0, 2: 0.52, 4: 0.5, 8: 0.6}, 2),
        ({1: 1.0}, 1),
    ],
)
def test_the_smallest_batch_within_five_percent_of_the_fastest_is_best(seconds, chosen):
    assert best([Measurement(size, value, None) for size, value in seconds.items()]).batch_size == chosen


def test_measuring_keeps_size_speed_weights_and_where(db, painter, monkeypatch):
    monkeypatch.setattr(engines, "load", painter.load)
    painter.takes_pictures, painter.weights = False, "7" * 64
    preset = make.preset(weights="", sizes=[[64, 64], [128, 96], [96, 64]], takes_noise=False)
    said = StringIO()

    call_command("measure_preset", "painter", stdout=said)

    preset.refresh_from_db()
    assert preset.batch_size in presets.BATCHES
    assert preset.seconds_per_picture > 0
    assert preset.weights == painter.weights
    assert preset.measured_on == "painter"
    assert preset.heard == {
        "tokens": 0,
        "encoders": {},
        "avoid": False,
        "guidance": False,
        "noise": False,
        "stops": True,
    }  # a painter is told nothing
    assert [sample.prompt for sample in preset.samples.all()] == list(samples.PROMPTS)
    assert (preset.takes_noise, preset.takes_pictures) == (False, False)
    assert "Kept: batches of" in said.getvalue()
    event = Event.objects.get(act="preset.measured")
    assert (event.scope, event.data["preset"], event.data["weights"]) == ("site", preset.pk, preset.weights)


def test_an_unknown_preset_is_named_beside_the_known_ones(db):
    make.preset()

    with pytest.raises(CommandError, match="no preset 'absent'; known: painter"):
        call_command("measure_preset", "absent")


def test_unusable_weights_are_refused_and_nothing_is_kept(db, settings, tmp_path):
    settings.WINNOW_MODELS = [tmp_path.resolve()]
    (tmp_path / "tiny" / "unet").mkdir(parents=True)
    (tmp_path / "tiny" / "model_index.json").write_text(
        '{"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"]}'
    )
    (tmp_path / "tiny" / "unet" / "config.json").write_text("{}")
    (tmp_path / "tiny" / "unet" / "model.ckpt").touch()
    preset = make.preset(source="tiny", weights="")

    with pytest.raises(CommandError, match="never pickles or code"):
        call_command("measure_preset", "painter")

    preset.refresh_from_db()
    assert preset.weights == ""


def test_a_preset_that_takes_another_time_now_has_none_until_it_is_measured(pia, preset):
    Preset.objects.filter(pk=preset.pk).update(seconds_per_picture=0.5, measured_on="cpu")
    make.sample(preset)

    presets.change(preset, by=pia, licence="MIT")
    assert (preset.seconds_per_picture, preset.samples.count()) == (0.5, 1)

    presets.change(preset, by=pia, licence="MIT", parameters={**preset.parameters, "steps": 4})
    assert (preset.seconds_per_picture, preset.measured_on, preset.samples.count()) == (None, "", 0)


HEARS = {"tokens": 4, "avoid": False, "guidance": False, "noise": True, "stops": True}


@pytest.fixture
def hard_of_hearing(db) -> Preset:
    """Hears four words of a prompt, by the starter's tokenizer, and neither guidance nor what to avoid."""
    tokenizer = files.put(presets.starter_tokenizer(), media_type="application/json")
    return make.preset(name="small", heard=HEARS, tokenizer=tokenizer)


def test_a_recipe_says_what_of_it_is_heard(hard_of_hearing):
    words = {"subject": "red sneaker on a podium", "style": "soft light", "avoid": "hat"}

    recipe = presets.recipe(hard_of_hearing, words, seed=7)

    assert recipe.prompt == "red sneaker on a podium, soft light"
    assert recipe.heard == {
        "prompt": "red sneaker on a podium, ",
        "negative_prompt": "",
        "guidance": None,
        "tokens": 5,
        "most_tokens": 4,
    }
    assert Recipe.from_dict(recipe.as_dict()) == recipe


def test_a_preset_that_was_not_measured_since_it_changed_claims_nothing(pia, hard_of_hearing):
    presets.change(hard_of_hearing, by=pia, parameters={**hard_of_hearing.parameters, "guidance": 3.0})

    assert presets.recipe(hard_of_hearing, {"subject": "red sneaker"}, seed=7).heard == {}
