"""What the starter model hears of a brief, and what the form says of the rest."""

import pytest
from django.urls import reverse

from creative import briefs
from generation.engines.diffusers import weights
from generation.starter import hearing, tokens
from generation.starter.vocabulary import entries, phrases, subjects
from tests import make

COUNT = len(entries("subjects"))


@pytest.mark.parametrize(
    "said",
    [
        "Glossy red trainers, soft light, centred; on a pastel teal backdrop.",
        "A close-up of an ICE CREAM cone — crème background",
        "T-shirt, navy-blue wall, copy space on the left",
        "Ein Glas \N{WINE GLASS}\N{VARIATION SELECTOR-16} im Sand\n42",
        "re\N{VARIATION SELECTOR-16}d car, light green wall, soft light",
        "",
    ],
)
def test_the_form_reads_as_the_model_does(said):
    known = set(tokens.words())

    read = [word if word in known else tokens.UNKNOWN for word in tokens.read(said)]

    assert read == tokens.build().tokenize(said)


@pytest.mark.parametrize("tone", entries("tones"))
@pytest.mark.parametrize("colour", entries("colours"))
def test_every_colour_in_a_tone_is_one_that_it_was_taught(tone, colour):
    """“Pastel green” is mint here, and “light green” is no other."""
    ways = [tone, *entries("tones")[tone]["words"]]

    read = {tuple(tokens.read(f"{way} {colour}")) for way in ways}

    taught = (
        {(tone, colour)} if tone in entries("colours")[colour]["tones"] else {(each,) for each in entries("colours")}
    )
    assert len(read) == 1
    assert read <= taught


@pytest.mark.parametrize(
    "said",
    ["", "  ,, ", "red sneaker", "Blue T-shirt on a podium", "our donut, close-up", "The car's in pale green"],
)
def test_nothing_is_said_of_what_it_knows(said):
    assert hearing.advice(said) == ""


@pytest.mark.parametrize(
    ("said", "stranger"),
    [
        ("pool", "pool"),
        ("a swimming pool at night", "pool"),
        ("on blue, a Ferrari", "Ferrari"),
        ("Strandhütte", "Strandhütte"),
        ("smørbrød", "smørbrød"),
        ("бассейн", "бассейн"),
        ("プール", "プール"),
        ("<b>pool</b>", "pool"),
    ],
)
def test_an_unknown_subject_is_named_as_it_was_written(said, stranger):
    sentence = (
        f"This small model knows {COUNT} subjects; “{stranger}” is not one. Choose a full model for anything else."
    )

    assert hearing.advice(said).startswith(sentence)


@pytest.mark.parametrize(("said", "meant"), [("snekers", "sneaker"), ("hanbdag", "handbag"), ("t-shrit", "T-shirt")])
def test_the_nearest_it_knows_is_offered(said, meant):
    assert hearing.advice(said).endswith(f"The nearest it knows is “{meant}”.")


def test_a_brief_without_a_subject_is_asked_for_one():
    assert hearing.advice("on a blue background").startswith("No subject is named yet")


@pytest.mark.parametrize(
    ("said", "unheard"),
    [
        ("a velvet handbag with laces", "“velvet” or “laces”"),
        ("Women's snéaker for our campaign", "“Women's” or “campaign”"),
        ("red handbag, young people", "“young” or “people”"),
    ],
)
def test_unknown_words_beside_a_known_subject_are_said_too(said, unheard):
    assert hearing.advice(said) == f"This small model has not learnt {unheard}, and paints without."


def test_two_subjects_are_one_too_many():
    assert "“burger” and “donut” will run together" in hearing.advice("donut and burger")


@pytest.mark.parametrize(
    "word", ["x", "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "\N{LATIN SMALL LIGATURE FFI}", "e\u0301"]
)
def test_what_is_said_back_is_short_however_long_the_word(word):
    assert len(hearing.advice(word * 5_000)) < 300


def test_every_phrase_offered_is_heard():
    assert all(word in tokens.words() for phrase in phrases() for word in tokens.read(phrase))
    assert phrases()[:COUNT] == subjects()


@pytest.fixture
def answer(client, project, maya):
    """Post a subject to the form, with a preset; returns the fragment."""
    client.force_login(maya)
    draft = briefs.draft(project, by=maya, **make.WORDS)
    url = reverse("generation:brief-form", args=[draft.pk])

    def post(preset, subject):
        seen = client.get(url).context["seen"]
        words = {**make.WORDS, "subject": subject, "use_class": "internal", "seen": seen, "preset": preset.pk}
        return client.post(url, words, headers={"HX-Request": "true"}).content.decode()

    return post


def test_the_form_says_it_for_the_starter_alone(answer):
    full, starter = make.preset(name="full"), make.preset(name="small", source=weights.STARTER)

    assert "is not one" in answer(starter, "a swimming pool at night")
    assert 'value="sneaker"' in answer(starter, "a sneaker on a table")
    assert "is not one" not in answer(full, "a swimming pool at night")
    assert "known-words" not in answer(full, "a sneaker on a table")


def test_what_a_person_wrote_is_escaped(answer):
    shown = answer(make.preset(source=weights.STARTER), "<script>alert(1)</script>")

    assert "<script>alert" not in shown
