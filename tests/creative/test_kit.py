"""What a kit may say, and what its versions say otherwise. Pure."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from creative import kit
from creative.kit import Content
from creative.validation import mistakes

EMBER = {"name": "Ember", "hex": "#d6282e"}
LOGO = {"reference": 1, "ground": "light"}
LINES = "This has several lines where one is meant."
NAME, HEX = "Give it a name of 1 to 40 characters.", "Write its hex as # and six digits, such as #d6282e."


def content(**words) -> Content:
    return Content.model_validate(words)


def test_a_kit_may_say_nothing_and_has_its_defaults():
    assert content() == Content()
    assert content(palette=[EMBER]).palette[0].tolerance == 10
    assert content(logos=[LOGO]).logos[0].least_width == 80


@pytest.mark.parametrize(
    ("words", "place", "sentence"),
    [
        ({"palette": [{**EMBER, "name": "  "}]}, ("palette", 0, "name"), NAME),
        ({"palette": [EMBER, {**EMBER, "name": "x" * 41}]}, ("palette", 1, "name"), NAME),
        (
            {"palette": [{**EMBER, "name": "a\nb"}]},
            ("palette", 0, "name"),
            LINES,
        ),
        ({"palette": [{**EMBER, "hex": "red"}]}, ("palette", 0, "hex"), HEX),
        ({"palette": [{**EMBER, "hex": "#d6282e\n"}]}, ("palette", 0, "hex"), HEX),
        ({"palette": [{**EMBER, "tolerance": 51}]}, ("palette", 0, "tolerance"), "Give a whole number from 1 to 50."),
        ({"palette": [{**EMBER, "tolerance": 2.5}]}, ("palette", 0, "tolerance"), "Give a whole number from 1 to 50."),
        ({"palette": [EMBER, {**EMBER, "name": "ember"}]}, ("palette",), "Two colours are called “ember”."),
        ({"palette": [{**EMBER, "name": f"{n}"} for n in range(61)]}, ("palette",), "A palette has at most 60 colours"),
        ({"logos": [{**LOGO, "ground": "grey"}]}, ("logos", 0, "ground"), "Choose a light or a dark ground."),
        ({"logos": [LOGO, LOGO]}, ("logos",), "The same logo stands twice for the same ground."),
        ({"logos": [{**LOGO, "clear_space": -1}]}, ("logos", 0, "clear_space"), "Give a whole number from 0 to 200."),
        ({"fonts": [1, 1]}, ("fonts",), "The same font stands twice."),
        ({"avoid": ["x" * 81]}, ("avoid",), "A word or phrase has 1 to 80 characters"),
        ({"spell": ["x"] * 201}, ("spell",), "At most 200 words and phrases fit"),
        ({"legal_lines": [{"market": "Germany", "text": "x"}]}, ("legal_lines", 0, "market"), "Write a country code"),
        ({"legal_lines": [{"market": "DE", "text": " "}]}, ("legal_lines", 0, "text"), "Give it a text of 1 to 600"),
        (
            {"legal_lines": [{"text": "x"}, {"text": "y"}]},
            ("legal_lines",),
            "There are two legal lines for every",
        ),
        ({"rules": "x" * 20_001}, ("rules",), "At most 20,000 characters fit."),
        ({"house_style": "x" * 201}, ("house_style",), "At most 200 characters fit."),
        ({"house_style": "a\nb"}, ("house_style",), LINES),
        ({"mood": "calm"}, ("mood",), "Extra inputs are not permitted"),
    ],
)
def test_each_mistake_is_told_by_itself_and_where_it_is(words, place, sentence):
    with pytest.raises(ValidationError) as refused:
        content(**words)
    found = mistakes(refused.value)[0]
    assert found.place == place and found.sentence.startswith(sentence)


OLD = content(
    palette=[EMBER, {"name": "Teal", "hex": "#149696"}],
    logos=[LOGO],
    fonts=[2],
    spell=["Halden"],
    avoid=["cheap"],
    legal_lines=[{"market": "DE", "text": "Solange der Vorrat reicht."}],
    rules="Plain grounds.",
    house_style="clean",
)


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ({}, []),
        ({"palette": [EMBER]}, ["Colour “Teal” was taken out"]),
        (
            {"palette": [{**EMBER, "tolerance": 5}, {"name": "Navy", "hex": "#1c285f"}]},
            [
                "Colour “Ember”: #d6282e, ΔE 10 became #d6282e, ΔE 5",
                "Colour “Navy” is new: #1c285f, ΔE 10",
                "Colour “Teal” was taken out",
            ],
        ),
        ({"palette": list(reversed(OLD.model_dump()["palette"]))}, ["The same in another order"]),
        ({"logos": []}, ["Logo “Mark, on light grounds” was taken out"]),
        ({"fonts": [3, 2]}, ["Type: “Sans” became “Serif”, “Sans”"]),
        (
            {"spell": ["Halden", "Autumn"], "avoid": []},
            ["To spell exactly, new: “Autumn”", "To avoid no longer: “cheap”"],
        ),
        ({"legal_lines": []}, ["Legal line for DE was taken out"]),
        ({"rules": ""}, ["Rules were taken out"]),
        ({"rules": "No people.", "house_style": ""}, ["Rules were written anew", "House style was taken out"]),
    ],
)
def test_what_is_otherwise_is_told_in_words(new, told):
    names = {1: "Mark", 2: "Sans", 3: "Serif"}
    assert kit.changes(OLD, content(**{**OLD.model_dump(), **new}), names) == told


def test_what_two_wrote_from_the_same_version_is_put_together_by_parts():
    mine = OLD.model_copy(update={"rules": "Mine.", "avoid": ["mine"]})
    theirs = OLD.model_copy(update={"rules": "Theirs.", "house_style": "theirs"})

    merged = kit.merged(mine, OLD, theirs)

    assert (merged.rules, merged.avoid, merged.house_style) == ("Mine.", ["mine"], "theirs")
    assert kit.contested(mine, OLD, theirs) == ["the rules"]
    assert kit.contested(mine, OLD, mine) == []
