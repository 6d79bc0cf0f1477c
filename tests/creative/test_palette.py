from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from creative.models import check_palette

EMBER = {"name": "Ember", "hex": "#d6282e"}


@pytest.mark.parametrize("palette", [[], [EMBER], [EMBER, {"name": "warm white", "hex": "#FFF8F0"}]])
def test_colours_have_a_name_and_a_value(palette):
    check_palette(palette)


@pytest.mark.parametrize(
    "palette",
    [
        None,
        {},
        "Ember",
        ["Ember"],
        [{"name": "Ember"}],
        [{"hex": "#d6282e"}],
        [{**EMBER, "name": "  "}],
        [{**EMBER, "name": "x" * 41}],
        [{**EMBER, "hex": "red"}],
        [{**EMBER, "hex": "#d6282"}],
        [{**EMBER, "hex": "#d6282e\n"}],
        [{**EMBER, "hex": 7}],
        [{**EMBER, "cmyk": "0 80 70 10"}],
        [EMBER] * 101,
    ],
)
def test_anything_else_is_told_how_a_palette_is_written(palette):
    with pytest.raises(ValidationError, match="Write the palette as"):
        check_palette(palette)
