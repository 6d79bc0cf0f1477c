"""A brief's rules, in one place for the form, the file and the verbs. Pure: words in, words or mistakes out."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from creative.text import unified, wrong_in
from creative.validation import Checked, mistake, says

RATIO = re.compile(r"[1-9]\d{0,3}(\.\d{1,2})?:[1-9]\d{0,3}(\.\d{1,2})?")
MARKET = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")  # ISO 3166
MOST_CANDIDATES = 100
MOST_WANTED = 20
LENGTHS = {  # characters
    "title": 120,
    "subject": 600,
    "style": 200,
    "lighting": 200,
    "composition": 200,
    "mood": 200,
    "avoid": 400,
    "notes": 4000,
}
OF_LINES = ("subject", "notes")
LONGEST_CODE = 40  # characters of a colour's name, a market, a format

UseClass = Literal["internal", "customer-facing", "regulated"]


def fits(name: str) -> AfterValidator:
    limit = LENGTHS[name]

    def check(text: str) -> str:
        text = unified(text)
        if len(text) > limit:
            raise mistake(f"has {len(text)} characters; at most {limit} fit")
        if wrong := wrong_in(text, lines=name in OF_LINES):
            raise mistake(wrong)
        return text

    return AfterValidator(check)


def _each(example: str, pattern: re.Pattern[str] | None = None) -> AfterValidator:
    """Repeats count once."""

    def check(codes: list[str]) -> list[str]:
        for code in codes:
            if not code.strip():
                raise mistake(f"must be a list of texts, such as {example}")
            if len(code) > LONGEST_CODE or (pattern and not pattern.fullmatch(code)):
                raise mistake(f"{code[:LONGEST_CODE]!r} is not understood; write it as in {example}")
        return list(dict.fromkeys(codes))

    return AfterValidator(check)


def _whole(most: int) -> Any:
    return says(f"must be a whole number from 1 to {most}")


def _date(value: object) -> object:
    if isinstance(value, datetime.datetime):
        raise ValueError("a time is no date")
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value


TEXT = says("must be text in quotes")
COLOURS, MARKETS, FORMATS = '["teal", "warm white"]', '["DE", "US-NY"]', '["4:5", "9:16", "1.91:1"]'


class BriefWords(Checked):
    """What a marketer may write; a draft may leave everything open."""

    title: Annotated[str, TEXT, fits("title")] = ""
    subject: Annotated[str, TEXT, fits("subject")] = ""
    style: Annotated[str, TEXT, fits("style")] = ""
    lighting: Annotated[str, TEXT, fits("lighting")] = ""
    composition: Annotated[str, TEXT, fits("composition")] = ""
    mood: Annotated[str, TEXT, fits("mood")] = ""
    palette: Annotated[list[str], says(f"must be a list of texts, such as {COLOURS}"), _each(COLOURS)] = []
    avoid: Annotated[str, TEXT, fits("avoid")] = ""
    use_class: Annotated[UseClass, says("must be one of 'internal', 'customer-facing', 'regulated'")] = (
        "customer-facing"
    )
    markets: Annotated[list[str], says(f"must be a list of texts, such as {MARKETS}"), _each(MARKETS, MARKET)] = []
    formats: Annotated[list[str], says(f"must be a list of texts, such as {FORMATS}"), _each(FORMATS, RATIO)] = []
    due: Annotated[datetime.date | None, BeforeValidator(_date), says("must be a date, such as 2026-12-24")] = None
    count: Annotated[int, Field(ge=1, le=MOST_CANDIDATES), _whole(MOST_CANDIDATES)] = 20
    target: Annotated[int, Field(ge=1, le=MOST_WANTED), _whole(MOST_WANTED)] = 2
    notes: Annotated[str, TEXT, fits("notes")] = ""


def checked(words: dict[str, Any]) -> dict[str, Any]:
    """These words as they are kept. Raises pydantic's ValidationError, for `validation.mistakes` to tell."""
    return BriefWords.model_validate(words).model_dump(include=set(words))
