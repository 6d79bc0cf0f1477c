"""The machine checks on sets of the tests' own generator, of other seeds than they were tuned on, half negatives.

The one face is that of a photograph of a clear licence: Eileen Collins, by NASA, in the public domain.
"""

from __future__ import annotations

import functools
import importlib.util
import random
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from bench.results import Measured
from bench.timing import seconds_of
from generation.checks import CHECKS, Colour, Finding, Known, Seen
from generation.checks.finding import Box
from tests.generation.checks import drawing, logos

SIDE = 1024  # pixels
SEEDS = 70_000  # from here on; the checks were tuned below 10,000
TIMES = 5
NOTO = "/usr/share/fonts/truetype/noto/"
CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SCRIPTS = {  # words, font (Debian: fonts-noto-core, fonts-noto-cjk), and whether the check reads the script
    "Latin": (("Summer Sale", "Only today", "fresh taste"), NOTO + "NotoSans-Regular.ttf", True),
    "Greek": (("Καλοκαίρι", "νέα γεύση"), NOTO + "NotoSans-Regular.ttf", True),
    "Cyrillic": (("Распродажа", "новый вкус"), NOTO + "NotoSans-Regular.ttf", False),
    "Han": (("夏季促销活动", "新口味上市"), CJK, True),
    "kana": (("サマーセール", "あたらしい"), CJK, True),
    "Hangul": (("여름 세일 시작", "새로운 맛 출시"), CJK, False),
    "Arabic": (("تخفيضات الصيف", "طعم جديد"), NOTO + "NotoSansArabic-Regular.ttf", False),
    "Devanagari": (("ग्रीष्मकालीन बिक्री", "नया स्वाद"), NOTO + "NotoSansDevanagari-Regular.ttf", False),
}
EACH = 6  # pictures a script
PAIRS = 30  # pictures with, and as many without, of the other sets


@dataclass
class Score:
    hits: int = 0
    wanted: int = 0
    told: int = 0  # findings
    right: int = 0  # of them
    also: int = 0

    @property
    def recall(self) -> float:
        return self.hits / self.wanted

    @property
    def precision(self) -> float:
        return self.right / self.told if self.told else 1.0


def recall(name: str) -> Measured:
    score, what = SETS[name]()
    return Measured(score.recall, score.hits, score.wanted, "found", what)


def precision(name: str) -> Measured:
    score, what = SETS[name]()
    return Measured(score.precision, score.right, score.told, "findings", what)


def f1(name: str) -> Measured:
    score, what = SETS[name]()
    both = 2 * score.recall * score.precision / (score.recall + score.precision)
    return Measured(both, score.recall, score.precision, "recall, precision", what)


def read() -> Measured:
    score, what = SETS["text"]()
    readable = EACH * sum(reads for _, _, reads in SCRIPTS.values())
    return Measured(score.also / readable, score.also, readable, "regions read as they are written", what)


def milliseconds(name: str) -> Measured:
    """One picture, one thread, the model loaded."""
    pictures = [drawing.scene(SEEDS + number, SIDE) for number in range(TIMES)]
    seen = Seen(
        colours=(Colour("Ember", "#d6282e", 10), Colour("Sand", "#e8cfa0", 10)),
        references=tuple(Known(number, drawing.scene(SEEDS + 50 + number, SIDE)) for number in range(10)),
        candidates=tuple(Known(number, drawing.scene(SEEDS + 80 + number, SIDE)) for number in range(19)),
        logos=(Known(1, logos.logo(SEEDS)), Known(2, logos.logo(SEEDS + 1))),
    )
    CHECKS[name].run(pictures[0], seen)
    times = [1000 * seconds_of(functools.partial(CHECKS[name].run, each, seen)) for each in pictures]
    what = f"Median of {TIMES} pictures of {SIDE} x {SIDE}; ten references, nineteen other candidates, two logos."
    return Measured(statistics.median(times), statistics.median(times), max(times), "ms", what)


