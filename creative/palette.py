"""A brand's colours. Pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, TypeAdapter

from creative.brief_words import LONGEST_CODE
from creative.validation import Checked, says

MOST_COLOURS = 100


class Colour(Checked):
    name: Annotated[str, StringConstraints(pattern=r"\S", max_length=LONGEST_CODE)]  # a brief names it
    hex: Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]


PALETTE: TypeAdapter[list[Colour]] = TypeAdapter(
    Annotated[
        list[Colour],
        Field(max_length=MOST_COLOURS),
        says('Write the palette as [{"name": "Ember", "hex": "#d6282e"}, ...].'),
    ]
)
