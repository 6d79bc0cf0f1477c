from __future__ import annotations

import datetime
import re

import pytest

from creative.models import BriefRevision
from generation import brief_file
from generation.brief_file import BriefError

WHOLE = """\
title = "Autumn hero"
subject = "glossy red sneaker on a teal background"
style = "studio product photo"
lighting = "soft light"
composition = "centre"
mood = "fresh"
palette = ["red", "warm white"]
avoid = "people, text"
use_class = "internal"
markets = ["DE", "US-NY"]
formats = ["4:5", "1.91:1"]
due = 2026-12-24
count = 8
target = 3
notes = "For the spring fair."
"""
LEAST = 'title = "Hero"\nsubject = "a red sneaker"\n'


def test_every_key_is_read():
    words = brief_file.parse(WHOLE)

    assert words == {
        "title": "Autumn hero",
        "subject": "glossy red sneaker on a teal background",
        "style": "studio product photo",
        "lighting": "soft light",
        "composition": "centre",
        "mood": "fresh",
        "palette": ["red", "warm white"],
        "avoid": "people, text",
        "use_class": "internal",
        "markets": ["DE", "US-NY"],
        "formats": ["4:5", "1.91:1"],
        "due": datetime.date(2026, 12, 24),
        "count": 8,
        "target": 3,
        "notes": "For the spring fair.",
    }


def test_the_file_knows_every_word_of_a_brief_and_no_other():
    assert set(brief_file.KNOWN) == set(BriefRevision.WORDS)


def test_title_and_subject_are_enough():
    words = brief_file.parse(LEAST)

    assert (words["use_class"], words["palette"], words["due"]) == ("customer-facing", [], None)
    assert (words["count"], words["target"]) == (20, 2)
    assert set(words) == set(BriefRevision.WORDS)


def test_defaults_are_not_shared_between_briefs():
    brief_file.parse(LEAST)["palette"].append("red")

    assert brief_file.parse(LEAST)["palette"] == []


def test_a_date_may_be_written_as_text():
    assert brief_file.parse(LEAST + 'due = "2026-12-24"')["due"] == datetime.date(2026, 12, 24)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("colour = 1", "line 3: 'colour': unknown key; known are title, subject"),
        ("count = 0", "line 3: 'count': must be a whole number from 1 to 100."),
        ("count = 101", "line 3: 'count': must be a whole number from 1 to 100."),
        ("count = 1.5", "line 3: 'count': must be a whole number from 1 to 100."),
        ("count = true", "line 3: 'count': must be a whole number from 1 to 100."),
        ('count = "8"', "line 3: 'count': must be a whole number from 1 to 100."),
        ("target = 0", "line 3: 'target': must be a whole number from 1 to 20."),
        ("target = 21", "line 3: 'target': must be a whole number from 1 to 20."),
        ("target = true", "line 3: 'target': must be a whole number from 1 to 20."),
        ('use_class = "secret"', "line 3: 'use_class': must be one of 'internal', 'customer-facing', 'regulated'."),
        ("use_class = []", "line 3: 'use_class': must be one of"),
        ("markets = 'DE'", "line 3: 'markets': must be a list of texts, such as"),
        ("markets = ['Germany']", "line 3: 'markets': 'Germany' is not understood; write it as in"),
        ("markets = ['de']", "line 3: 'markets': 'de' is not understood"),
        ("formats = ['4x5']", "line 3: 'formats': '4x5' is not understood"),
        ("formats = ['0:5']", "line 3: 'formats': '0:5' is not understood"),
        ("formats = [45]", "line 3: 'formats': must be a list of texts"),
        ("palette = ['']", "line 3: 'palette': must be a list of texts"),
        ("due = 'soon'", "line 3: 'due': must be a date, such as 2026-12-24."),
        ("due = 2026-12-24T10:00:00", "line 3: 'due': must be a date, such as 2026-12-24."),
        ("due = 5", "line 3: 'due': must be a date, such as 2026-12-24."),
        ("style = 7", "line 3: 'style': must be text in quotes."),
        (f"mood = '{'x' * 201}'", "line 3: 'mood': has 201 characters; at most 200 fit."),
        (r'style = "a\u0000b"', "line 3: 'style': holds a character that can't be shown (U+0000); take it out."),
        ("[extra]\nx = 1", "line 3: 'extra': unknown key"),
        ("'my key' = 1", "line 3: 'my key': unknown key"),
        ("extra.deep = 1", "line 3: 'extra': unknown key"),
    ],
)
def test_a_mistake_is_refused_by_name_and_line(line, said):
    with pytest.raises(BriefError, match=re.escape(said)):
        brief_file.parse(f"{LEAST}{line}\n")


@pytest.mark.parametrize("key", ["title", "subject"])
def test_what_a_brief_needs_is_asked_for(key):
    rest = [line for line in LEAST.splitlines() if not line.startswith(key)]

    with pytest.raises(BriefError, match=f"'{key}' is missing"):
        brief_file.parse("\n".join(rest))
    with pytest.raises(BriefError, match=f"'{key}': must not be empty"):
        brief_file.parse("\n".join([*rest, f'{key} = " "']))


def test_every_mistake_is_told_at_once():
    with pytest.raises(BriefError) as error:
        brief_file.parse("title = 5\n\n\ncolour = 1\ncount = 0\n")

    assert str(error.value).splitlines() == [
        "line 4: 'colour': unknown key; known are " + ", ".join(brief_file.KNOWN) + ".",
        "line 1: 'title': must be text in quotes.",
        "line 5: 'count': must be a whole number from 1 to 100.",
        "'subject' is missing; a brief needs it.",
    ]


def test_a_key_that_is_named_in_a_text_above_it_is_found_on_its_own_line():
    text = 'title = "Hero"\nsubject = """\na sneaker\ncount = 900 of them\n"""\ncount = 900\n'

    with pytest.raises(BriefError, match="line 6: 'count'"):
        brief_file.parse(text)


def test_what_is_no_toml_is_refused_with_its_line():
    with pytest.raises(BriefError, match="not valid TOML.*line 2"):
        brief_file.parse('title = "Hero"\nsubject = red\n')


def test_a_repeated_market_counts_once():
    assert brief_file.parse(LEAST + 'markets = ["DE", "FR", "DE"]')["markets"] == ["DE", "FR"]


@pytest.mark.parametrize("text", [f"a={'[' * 5000}", f"a={'9' * 5000}"], ids=["deep", "long number"])
def test_what_would_break_the_reader_is_a_sentence(text):
    with pytest.raises(BriefError, match="nested too deep|a number in it is too long"):
        brief_file.parse(text)


def test_a_file_that_is_no_brief_is_refused_before_it_is_read():
    with pytest.raises(BriefError, match="at most 50,000 fit"):
        brief_file.parse("#" * 50_001)
