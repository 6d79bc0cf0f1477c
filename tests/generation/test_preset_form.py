from __future__ import annotations

import pytest

from creative.errors import Refused
from generation import presets
from generation.models import Preset
from generation.preset_form import form_for
from tests import make


def filled(preset: Preset | None = None, **more):
    """The form as its page shows it, with `more` typed over."""
    bare = form_for("diffusers")(instance=preset)
    shown = {name: bare[name].value() for name in bare.fields}
    return form_for("diffusers")(
        {name: value for name, value in shown.items() if value not in (None, "") and value is not False} | more,
        instance=preset,
    )


NEW = {"name": "big", "source": "owner/model", "revision": "0" * 40, "licence": "MIT", "sizes": "1024x1024, 768 × 1344"}


def test_a_preset_is_its_columns_and_the_parameters_of_its_engine(db):
    form = filled(**NEW, steps="8", guidance="3.5")

    assert form.is_valid(), form.errors
    said = {name: value for name, value in form.instance.parameters.items() if value not in (None, "", False)}
    assert said == {
        "source": "owner/model",
        "revision": "0" * 40,
        "steps": 8,
        "guidance": 3.5,
        "dtype": "bfloat16",
    }
    assert form.instance.sizes == [[1024, 1024], [768, 1344]]


def test_nothing_typed_changes_nothing(preset):
    form = filled(preset)

    assert form.is_valid(), form.errors
    assert form.changed_data == []


def test_parameters_change_together_as_the_column_they_are(preset):
    form = filled(preset, steps="9", licence="MIT", sizes="64x64, 128x64")

    assert form.is_valid(), form.errors
    assert sorted(form.changed_data) == ["licence", "parameters", "sizes"]
    assert form.cleaned_data["parameters"] == {**preset.parameters, "steps": 9}


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"steps": "0"}, "steps", "greater than or equal to 1"),
        ({"guidance": "31"}, "guidance", "less than or equal to 30"),
        ({"revision": "main"}, "revision", "This must be a 40-digit commit hash."),
        ({"source": ""}, "source", "required"),
        ({"dtype": "int8"}, "dtype", "not one of the available choices"),
        ({"sizes": "1024"}, "sizes", "These must be 1 to 20 sizes"),
        ({"sizes": "32x32"}, "sizes", "sides of 64 to 4096 pixels"),
        ({"sizes": "64x64, 64x64"}, "sizes", "name a size twice"),
    ],
)
def test_what_makes_no_sense_is_said_where_it_was_typed(db, typed, field, said):
    form = filled(**(NEW | typed))

    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert said in form.errors[field][0]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"parameters": {}}, "Source"),
        ({"parameters": make.parameters() | {"steps": 500}}, "Steps must be a whole number from 1 to 200."),
        ({"parameters": make.parameters() | {"colour": 1}}, "Colour"),
        ({"sizes": [[1, 2]]}, "Sizes must be 1 to 20 sizes"),
    ],
)
def test_the_verb_refuses_the_same_by_whatever_way_it_comes(preset, pia, wrong, said):
    with pytest.raises(Refused, match=said):
        presets.change(preset, by=pia, **wrong)