@functools.cache
def _text() -> tuple[Score, str]:
    score = Score()
    drawn = random.Random(SEEDS)
    for words, font, reads in SCRIPTS.values():
        for _ in range(EACH):
            written = drawn.choice(words)
            picture, box = _lettered(written, font, drawn, SEEDS + score.wanted)
            found = CHECKS["text"].run(picture, Seen())
            right = [each for each in found if each.box and _covered(box, each.box) >= 0.5]
            _count(score, found, right, wanted=1, hits=bool(right))
            said = "".join(str(each.detail.get("text", "")) for each in right)
            score.also += reads and _letters(said) == _letters(written)
    for number in range(EACH * len(SCRIPTS)):
        _count(score, CHECKS["text"].run(drawing.scene(SEEDS + 500 + number, SIDE), Seen()), [], wanted=0, hits=0)
    what = (
        f"{EACH} words in each of {', '.join(SCRIPTS)}, 2 to 8 % of the height of {SIDE} x {SIDE} scenes, and as many "
        "scenes without letters. Found where half of the word is covered."
    )
    return score, what


def _lettered(words: str, font: str, drawn: random.Random, seed: int) -> tuple[Image.Image, Box]:
    picture = drawing.scene(seed, SIDE)
    size = drawn.choice((24, 36, 52, 80))
    face = drawing.font(size, font)
    if face is None:
        raise FileNotFoundError(f"This figure needs {font} (Debian: fonts-noto-core and fonts-noto-cjk).")
    pen = ImageDraw.Draw(picture)
    at = (drawn.randrange(30, 300), drawn.randrange(30, SIDE - 130))
    fill, edge = drawn.choice((("white", "black"), ("black", "white"), ("#ffe9c0", "#402010")))
    pen.text(at, words, fill, face, stroke_width=max(1, size // 24), stroke_fill=edge)
    left, top, right, bottom = pen.textbbox(at, words, face)
    return picture, (int(left), int(top), int(right - left), int(bottom - top))


def _letters(text: str) -> str:
    return "".join(text.casefold().split())


@functools.cache
def _logo() -> tuple[Score, str]:
    score = Score()
    drawn = random.Random(SEEDS + 1)
    looks: tuple[dict[str, str], ...] = (
        {},
        {"ink": "white", "ground": "#222222"},
        {"ink": "#d6282e"},
        {"ink": "white", "ground": "#149696"},
    )
    for number in range(PAIRS):
        seed = SEEDS + number
        seen = Seen(logos=(Known(1, logos.logo(seed)),))
        wide = drawn.randrange(120, 360)
        box = (drawn.randrange(20, SIDE - 380), drawn.randrange(20, SIDE - 220), wide, wide // 2)
        turn = drawn.choice((0, 0, 6, -12))
        shown = logos.with_logo(drawing.scene(seed, SIDE), logos.logo(seed, **drawn.choice(looks)), box, turn)
        found = CHECKS["logo"].run(shown, seen)
        right = [each for each in found if each.box and _covered(box, each.box) >= 0.5]
        _count(score, found, right, wanted=1, hits=bool(right))
        other = logos.with_logo(drawing.scene(seed + 500, SIDE), logos.logo(seed + 500, name="Quartz"), box)
        _count(score, CHECKS["logo"].run(other, seen), [], wanted=0, hits=0)
    what = (
        f"{PAIRS} logos of our own, 12 to 35 % of the width of {SIDE} x {SIDE} scenes, turned up to 12 degrees, light "
        f"for dark and in other colours; and {PAIRS} scenes with another logo."
    )
    return score, what


@functools.cache
def _reference() -> tuple[Score, str]:
    score = Score()
    drawn = random.Random(SEEDS + 2)
    ways: tuple[Callable[[Image.Image], Image.Image], ...] = (
        lambda picture: drawing.cropped(picture, drawn.uniform(0.7, 0.95), drawn),
        lambda picture: ImageOps.mirror(drawing.cropped(picture, 0.8, drawn)),
        lambda picture: drawing.encoded(picture.resize((700, 700)), 40),
        lambda picture: drawing.of_other_hue(picture, drawn.randrange(20, 235)),
    )
    for number in range(PAIRS):
        known = [Known(each, drawing.scene(SEEDS + 3 * number + each, SIDE)) for each in range(3)]
        shown = ways[number % len(ways)](known[1].picture)
        found = CHECKS["sameness"].run(shown, Seen(references=tuple(known)))
        right = [each for each in found if each.detail["reference"] == 1]
        _count(score, found, right, wanted=1, hits=bool(right))
        other = CHECKS["sameness"].run(drawing.scene(SEEDS + 900 + number, SIDE), Seen(references=tuple(known)))
        _count(score, other, [], wanted=0, hits=0)
    what = (
        f"{PAIRS} pictures that show one of three references again (crops to 70 %, mirrors of crops, JPEG at quality "
        f"40 in another size, other hues), and {PAIRS} that show none."
    )
    return score, what


@functools.cache
def _duplicates() -> tuple[Score, str]:
    """Pictures of one brief share some of their things, which makes no duplicates of them."""
    score = Score()
    drawn = random.Random(SEEDS + 3)
    for number in range(PAIRS):
        brief = SEEDS + number
        others = [drawing.scene(brief * 10 + each, 512, own=20, shared=6, brief=brief) for each in range(3)]
        seen = Seen(candidates=tuple(Known(each, picture) for each, picture in enumerate(others)))
        again = ImageEnhance.Brightness(drawing.cropped(others[1], drawn.uniform(0.94, 1.0), drawn)).enhance(1.05)
        found = CHECKS["duplicates"].run(drawing.encoded(again, 80), seen)
        right = [each for each in found if each.detail["candidate"] == 1]
        _count(score, found, right, wanted=1, hits=bool(right))
        other = drawing.scene(brief * 10 + 9, 512, own=20, shared=6, brief=brief)
        _count(score, CHECKS["duplicates"].run(other, seen), [], wanted=0, hits=0)
    what = (
        f"{PAIRS} briefs of three candidates that share six of their things: one of them again, a little cropped, "
        "lighter and encoded again; and a fourth that shares the same things."
    )
    return score, what


@functools.cache
def _faces() -> tuple[Score, str]:
    score = Score()
    drawn = random.Random(SEEDS + 4)
    spec = importlib.util.find_spec("skimage")
    assert spec and spec.origin, "scikit-image comes with the tests"
    astronaut = Image.open(Path(spec.origin).parent / "data" / "astronaut.png").convert("RGB")
    for number in range(PAIRS):
        picture = drawing.scene(SEEDS + number, SIDE)
        side = drawn.randrange(260, 900)
        person = astronaut.resize((side, side))
        if number % 2:
            person = ImageOps.mirror(person)
        at = (drawn.randrange(0, SIDE - side), drawn.randrange(0, SIDE - side))
        picture.paste(ImageEnhance.Brightness(person).enhance(drawn.uniform(0.6, 1.3)), at)
        face = (169, 62, 105, 130) if not number % 2 else (512 - 169 - 105, 62, 105, 130)
        scale = side / 512
        left, top, wide, high = (round(length * scale) for length in face)
        found = CHECKS["faces"].run(picture, Seen())
        right = [
            each for each in found if each.box and _covered((at[0] + left, at[1] + top, wide, high), each.box) >= 0.5
        ]
        _count(score, found, right, wanted=1, hits=bool(right))
        _count(score, CHECKS["faces"].run(drawing.scene(SEEDS + 700 + number, SIDE), Seen()), [], wanted=0, hits=0)
    what = f"One photograph of one person in {PAIRS} sizes, places and lights, and {PAIRS} scenes without faces."
    return score, what


def _count(score: Score, found: list[Finding], right: list[Finding], *, wanted: int, hits: int) -> None:
    score.wanted += wanted
    score.hits += hits
    score.told += len(found)
    score.right += len(right)


def _covered(wanted: Box, box: Box) -> float:
    """Share of what is wanted that lies in the box."""
    wide = min(wanted[0] + wanted[2], box[0] + box[2]) - max(wanted[0], box[0])
    high = min(wanted[1] + wanted[3], box[1] + box[3]) - max(wanted[1], box[1])
    return max(0, wide) * max(0, high) / (wanted[2] * wanted[3])


SETS: dict[str, Callable[[], tuple[Score, str]]] = {
    "text": _text,
    "logo": _logo,
    "reference": _reference,
    "duplicates": _duplicates,
    "faces": _faces,
}
