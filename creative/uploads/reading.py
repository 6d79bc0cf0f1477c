"""What is in an uploaded file: run as a process of its own with bounds on its memory and its time.

Bytes in, on its standard input; out, a line of JSON and then the bytes of what was made of it. It imports nothing of
Winnow, so that it starts soon and has nothing to steal. Whoever runs it: creative.uploads.door.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

MEMORY = 3 << 30  # bytes of address space; 50 megapixels of 16 bits and the copies on the way to 8
SECONDS = 60  # of processor time
DRAWN = 2048  # pixels of a drawing's longest side
THUMBNAIL = 480  # pixels
LEAST_CHARACTERS = 20  # of a script, for a font to be said to have it
EMBEDDING = {0: "installable", 2: "restricted", 4: "preview and print", 8: "editable"}  # OpenType: OS/2 fsType
SHOWN = "Hamburgefonstiv"
MAGIC = 0x5F0F3CF5  # OpenType: head
NEEDED = ("head", "hhea", "maxp", "hmtx", "OS/2", "name", "cmap", "post")

Made = tuple[dict[str, Any], dict[str, bytes]]  # facts, and files by their names


class Refused(Exception):
    """The text is a sentence for whoever sent the file."""


def picture(content: bytes, kind: str) -> Made:
    """8 bits a channel, sRGB, upright, without metadata: as lossless WebP, and a thumbnail."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the door has read the header
    with Image.open(io.BytesIO(content), formats=[kind.upper()]) as opened:
        if getattr(opened, "n_frames", 1) > 1:
            raise Refused("This picture moves or has several pages. Send one still picture.")
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        profile = opened.info.get("icc_profile")
    made, name = _srgb(upright, profile)
    encoded, sizes = _encoded(made)
    return {"profile": name, "sizes": sizes}, encoded


def drawing(content: bytes, kind: str) -> Made:
    """Drawn once, to its ink, by a renderer that loads nothing from outside."""
    if re.search(rb"<!ENTITY", content, re.IGNORECASE):
        raise Refused("This drawing defines entities, which are not read here. Export it anew as plain SVG.")
    side = f"{DRAWN / 2}pt"
    page = f'#set page(fill: none)\n#image("drawing.svg", width: {side}, height: {side}, fit: "contain")'
    drawn = _set(page, {"drawing.svg": content}).convert("RGBA")
    ink = drawn.getbbox()
    if ink is None:
        raise Refused("There is nothing to be seen in this drawing.")
    encoded, sizes = _encoded(drawn.crop(ink))
    return {"sizes": sizes}, encoded


def _set(page: str, files: dict[str, bytes], **words: str) -> Any:
    """A picture of what typst makes of a page, beside which these files lie and no others."""
    import typst
    from PIL import Image

    compiled: Any = typst.compile
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            Path(folder, name).write_bytes(content)
        source = Path(folder, "page.typ")
        source.write_text(f"#set page(width: auto, height: auto, margin: 0pt)\n{page}\n")
        options = {"root": folder, "font_paths": [folder], "ignore_system_fonts": True, "ppi": 144.0}
        try:
            drawn = compiled(str(source), format="png", sys_inputs=words, **options)
        except typst.TypstError as error:
            raise Refused(f"This can't be drawn: {error}.") from error
    return Image.open(io.BytesIO(drawn))


def font(content: bytes, kind: str) -> Made:
    """As plain sfnt, whatever it was packed in; with its names, its scripts and whether it may be embedded."""
    try:
        facts, plain, letters = _opened(content)
    except Refused:
        raise
    except Exception as error:  # a table's own: fontTools has no common name for what can be wrong in one
        raise Refused(f"This font can't be read: {str(error) or type(error).__name__}.") from error
    if not (facts["family"] and facts["scripts"]):
        raise Refused("This font has no name, or no script with letters enough.")
    encoded, sizes = _encoded(_specimen(plain, facts["family"], letters))
    return {**facts, "sizes": sizes}, {"font": plain, **encoded}


def _specimen(font: bytes, family: str, letters: str) -> Any:
    """A line set in it by typst, which takes the font here as it will where copy is set."""
    page = (
        "#set page(fill: white, margin: 12pt)\n"
        "#set text(font: sys.inputs.family, size: 48pt, fallback: false)\n#sys.inputs.letters"
    )
    return _set(page, {"font.otf": font}, family=family, letters=letters).convert("RGB")


