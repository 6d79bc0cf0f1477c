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
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def entries(group: str) -> Entries:
    found: Entries = vocabulary()[group]
    return found


def subjects() -> list[str]:
    """Each as people write it."""
    return [spoken(subject) for subject in entries("subjects")]


def spoken(word: str) -> str:
    """A word of the vocabulary as people write it."""
    return str(next(entries(group)[word].get("say", word) for group in GROUPS if word in entries(group)))


def phrases() -> list[str]:
    """Everything that the model hears, as people write it: first the name of each idea, then what else means it."""
    known = [(word, entry) for group in GROUPS for word, entry in entries(group).items()]
    names = [spoken(word) for word, _ in known]
    return list(dict.fromkeys([*names, *(phrase for _, entry in known for phrase in entry["words"])]))


def canonical_words() -> list[str]:
    """Every word the text encoder has an embedding for, in a fixed order."""
    return [word for group in GROUPS for word in entries(group)]


def object_colours() -> list[str]:
    return [name for name, colour in entries("colours").items() if colour["object"]]


def recolourable(subject: str) -> bool:
    """Whether it comes in every object colour, rather than as drawn alone."""
    return bool(entries("subjects")[subject].get("recolour", False))


def rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = entries("colours")[colour]["rgb"]
    return red, green, blue
