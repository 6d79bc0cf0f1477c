"""What a file is, by its first bytes; its name and what a browser calls it decide nothing. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

HEAD = 4096  # bytes that are enough to tell
PDF_END, TAIL = b"%%EOF", 4096  # what a whole PDF ends with, within so many bytes


class Family(StrEnum):
    PICTURE = "picture"  # pixels
    DRAWING = "drawing"  # lines, drawn to pixels once
    FONT = "font"
    DOCUMENT = "document"  # kept and never opened


@dataclass(frozen=True)
class Kind:
    name: str  # as people know it
    family: Family
    media_type: str


PNG = Kind("PNG", Family.PICTURE, "image/png")
JPEG = Kind("JPEG", Family.PICTURE, "image/jpeg")
WEBP = Kind("WebP", Family.PICTURE, "image/webp")
AVIF = Kind("AVIF", Family.PICTURE, "image/avif")
TIFF = Kind("TIFF", Family.PICTURE, "image/tiff")
SVG = Kind("SVG", Family.DRAWING, "image/svg+xml")
OTF = Kind("OTF", Family.FONT, "font/otf")
TTF = Kind("TTF", Family.FONT, "font/ttf")
WOFF2 = Kind("WOFF2", Family.FONT, "font/woff2")
PDF = Kind("PDF", Family.DOCUMENT, "application/pdf")
KINDS = (PNG, JPEG, WEBP, AVIF, TIFF, SVG, OTF, TTF, WOFF2, PDF)

# Before its root an SVG may have a declaration, comments, a document type and white space.
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<!DOCTYPE[^>\[]*>\s*)*<svg[\s>]", re.DOTALL
)

_STARTS: tuple[tuple[Callable[[bytes], object], Kind], ...] = (
    (lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"), PNG),
    (lambda head: head.startswith(b"\xff\xd8\xff"), JPEG),
    (lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP", WEBP),
    (lambda head: head[4:12] in (b"ftypavif", b"ftypavis"), AVIF),
    (lambda head: head.startswith((b"II*\0", b"MM\0*")), TIFF),
    (lambda head: head.startswith(b"OTTO"), OTF),
    (lambda head: head.startswith((b"\0\1\0\0", b"true")), TTF),
    (lambda head: head.startswith(b"wOF2"), WOFF2),
    (lambda head: head.startswith(b"%PDF-"), PDF),
    (_SVG.match, SVG),
)
# What people try as well, for a sentence that names it.
_OTHERS: tuple[tuple[Callable[[bytes], bool], str], ...] = (
    (lambda head: head.startswith(b"GIF8"), "a GIF"),
    (lambda head: head.startswith(b"8BPS"), "a Photoshop file"),
    (lambda head: head[4:8] == b"ftyp", "a video or a HEIC picture"),
    (lambda head: head.startswith(b"PK\3\4"), "a zip or an office file"),
    (lambda head: head.startswith(b"ttcf"), "a collection of fonts"),
    (lambda head: head.startswith((b"wOFF", b"\x80\1")), "a font of an older kind"),
    (lambda head: head.startswith((b"%!PS", b"\xc5\xd0\xd3\xc6")), "a PostScript file"),
    (lambda head: head.startswith(b"BM"), "a BMP"),
)


def kind_of(head: bytes) -> Kind | None:
    return next((kind for starts, kind in _STARTS if starts(head)), None)


def name_of(head: bytes) -> str:
    """What a file of no kind of ours is, in words."""
    return next((name for starts, name in _OTHERS if starts(head)), "no file of a kind that is known here")
