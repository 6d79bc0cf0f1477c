"""A brand's colours. Pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StringConstraints, TypeAdapter, ValidationError

from creative.brief_words import LONGEST_CODE
from creative.validation import Checked, mistake, mistakes, says

MOST_COLOURS = 100


class Colour(Checked):
    name: Annotated[  # a brief names it
        str,
        StringConstraints(pattern=r"\S", max_length=LONGEST_CODE),
        says(f"give it a name of 1 to {LONGEST_CODE} characters."),
    ]
    hex: Annotated[
        str,
        StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$"),
        says("write its hex as # and six digits, such as #d6282e."),
    ]


def _few(colours: list[Colour]) -> list[Colour]:
    if len(colours) > MOST_COLOURS:
        raise mistake(f"A palette has at most {MOST_COLOURS} colours; these are {len(colours)}.")
    return colours


PALETTE: TypeAdapter[list[Colour]] = TypeAdapter(
    Annotated[
        list[Annotated[Colour, says('write it as {"name": "Ember", "hex": "#d6282e"} and nothing more.')]],
        AfterValidator(_few),
        says('Write the palette as [{"name": "Ember", "hex": "#d6282e"}, ...].'),
    ]
)


def wrong_in(palette: object) -> str:
    """What is wrong with it first, and in which colour, in a sentence for people; empty where nothing is."""
    try:
        PALETTE.validate_python(palette)
    except ValidationError as error:
        found = mistakes(error)[0]
        return f"Colour {int(found.place[0]) + 1}: {found.sentence}" if found.place else found.sentence
    return ""
