"""Brief to prompt, and what a thin brief lacks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

# Most important first, for models read the start best, and some no further: brand colours stand early. What a brief
# says of its own picture comes before what its brand says of all.
ORDER = ("subject", "palette", "style", "lighting", "composition", "mood", "house_style")

EMPTY_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "by",
        "with",
        "for",
        "and",
        "or",
        "to",
        "some",
        "any",
        "very",
        "really",
        "nice",
        "good",
        "great",
        "beautiful",
        "pretty",
        "cool",
        "picture",
        "image",
        "photo",
        "photograph",
        "shot",
        "visual",
        "banner",
        "ad",
        "something",
        "our",
        "new",
    ]
)


WRITTEN = ("title", "subject", "style", "lighting", "composition", "mood")  # what people put into words
JOINT = ", "


class Compiled(TypedDict):
    prompt: str
    negative_prompt: str


def compiled(words: Mapping[str, Any]) -> Compiled:
    """The prompt and negative prompt as they will be sent, from a brief's words."""
    return {
        "prompt": JOINT.join(part for _, part in parts(words)),
        "negative_prompt": _tidy(str(words.get("avoid") or "")),
    }


def parts(words: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What each field gives to the prompt, in the order in which it stands there."""
    given = [(name, _said(name, words.get(name))) for name in ORDER]
    return [(name, part) for name, part in given if part]


def unheard(words: Mapping[str, Any], end: int) -> dict[str, str]:
    """What of each field stands after the first `end` characters of the prompt, where that is anything."""
    found, start = {}, 0
    for name, part in parts(words):
        if rest := part[max(0, end - start) :].strip(" ,"):
            found[name] = rest
        start += len(part) + len(JOINT)
    return found


def _said(name: str, value: Any) -> str:
    if name == "palette":
        return f"colours {', '.join(value)}" if value else ""
    return _tidy(str(value or ""))


def _tidy(text: str) -> str:
    """One line, single spaces, no stray commas at the ends."""
    return re.sub(r"\s*,\s*(,\s*)*", ", ", re.sub(r"\s+", " ", text)).strip(" ,.;")


def avoided(words: Mapping[str, Any], avoid: Iterable[str]) -> dict[str, list[str]]:
    """By field, what its brand's kit avoids and somebody wrote there all the same."""
    patterns = {word: re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE) for word in avoid}
    found = {
        name: [word for word, pattern in patterns.items() if pattern.search(str(words.get(name) or ""))]
        for name in WRITTEN
    }
    return {name: given for name, given in found.items() if given}


def advice(words: Mapping[str, Any]) -> dict[str, str]:
    """What is missing, in a sentence, by field. Empty for a brief that says enough; never forbids anything."""
    found = {}
    meaning = set(re.findall(r"[^\W\d_]{2,}", str(words.get("subject") or "").lower())) - EMPTY_WORDS
    if len(meaning) < 3:
        seen = f"“{_tidy(str(words['subject']))}” could be anything. " if meaning else ""
        found["subject"] = f"{seen}Say what it is made of, its colour, what it is doing and where it stands."
    for name, sentence in (
        ("style", "Photograph, 3D render, watercolour? Without a style every candidate picks its own."),
        (
            "lighting",
            "Soft daylight, hard studio light, dusk? Light decides the mood more than anything else.",
        ),
        (
            "composition",
            "Say the angle and where the copy goes, such as “low angle, empty space on the left”.",
        ),
    ):
        if not str(words.get(name) or "").strip():
            found[name] = sentence
    if words.get("target") and words["target"] > words["count"]:
        found["target"] = "That is more than the candidates asked for, and only about one in ten is worth keeping."
    return found
