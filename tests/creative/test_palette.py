from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from creative.models import Brand

EMBER = {"name": "Ember", "hex": "#d6282e"}


@pytest.mark.parametrize("palette", [[], [EMBER], [EMBER, {"name": "warm white", "hex": "#FFF8F0"}]])
def test_colours_have_a_name_and_a_value(palette):
    Brand(palette=palette).clean()


NAME, HEX = "give it a name of 1 to 40 characters.", "write its hex as # and six digits, such as #d6282e."
WHOLE = 'write it as {"name": "Ember", "hex": "#d6282e"} and nothing more.'


@pytest.mark.parametrize(
    ("palette", "sentence"),
    [
        ({}, "Write the palette as"),
        ("Ember", "Write the palette as"),
        (["Ember"], f"Colour 1: {WHOLE}"),
        ([{"name": "Ember"}], f"Colour 1: {WHOLE}"),
        ([{"hex": "#d6282e"}], f"Colour 1: {WHOLE}"),
        ([{**EMBER, "cmyk": "0 80 70 10"}], f"Colour 1: {WHOLE}"),
        ([{**EMBER, "name": "  "}], f"Colour 1: {NAME}"),
        ([EMBER, {**EMBER, "name": "x" * 41}], f"Colour 2: {NAME}"),
        ([{**EMBER, "hex": "red"}], f"Colour 1: {HEX}"),
        ([EMBER, EMBER, {**EMBER, "hex": "#d6282"}], f"Colour 3: {HEX}"),
        ([{**EMBER, "hex": "#d6282e\n"}], f"Colour 1: {HEX}"),
        ([{**EMBER, "hex": 7}], f"Colour 1: {HEX}"),
        ([EMBER] * 101, "A palette has at most 100 colours; these are 101."),
    ],
)
def test_each_mistake_is_told_by_itself_and_where_it_is(palette, sentence):
    with pytest.raises(ValidationError) as refused:
        Brand(palette=palette).clean()
    assert refused.value.messages[0].startswith(sentence)
