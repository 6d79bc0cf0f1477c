"""The one way in for files of people: content decides, headers before pixels, and others' bytes are read elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image

from creative.errors import Refused
from creative.uploads import kinds
from creative.uploads.kinds import Family, Kind

LONGEST = 40_000_000  # bytes
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 16_000  # pixels, as WebP has it
SECONDS = 90  # by the clock, that reading one file may take
PATIENCE = 60  # seconds that a file may wait for its turn
READERS = 2  # processes at a time: each may take gigabytes
READING = Path(__file__).with_name("reading.py")

_reading = threading.BoundedSemaphore(READERS)


@dataclass(frozen=True)
class Upload:
    """A file that was read whole. `files`: what was made of it, by name: picture and thumbnail, or font."""

    kind: Kind
    received: bytes
    facts: Mapping[str, Any]  # of a picture: profile and sizes; of a font: family, style, scripts, embedding
    files: Mapping[str, bytes] = field(repr=False)


def take(source: IO[bytes], *, families: tuple[Family, ...] = tuple(Family)) -> Upload:
    """What is in a file that somebody sent. Raises Refused, in a sentence, for everything that isn't taken."""
    source.seek(0)
    received = source.read(LONGEST + 1)
    if len(received) > LONGEST:
        raise Refused(_("This file has more than 40 MB. Send a smaller one."))
    if not received:
        raise Refused(_("This file is empty."))
    kind = kinds.kind_of(received[: kinds.HEAD])
    if kind is None or kind.family not in families:
        what = kind.name if kind else kinds.name_of(received[: kinds.HEAD])
        raise Refused(_("This is %(what)s. Taken are %(kinds)s.") % {"what": what, "kinds": _names(families)})
    if kind.family == Family.PICTURE:
        _require_sides(source, kind)
    facts, files = _read(received, kind)
    return Upload(kind, received, facts, files)


def _names(families: tuple[Family, ...]) -> str:
    names = [kind.name for kind in kinds.KINDS if kind.family in families]
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]} if names[1:] else names[0]


def _require_sides(source: IO[bytes], kind: Kind) -> None:
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


def _read(received: bytes, kind: Kind) -> tuple[dict[str, Any], dict[str, bytes]]:
    head, _newline, rest = _told_by_a_reader(received, kind).partition(b"\n")
    try:
        told: dict[str, Any] = json.loads(head)
    except ValueError as error:  # killed at a bound, or by what is in the file
        raise Refused(_("This file can't be read within the bounds of memory and time. Send a simpler one.")) from error
    if "refused" in told:
        raise Refused(told["refused"])
    if "broken" in told:
        raise Refused(_broken(kind))
    files, at = {}, 0
    for name, size in told["files"].items():
        files[name], at = rest[at : at + size], at + size
    return told["facts"], files


def _told_by_a_reader(received: bytes, kind: Kind) -> bytes:
    """What a process said that knows of us the file alone: no settings, no secrets, no folder."""
    command = [sys.executable, "-I", str(READING), kind.family, kind.name]
    if not _reading.acquire(timeout=PATIENCE):
        raise Refused(_("Many files are being read at this moment. Send this one again in a minute."))
    try:
        done = subprocess.run(
            command, input=received, capture_output=True, timeout=SECONDS, check=False, env={}, cwd="/"
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(_("This file takes too long to read. Send a simpler one.")) from error
    finally:
        _reading.release()
    return done.stdout


def _broken(kind: Kind) -> str:
    return _("This %(kind)s is broken or cut off. Export it anew.") % {"kind": kind.name}


def _too_large() -> str:
    sentence = ngettext(
        "This picture is too large: %(most)s megapixel and sides of %(side)s pixels are the most.",
        "This picture is too large: %(most)s megapixels and sides of %(side)s pixels are the most.",
        MOST_PIXELS // 1_000_000,
    )
    return sentence % {"most": MOST_PIXELS // 1_000_000, "side": f"{LONGEST_SIDE:,}"}
