"""A brief as a TOML file: read, checked, refused by name and line."""

from __future__ import annotations

import copy
import datetime
import re
import tomllib
from collections.abc import Callable
from typing import Any

from creative.models import BriefRevision, UseClass
from generation.runs import MOST

LENGTHS: dict[str, int] = {f.name: f.max_length for f in BriefRevision._meta.fields if f.max_length}
RATIO = re.compile(r"[1-9]\d{0,3}(\.\d{1,2})?:[1-9]\d{0,3}(\.\d{1,2})?")
MARKET = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class BriefError(ValueError):
    """Every mistake in a brief file, one a line, each by name and line."""


def parse(text: str) -> dict[str, Any]:
    """The words of a brief, complete with defaults. Raises BriefError naming every mistake."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BriefError(f"This is not valid TOML: {error}.") from error
    mistakes = [
        _mistake(text, key, f"unknown key; known are {', '.join(CHECKS)}") for key in found if key not in CHECKS
    ]
    words: dict[str, Any] = copy.deepcopy(DEFAULTS)
    for key, value in found.items():
        if key in CHECKS:
            try:
                words[key] = CHECKS[key](value)
            except ValueError as error:
                mistakes.append(_mistake(text, key, str(error)))
    mistakes += [f"'{key}' is missing; a brief needs it." for key in ("title", "subject") if key not in found]
    if mistakes:
        raise BriefError("\n".join(mistakes))
    return words


def _mistake(text: str, key: str, what: str) -> str:
    pattern = re.compile(rf"""^\s*(\[+\s*)?["']?{re.escape(key)}["']?\s*[=.\]]""")
    lines = text.splitlines()
    found = (n for n, line in enumerate(lines) if pattern.match(line) and _is_whole("\n".join(lines[:n])))
    number = next(found, None)
    return f"line {'?' if number is None else number + 1}: '{key}': {what}."


def _is_whole(text: str) -> bool:
    """Whether what follows begins a statement, and is not inside a text of several lines."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _text(limit: int, *, required: bool = False) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("must be text in quotes")
        if required and not value.strip():
            raise ValueError("must not be empty")
        if len(value) > limit:
            raise ValueError(f"has {len(value)} characters; at most {limit} fit")
        if "\x00" in value:
            raise ValueError("holds a null character")
        return value

    return check


def _list_of(pattern: re.Pattern[str] | None, example: str) -> Callable[[Any], list[str]]:
    def check(value: Any) -> list[str]:
        if not isinstance(value, list) or any(not isinstance(item, str) or not item.strip() for item in value):
            raise ValueError(f"must be a list of texts, such as {example}")
        for item in value:
            if len(item) > 40 or (pattern and not pattern.fullmatch(item)):
                raise ValueError(f"{item[:40]!r} is not understood; write it as in {example}")
        return list(dict.fromkeys(value))

    return check


def _use_class(value: Any) -> str:
    if value not in UseClass.values:
        raise ValueError(f"must be one of {', '.join(map(repr, UseClass.values))}")
    return str(value)


def _due(value: Any) -> datetime.date:
    if isinstance(value, datetime.datetime) or not isinstance(value, datetime.date | str):
        raise ValueError("must be a date, such as 2026-12-24")
    try:
        return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("must be a date, such as 2026-12-24") from error


def _number(most: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise ValueError(f"must be a whole number from 1 to {most}")
        return value

    return check


CHECKS: dict[str, Callable[[Any], Any]] = {
    "title": _text(LENGTHS["title"], required=True),
    "subject": _text(LENGTHS["subject"], required=True),
    **{name: _text(LENGTHS[name]) for name in ("style", "lighting", "composition", "mood")},
    "palette": _list_of(None, '["teal", "warm white"]'),
    "avoid": _text(LENGTHS["avoid"]),
    "use_class": _use_class,
    "markets": _list_of(MARKET, '["DE", "US-NY"]'),
    "formats": _list_of(RATIO, '["4:5", "9:16", "1.91:1"]'),
    "due": _due,
    "count": _number(MOST),
    "target": _number(BriefRevision.MOST_WANTED),
    "notes": _text(LENGTHS["notes"]),
}
DEFAULTS: dict[str, Any] = {
    name: field.get_default()
    for field in BriefRevision._meta.fields
    if (name := field.name) in CHECKS and name not in ("title", "subject")
}
