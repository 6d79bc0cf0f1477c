"""Whether there is text in a picture, what it says, and whether it misspells a name that the kit spells."""

from __future__ import annotations

import functools
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image

from generation.checks import pixels
from generation.checks.finding import Box, Check, Finding, Seen, needing

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Levels = npt.NDArray[np.uint8]

SIDE = 960  # pixels that the longer side is looked at with, smaller pictures enlarged
READ = 0.85  # confidence from which a reading stands; nonsense in a known script has it as well
LONG = 1.8  # times as long as high a line is that nobody can read; what is not is mostly no text
HEIGHTS = (32, 64)  # pixels that a line is looked at with again, which shapes seldom stand
SAME_PLACE = 0.6  # share of both boxes that they have in common
LARGEST = 0.5  # share of the picture
# What bars, combs and grids are read as.
BARS = frozenset("IlL1|i!ⅠⅡⅢ川州UuHhVvJTWMmNn/\\()[]{}-—_=.,:;'\"`~^ 口日目田一二三")
APART = 0.3  # edits a letter, up to which a word is one that the kit spells, misspelt
SHORTEST = 4  # letters; of shorter words every other is a neighbour


@dataclass(frozen=True)
class Region:
    box: Box  # in the picture
    text: str
    read: float  # how sure the reader is

    @property
    def is_read(self) -> bool:
        letters = "".join(self.text.split())
        return self.read >= READ and len(letters) >= (3 if set(letters) <= BARS else 2)


def run(picture: Image.Image, seen: Seen) -> list[Finding]:
    """A finding a region, from the top down."""
    return [_finding(region, seen) for region in sorted(regions(picture), key=lambda each: each.box[1])]


def regions(picture: Image.Image) -> list[Region]:
    """Where there is text: what can be read, and lines that look like some and can't."""
    here, factor = _enlarged(picture)
    found = []
    for left, top, right, bottom in _detected(here):
        if (right - left) * (bottom - top) > LARGEST * here.width * here.height:
            continue
        text, read = _read(here.crop((left, top, right, bottom)))
        box = pixels.box(left * factor, top * factor, right * factor, bottom * factor, picture)
        region = Region(box, text, read)
        if region.is_read or _is_a_line(here, (left, top, right, bottom), text):
            found.append(region)
    return found


def _finding(region: Region, seen: Seen) -> Finding:
    if not region.is_read:
        return Finding("text", region.box, 0.6, "Text in a script that this check can't read.", {})
    said = _plain(region.text)
    detail = {"text": region.text}
    known = {_plain(word): word for word in (*seen.spell, *seen.quoted)}
    if said in known:
        return Finding("text", region.box, 0.5, f"Reads “{region.text}”, as it is to be spelt.", detail)
    if meant := _misspelt(said, seen.spell):
        words = f"Reads “{region.text}”; the kit spells it “{meant}”."
        return Finding("misspelt", region.box, 0.95, words, {**detail, "meant": meant})
    return Finding("text", region.box, round(region.read, 3), f"Reads “{region.text}”.", detail)


def _misspelt(said: str, spell: tuple[str, ...]) -> str:
    """The word of the kit that is all but said, as a whole or in one of its words; empty where none is."""
    with needing("rapidfuzz"):
        from rapidfuzz.distance import Levenshtein
    for word in spell:
        meant = _plain(word)
        for each in (said, *said.split()):
            apart = Levenshtein.distance(each, meant)
            if len(meant) >= SHORTEST and 0 < apart <= APART * len(meant):
                return word
    return ""


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _is_a_line(picture: Image.Image, box: tuple[int, int, int, int], text: str) -> bool:
    """Long and low, and found again in the same place in two other sizes."""
    left, top, right, bottom = box
    if right - left < LONG * (bottom - top) or (text.strip() and set(text) <= BARS):
        return False
    return all(_found_again(picture, box, height) for height in HEIGHTS)


def _found_again(picture: Image.Image, box: tuple[int, int, int, int], height: int) -> bool:
    left, top, right, bottom = box
    around = round(0.6 * (bottom - top))
    frame = (
        max(0, left - around),
        max(0, top - around),
        min(picture.width, right + around),
        min(picture.height, bottom + around),
    )
    part = picture.crop(frame)
    scale = min(height / (bottom - top), SIDE / max(part.size))
    size = (max(64, round(part.width * scale)), max(64, round(part.height * scale)))
    across, down = size[0] / part.width, size[1] / part.height
    at = ((left - frame[0]) * across, (top - frame[1]) * down, (right - frame[0]) * across, (bottom - frame[1]) * down)
    return any(_in_common(at, each) >= SAME_PLACE for each in _detected(part.resize(size, Image.Resampling.BICUBIC)))


def _in_common(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    wide = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    high = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    both = wide * high
    areas = sum((each[2] - each[0]) * (each[3] - each[1]) for each in (one, other))
    return both / (areas - both)


def _enlarged(picture: Image.Image) -> tuple[Image.Image, float]:
    """And the factor back to the picture's own pixels."""
    factor = max(picture.size) / SIDE
    size = (max(1, round(picture.width / factor)), max(1, round(picture.height / factor)))
    return picture.resize(size, Image.Resampling.BICUBIC), factor


def _detected(picture: Image.Image) -> list[tuple[int, int, int, int]]:
    """Left, top, right, bottom of whatever looks like text."""
    found = _reader()(_blue_first(picture), use_det=True, use_rec=False, use_cls=False)
    if found.boxes is None:
        return []
    corners = [(box.min(axis=0), box.max(axis=0)) for box in found.boxes]
    boxes = [(int(low[0]), int(low[1]), round(float(high[0])), round(float(high[1]))) for low, high in corners]
    return [(left, top, right, bottom) for left, top, right, bottom in boxes if right > left and bottom > top]


def _read(line: Image.Image) -> tuple[str, float]:
    found = _reader()(_blue_first(line), use_det=False, use_rec=True, use_cls=False)
    return (found.txts[0], float(found.scores[0])) if found.txts else ("", 0.0)


def _blue_first(picture: Image.Image) -> Levels:
    return pixels.levels(picture)[:, :, ::-1]


@functools.cache
def _reader() -> Any:
    """PP-OCRv6 small, which comes in the package: detector, and reader of Latin, Han, kana and Greek."""
    for package in ("onnxruntime", "opencv-python-headless", "rapidocr"):
        with needing(package):
            __import__({"opencv-python-headless": "cv2"}.get(package, package))
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.text_score": 0.0,
            "Global.use_cls": False,
            "Global.max_side_len": SIDE,
            "Det.limit_type": "max",
            "Det.limit_side_len": SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


TEXT = Check("text", "Text", 1, run)
