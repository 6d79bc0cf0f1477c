"""A brief as a TOML file: read, checked, refused by name and line."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, ValidationError

from creative.brief_words import TEXT, BriefWords, fits
from creative.parsing import Unreadable, statements, toml
from creative.text import unified
from creative.validation import Mistake, mistake, mistakes

LONGEST = 50_000  # characters of a brief file
KNOWN = tuple(BriefWords.model_fields)


class BriefError(ValueError):
    """Every mistake in a brief file, one a line, each by name and line."""


def _filled(text: str) -> str:
    if not text.strip():
        raise mistake("must not be empty")
    return text


class WholeBrief(BriefWords):
    """One that can be submitted as it is."""

    title: Annotated[str, TEXT, fits("title"), AfterValidator(_filled)]
    subject: Annotated[str, TEXT, fits("subject"), AfterValidator(_filled)]


def parse(text: str) -> dict[str, Any]:
    """The words of a brief, complete with defaults. Raises BriefError naming every mistake."""
    text = unified(text)
    try:
        return WholeBrief.model_validate(toml(text, longest=LONGEST)).model_dump()
    except Unreadable as error:
        raise BriefError(str(error)) from error
    except ValidationError as error:
        found = sorted(mistakes(error), key=lambda each: each.kind == "missing")
        raise BriefError("\n".join(_sentence(text, each) for each in found)) from error


def _sentence(text: str, found: Mistake) -> str:
    key = str(found.place[0])
    if found.kind == "missing":
        return f"'{key}' is missing; a brief needs it."
    what = f"unknown key; known are {', '.join(KNOWN)}" if found.kind == "extra_forbidden" else found.sentence
    return f"line {_line(text, key)}: '{key}': {what}."


def _line(text: str, key: str) -> int | str:
    pattern = re.compile(rf"""^\s*(\[+\s*)?["']?{re.escape(key)}["']?\s*[=.\]]""")
    return next((n for n, line in enumerate(statements(text), 1) if pattern.match(line)), "?")
