"""What the starter model can be asked for: subjects, colours, backdrops, places, and their synonyms."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("vocabulary.json")
GROUPS = ("subjects", "colours", "tones", "backdrops", "places", "sizes", "lights", "joints")

# The entries of a JSON file differ by group, hence Any.
Entries = dict[str, dict[str, Any]]


@cache
def vocabulary() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def entries(group: str) -> Entries:
    return vocabulary()[group]


def canonical_words() -> list[str]:
    """Every word the text encoder has an embedding for, in a fixed order."""
    return [word for group in GROUPS for word in entries(group)]


def object_colours() -> list[str]:
    return [name for name, colour in entries("colours").items() if colour["object"]]


def rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = entries("colours")[colour]["rgb"]
    return red, green, blue
