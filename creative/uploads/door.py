"""The one way in for files of people: content decides, headers before pixels, and others' bytes are read elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image

from creative.errors import Refused
from creative.uploads import apart, kinds
from creative.uploads.kinds import Family, Kind

LONGEST = 40_000_000  # bytes
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 16_000  # pixels, as WebP has it
SECONDS = 90  # by the clock, that reading one file may take
PATIENCE = 60  # seconds that a file may wait for its turn
READERS = 2  # processes at a time: each may take gigabytes
LONGEST_CONTRACT = 20_000_000  # bytes
READ = (Family.PICTURE, Family.DRAWING, Family.FONT)
READING = Path(__file__).with_name("reading.py")

_reading = threading.BoundedSemaphore(READERS)


@dataclass(frozen=True)
class Upload:
    """A file that was read whole. `files`: what was made of it, by name: picture and thumbnail, or font."""

    kind: Kind
    received: bytes
    facts: Mapping[str, Any]  # of a picture: profile and sizes; of a font: family, style, scripts, embedding
    files: Mapping[str, bytes] = field(repr=False)


def take(source: IO[bytes], *, families: tuple[Family, ...] = READ) -> Upload:
    """What is in a file that somebody sent. Raises Refused, in a sentence, for everything that isn't taken."""
    received = _received(source)
    kind = kinds.kind_of(received[: kinds.HEAD])
    if kind is None or kind.family not in families:
        what = kind.name if kind else kinds.name_of(received[: kinds.HEAD])
        raise Refused(_("This is %(what)s. Taken are %(kinds)s.") % {"what": what, "kinds": _names(families)})
    if kind.family == Family.PICTURE:
        _require_sides(source, kind)
    told = _read(received, kind)
    return Upload(kind, received, told.facts, told.files)


def contract(source: IO[bytes]) -> tuple[Kind, bytes]:
    """A PDF, which nobody opens here, or a picture, which is read and thrown away: kept is what was sent."""
    received = _received(source, LONGEST_CONTRACT)
    kind = kinds.kind_of(received[: kinds.HEAD])
    if kind != kinds.PDF:
        return take(source, families=(Family.PICTURE, Family.DOCUMENT)).kind, received
    if kinds.PDF_END not in received[-kinds.TAIL :]:
        raise Refused(_broken(kind))
    return kind, received


def mask(source: IO[bytes], *, size: tuple[int, int]) -> bytes:
    """As somebody painted it: a PNG of this width and height. Whether it has one channel, its reader tells."""
    content = _received(source)
    if kinds.kind_of(content[: kinds.HEAD]) != kinds.PNG:
        raise Refused(_("This is no PNG. Send the mask as a grey PNG in the picture's own size."))
    given = _require_sides(source, kinds.PNG)
    if given != size:
        raise Refused(
            _("This mask has %(given)s pixels, the picture %(size)s. Send it in the picture's own size.")
            % {"given": "{} × {}".format(*given), "size": "{} × {}".format(*size)}
        )
    return content


def _received(source: IO[bytes], longest: int = LONGEST) -> bytes:
    source.seek(0)
    received = source.read(longest + 1)
    if len(received) > longest:
        raise Refused(_("This file has more than %(most)s MB. Send a smaller one.") % {"most": longest // 1_000_000})
    if not received:
        raise Refused(_("This file is empty."))
    return received


def _names(families: tuple[Family, ...]) -> str:
    names = [kind.name for kind in kinds.KINDS if kind.family in families]
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]} if names[1:] else names[0]


def _require_sides(source: IO[bytes], kind: Kind) -> tuple[int, int]:
    """By the header alone: nothing is decoded."""
    source.seek(0)
    try:
        with Image.open(source, formats=[kind.name.upper()]) as picture:
            width, height = picture.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(_too_large()) from error
    except (OSError, SyntaxError, TypeError, ValueError, EOFError, OverflowError) as error:
        raise Refused(_broken(kind)) from error
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise Refused(_too_large())
    if not (width and height):
        raise Refused(_broken(kind))
    return width, height


def _read(received: bytes, kind: Kind) -> apart.Told:
    if not _reading.acquire(timeout=PATIENCE):
        raise Refused(_("Many files are being read at this moment. Send this one again in a minute."))
    try:
        told = apart.told(READING, kind.family, kind.name, given=received, seconds=SECONDS)
    finally:
        _reading.release()
    if told.broken:
        raise Refused(_broken(kind))
    return told


def _broken(kind: Kind) -> str:
    return _("This %(kind)s is broken or cut off. Export it anew.") % {"kind": kind.name}


def _too_large() -> str:
    sentence = ngettext(
        "This picture is too large: %(most)s megapixel and sides of %(side)s pixels are the most.",
        "This picture is too large: %(most)s megapixels and sides of %(side)s pixels are the most.",
        MOST_PIXELS // 1_000_000,
    )
    return sentence % {"most": MOST_PIXELS // 1_000_000, "side": f"{LONGEST_SIDE:,}"}
