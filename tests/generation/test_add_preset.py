"""A model that somebody owns, from its folder to a preset that is measured."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from creative.models import Event
from generation.engines.diffusers import families, inspection
from generation.models import Preset
from tests.generation.tiny import pipelines as tiny
from tests.generation.tiny import single_file

ANSWERS = {"licence": "openrail++", "commercial_use": "yes"}


@pytest.fixture
def models(tmp_path, settings, monkeypatch):
    folder = tmp_path.resolve()
    tiny.save("stable-diffusion", folder / "sd")
    settings.WINNOW_MODELS = [folder]
    small = families.BY_CLASS | {
        "StableDiffusionPipeline": families.Family("Stable Diffusion", (), "a test", sizes=((64, 64),), steps=4)
    }
    monkeypatch.setattr(families, "BY_CLASS", small)
    return folder


def add(source: str, **answers) -> str:
    said = StringIO()
    call_command("add_preset", source, stdout=said, **{**ANSWERS, **answers})
    return said.getvalue()


@pytest.mark.once
def test_it_is_looked_into_proposed_checked_measured_and_saved(db, models):
    told = add("sd", training_data="LAION", price="0.001")

    assert (
        "It is Stable Diffusion (StableDiffusionPipeline). Proposed: 4 steps, guidance 5, bfloat16, sizes 64x64" in told
    )
    preset = Preset.objects.get()
    assert (preset.name, preset.licence, preset.commercial_use, preset.training_data) == (
        "sd",
        "openrail++",
        True,
        "LAION",
    )
    assert preset.weights and preset.seconds_per_picture
    assert preset.heard["tokens"] == 75 and preset.heard["avoid"]
    assert list(Event.objects.order_by("pk").values_list("act", flat=True)) == ["preset.added", "preset.measured"]


@pytest.mark.once
def test_a_single_file_is_added_with_the_folder_that_it_is_a_model_of(db, models):
    single_file.save(models / "sd", models / "own.safetensors")
    with pytest.raises(CommandError, match="Name as its configuration the pipeline folder"):
        add("own.safetensors")

    add("own.safetensors", configuration="sd")

    preset = Preset.objects.get(name="own")
    assert (preset.parameters["source"], preset.parameters["configuration"]) == ("own.safetensors", "sd")
    assert preset.weights and preset.heard


@pytest.mark.parametrize(
    ("source", "answers", "sentence"),
    [
        ("absent", {}, "There is no folder 'absent' in WINNOW_MODELS"),
        ("owner/model", {}, "pin its revision"),
        ("owner/model@main", {}, "no full commit hash"),
        ("sd", {"licence": None}, "Licence\\? Nobody is here to be asked"),
        ("sd", {"price": "cheap"}, "--price must be a number"),
    ],
)
def test_what_can_not_be_is_a_sentence_and_nothing_is_saved(db, models, source, answers, sentence):
    with pytest.raises(CommandError, match=sentence):
        add(source, **answers)
    assert not Preset.objects.exists()


def test_a_video_model_is_told_before_anything_is_asked(db, models):
    index = models / "sd" / "model_index.json"
    index.write_text(json.dumps({**json.loads(index.read_text()), "_class_name": "WanPipeline"}))

    with pytest.raises(CommandError, match="make no pictures of words alone"):
        add("sd", licence=None)


@pytest.mark.parametrize("family", families.FAMILIES, ids=lambda family: family.name)
def test_every_family_proposes_sizes_that_it_can_make(family):
    """The VAEs of all but Sana make 8 pixels of one."""
    side = (32 if family.name == "Sana" else 8) * family.patch

    assert all(length % side == 0 for size in family.sizes for length in size)


def test_a_class_is_of_one_family():
    classes = [name for family in families.FAMILIES for name in family.classes]

    assert len(set(classes)) == len(classes)
    assert not set(classes) & families.OTHERS
    assert inspection.families.of("NoSuchPipeline").name == "other"
