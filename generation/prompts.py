"""Brief to prompt, and what a thin brief lacks. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypedDict

ORDER = (
    "subject",
    "style",
    "lighting",
    "composition",
    "mood",
)  # most important first: models read the start best

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


class Compiled(TypedDict):
    prompt: str
    negative_prompt: str


def compiled(words: Mapping[str, Any]) -> Compiled:
    """The prompt and negative prompt as they will be sent, from a brief's words."""
    parts = [_tidy(str(words.get(name) or "")) for name in ORDER]
    if words.get("palette"):
        parts.append(f"colours {', '.join(words['palette'])}")
    return {
        "prompt": ", ".join(part for part in parts if part),
        "negative_prompt": _tidy(str(words.get("avoid") or "")),
    }


def _tidy(text: str) -> str:
    """One line, single spaces, no stray commas at the ends."""
    return re.sub(r"\s*,\s*(,\s*)*", ", ", re.sub(r"\s+", " ", text)).strip(" ,.;")


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