def _letters(characters: Collection[int]) -> str:
    """To show it by: of a Latin one a word that printers use for that, else its first letters."""
    if all(ord(letter) in characters for letter in SHOWN):
        return SHOWN
    return "".join(letter for letter in map(chr, sorted(characters)) if letter.isalpha())[: len(SHOWN)]


def _opened(content: bytes) -> tuple[dict[str, Any], bytes, str]:
    from fontTools.ttLib import TTFont

    opened = TTFont(io.BytesIO(content), lazy=False)
    if missing := [tag for tag in NEEDED if tag not in opened]:
        raise Refused(f"This font lacks its table '{missing[0]}'.")
    head, system, names = opened["head"], opened["OS/2"], opened["name"]
    if head.magicNumber != MAGIC or not 16 <= head.unitsPerEm <= 16_384:
        raise ValueError("its head is damaged")
    characters = opened["cmap"].getBestCmap() or {}
    facts = {
        "family": names.getBestFamilyName(),
        "style": names.getBestSubFamilyName() or "Regular",
        "weight": int(system.usWeightClass),
        "scripts": _scripts(characters),
        "embedding": EMBEDDING.get(system.fsType & 0x000F, "restricted"),
        "media_type": "font/otf" if "CFF " in opened or "CFF2" in opened else "font/ttf",
    }
    opened.flavor, plain = None, io.BytesIO()
    opened.save(plain)
    return facts, plain.getvalue(), _letters(characters)


def _scripts(characters: Iterable[int]) -> list[str]:
    """By their names in Unicode; what all scripts share is none."""
    from fontTools import unicodedata

    counted = Counter(unicodedata.script(chr(point)) for point in characters)
    found = sorted(name for name, count in counted.items() if count >= LEAST_CHARACTERS and not name.startswith("Z"))
    return [unicodedata.script_name(name).replace("_", " ") for name in found]


def _srgb(image: Any, profile: bytes | None) -> tuple[Any, str]:
    """In 8 bits, with its alpha where it has one; and the name of the profile that it came with."""

    if image.mode.startswith(("I", "F")):  # 16 or 32 bits of grey, which Pillow would clip
        highest = 65535 if image.mode.startswith("I") else 1
        image = image.convert("F").point(lambda level: level * (255 / highest) + 0.5).convert("L")
        return image.convert("RGB"), ""
    has_alpha = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    alpha = image.convert("RGBA").getchannel("A") if has_alpha else None
    colours, name = _by_profile(image, profile)
    made = colours.convert("RGB")
    if alpha is not None and alpha.getextrema() != (255, 255):
        made.putalpha(alpha)
    return (made if made.mode in ("RGB", "RGBA") else made.convert("RGB")), name


def _by_profile(image: Any, profile: bytes | None) -> tuple[Any, str]:
    from PIL import ImageCms

    if not profile:
        return image, ""
    base = image if image.mode in ("RGB", "CMYK", "L", "LAB") else image.convert("RGB")
    try:
        given = ImageCms.getOpenProfile(io.BytesIO(profile))
        name = ImageCms.getProfileDescription(given).strip()
        return ImageCms.profileToProfile(base, given, ImageCms.createProfile("sRGB"), outputMode="RGB"), name
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return image, "unreadable"


def _encoded(image: Any) -> tuple[dict[str, bytes], dict[str, list[int]]]:
    """Files, and their width and height in pixels."""
    whole, small = io.BytesIO(), io.BytesIO()
    image.save(whole, "WEBP", lossless=True, quality=0, method=0, exact=True)
    thumbnail = image.copy()
    thumbnail.thumbnail((THUMBNAIL, THUMBNAIL))
    thumbnail.save(small, "WEBP", quality=82, method=2)
    sizes = {"picture": list(image.size), "thumbnail": list(thumbnail.size)}
    return {"picture": whole.getvalue(), "thumbnail": small.getvalue()}, sizes


READERS = {"picture": picture, "drawing": drawing, "font": font}


def main(family: str, kind: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    content = sys.stdin.buffer.read()
    out = sys.stdout.buffer
    try:
        facts, files = READERS[family](content, kind)
    except Refused as refusal:
        out.write(json.dumps({"refused": str(refusal)}).encode())
        return
    except (MemoryError, OSError, SyntaxError, ValueError) as error:
        out.write(json.dumps({"broken": str(error)[:200]}).encode())
        return
    sizes = {name: len(made) for name, made in files.items()}
    out.write(json.dumps({"facts": facts, "files": sizes}).encode() + b"\n")
    for made in files.values():
        out.write(made)


if __name__ == "__main__":
    main(*sys.argv[1:3])
