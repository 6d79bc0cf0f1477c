from __future__ import annotations

import pytest

from generation import prompts
from tests import make


def test_subject_and_brand_colours_come_first_because_models_read_the_start_best():
    words = {
        "mood": "calm",
        "composition": "low angle",
        "lighting": "dusk",
        "style": "photo",
        "subject": "a red sneaker",
        "palette": ["teal", "beige"],
    }

    assert prompts.compiled(words)["prompt"] == "a red sneaker, colours teal, beige, photo, dusk, low angle, calm"


def test_what_to_avoid_is_the_negative_prompt_and_never_in_the_prompt():
    compiled = prompts.compiled({"subject": "a red sneaker", "avoid": "people, text"})

    assert compiled == {"prompt": "a red sneaker", "negative_prompt": "people, text"}


def test_notes_title_and_markets_are_not_sent_to_the_model():
    words = {
        "title": "Hero",
        "subject": "a red sneaker",
        "notes": "for the boss",
        "markets": ["DE"],
        "formats": ["4:5"],
    }

    assert prompts.compiled(words)["prompt"] == "a red sneaker"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("  a red\n sneaker ", "a red sneaker"),
        ("a red sneaker, ", "a red sneaker"),
        ("a red , , sneaker.", "a red, sneaker"),
        (",;.", ""),
        ("naïve 写真", "naïve 写真"),
    ],
)
def test_spaces_and_stray_commas_are_tidied(typed, sent):
    assert prompts.compiled({"subject": typed})["prompt"] == sent


def test_a_brief_that_says_enough_gets_no_advice():
    assert prompts.advice(make.WORDS) == {}


@pytest.mark.parametrize("subject", ["a picture of a pool", "Pool", "something nice", "", "our new ad banner"])
def test_a_thin_subject_is_told_what_is_missing(subject):
    assert "made of" in prompts.advice({**make.WORDS, "subject": subject})["subject"]


def test_a_thin_subject_is_quoted_back():
    assert prompts.advice({"subject": "a picture of a pool"})["subject"].startswith("“a picture of a pool” could be")


@pytest.mark.parametrize("field", ["style", "lighting", "composition"])
def test_each_missing_field_is_named_beside_it(field):
    assert list(prompts.advice({**make.WORDS, field: "  "})) == [field]


def test_what_stands_after_the_end_of_what_is_heard_is_told_by_its_field():
    words = {"subject": "a red sneaker", "style": "studio photo", "mood": "fresh"}
    prompt = prompts.compiled(words)["prompt"]

    assert prompts.unheard(words, len(prompt)) == {}
    assert prompts.unheard(words, prompt.index("photo")) == {"style": "photo", "mood": "fresh"}
    assert prompts.unheard(words, 0) == {"subject": "a red sneaker", "style": "studio photo", "mood": "fresh"}


def test_the_house_style_of_the_brand_stands_last():
    words = {"subject": "a red sneaker", "mood": "fresh", "house_style": "clean, premium"}

    assert prompts.compiled(words)["prompt"] == "a red sneaker, fresh, clean, premium"
    assert prompts.unheard(words, 20) == {"house_style": "clean, premium"}


def test_what_the_kit_avoids_is_found_as_a_word_in_what_people_wrote():
    words = {"subject": "a Cheap sneaker, must-have", "style": "cheapest", "notes": "cheap", "mood": "cheap"}

    found = prompts.avoided(words, ["cheap", "must-have", "a (b"])

    assert found == {"subject": ["cheap", "must-have"], "mood": ["cheap"]}
