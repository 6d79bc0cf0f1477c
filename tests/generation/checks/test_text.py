from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from generation.checks import CHECKS, Finding, Missing, Seen, text
from tests.generation.checks import drawing

FONT = Path(settings.BASE_DIR) / "review" / "demo_kit" / "Manrope_700Bold.ttf"


def found(picture: Image.Image, **seen) -> list[Finding]:
    return CHECKS["text"].run(picture, Seen(**seen))


def lettered(words: str, seed: int = 3, *, size: int = 48, side: int = 512) -> Image.Image:
    picture = drawing.scene(seed, side)
    pen = ImageDraw.Draw(picture)
    font = ImageFont.truetype(str(FONT), size)
    pen.text((60, 200), words, "white", font, stroke_width=3, stroke_fill="black")
    return picture


def test_text_is_found_where_it_stands_and_read():
    [finding] = found(lettered("Summer Sale"))

    assert (finding.kind, finding.words, finding.detail["text"]) == ("text", "Reads “Summer Sale”.", "Summer Sale")
    x, y, width, height = finding.box
    assert 40 < x < 70 and 185 < y < 225 and 220 < width < 345 and 30 < height < 80


def test_a_word_of_letters_that_bars_are_read_as_is_read():
    [finding] = found(lettered("MINT"))

    assert finding.words == "Reads “MINT”."


def test_cyrillic_is_called_text_that_it_cannot_read():
    [finding] = found(lettered("Распродажа"))

    assert finding.words == "Text in a script that this check can't read."


@pytest.mark.parametrize("seed", range(6))
def test_a_picture_without_letters_has_no_finding(seed):
    assert found(drawing.scene(seed)) == []


def test_what_the_kit_spells_or_the_brief_quotes_is_as_it_is_to_be():
    picture = lettered("Halden")

    for seen in ({"spell": ("HALDEN",)}, {"quoted": ("Halden",)}):
        [finding] = found(picture, **seen)
        assert (finding.kind, finding.words) == ("text", "Reads “Halden”, as it is to be spelt.")
        assert finding.sure == 0.5


@pytest.mark.parametrize("written", ["Haldon", "Haldem", "The Haldn shoe"])
def test_a_misspelt_name_is_named_with_the_right_one(written):
    [finding] = found(lettered(written), spell=("Halden",))

    assert (finding.kind, finding.detail["meant"]) == ("misspelt", "Halden")


def test_another_word_is_no_misspelt_name():
    [finding] = found(lettered("Garden"), spell=("Halden", "Ox"))

    assert finding.kind == "text"


def test_without_the_reader_it_says_what_to_install(monkeypatch):
    import sys

    text._reader.cache_clear()
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(Missing, match="needs the Python package rapidocr"):
        found(drawing.scene(1))
    text._reader.cache_clear()
