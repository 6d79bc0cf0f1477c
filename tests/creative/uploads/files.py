"""Files as people send them, and as attackers do; all of them made here."""

from __future__ import annotations

import io
import struct
import zlib

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

RED = (220, 20, 30)


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def split(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """Red at the left and white at the right."""
    image = Image.new("RGB", size, "white")
    image.paste(RED, (0, 0, size[0] // 2, size[1]))
    return image.convert(mode)


def font_file(*, points: str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", embedding: int = 0) -> bytes:
    """A font of ours: every character is a box."""
    pen = TTGlyphPen(None)
    for index, point in enumerate([(100, 0), (100, 700), (500, 700), (500, 0)]):
        (pen.lineTo if index else pen.moveTo)(point)
    pen.closePath()
    box = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "box"])
    builder.setupCharacterMap({ord(point): "box" for point in points})
    builder.setupGlyf({".notdef": box, "box": box})
    builder.setupHorizontalMetrics({".notdef": (600, 100), "box": (600, 100)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Halden Boxes", "styleName": "Bold"})
    builder.setupOS2(fsType=embedding, usWeightClass=700)
    builder.setupPost()
    content = io.BytesIO()
    builder.save(content)
    return content.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_bomb(side: int) -> bytes:
    """Its header says more pixels than anybody has memory for."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
