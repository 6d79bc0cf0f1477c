"""Bounded parsers: nothing longer or deeper than we can hold is parsed, whoever sent it. Never in a transaction."""

from __future__ import annotations

import re
import tomllib
from itertools import accumulate
from typing import Any

DEEPEST = 16  # levels of TOML
MOST_OPENED = 20_000  # lists and objects: an empty one takes a hundred times its two bytes

# Strings and comments of TOML, each to its end or as far as it may go: whatever is left is structure.
_STRINGS = re.compile(
    r"""
    "{3} (?: [^\\"] | \\.? | "{1,2}(?!") )*+ (?: "{3,5} )?
    | '{3} .*? (?: '{3,5} | \Z )
    | " (?: [^"\\\n] | \\[^\n] )*+ "?
    | ' [^'\n]*+ '?
    | \# [^\n]*+
    """,
    re.DOTALL | re.VERBOSE,
)
_LONG_KEY = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{DEEPEST}}}")


class Unreadable(ValueError):
    """The text is a sentence for whoever wrote it."""


def toml(text: str, *, longest: int) -> dict[str, Any]:
    """What the text says. Raises Unreadable, before anything is parsed where it is too long or nested too deep."""
    _refuse_long(text, longest)
    if _is_deep(_STRINGS.sub("s", text)):
        raise Unreadable(f"This is nested too deep; {DEEPEST} levels are the most.")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"This is not valid TOML: {error}.") from error
    except ValueError as error:
        raise Unreadable("This is not valid TOML: a number in it is too long.") from error


def statements(text: str) -> list[str]:
    """The lines of a TOML text; what stands inside a string of several lines is left out."""
    return _STRINGS.sub(lambda found: "\n" * found[0].count("\n") or found[0], text).split("\n")


def refuse_vast_json(body: bytes, *, longest: int) -> None:
    """Before one of pydantic's models reads it, whose parser goes 200 levels deep at most. Raises Unreadable."""
    _refuse_long(body, longest)
    opened = body.count(b"[") + body.count(b"{")
    if opened > MOST_OPENED:
        raise Unreadable(f"This has {opened:,} lists and objects; at most {MOST_OPENED:,} fit.")


def _refuse_long(text: str | bytes, longest: int) -> None:
    if len(text) > longest:
        raise Unreadable(f"This text has {len(text):,} characters; at most {longest:,} fit.")


def _is_deep(text: str) -> bool:
    """Of TOML without its strings: a.b.c, and lists in lists."""
    depths = accumulate(1 if found[0] in "[{" else -1 for found in re.finditer(r"[\[\]{}]", text))
    return max(depths, default=0) > DEEPEST or _LONG_KEY.search(text) is not None
