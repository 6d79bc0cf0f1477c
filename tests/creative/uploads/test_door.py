"""What people send, and what others send in its place: content decides, headers before pixels, a sentence each."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from contextlib import ExitStack

import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageCms

from creative.errors import Refused
from creative.uploads import door, kinds
from creative.uploads.kinds import Family
from tests.creative.uploads.files import RED, encoded, font_file, png_bomb, split


def taken(content: bytes, *families: Family) -> door.Upload:
    return door.take(io.BytesIO(content), **({"families": families} if families else {}))


def refused(content: bytes, *families: Family) -> str:
    with pytest.raises(Refused) as refusal:
        taken(content, *families)
    return str(refusal.value)


def seen(upload: door.Upload) -> Image.Image:
    with Image.open(io.BytesIO(upload.files["picture"])) as image:
        image.load()
        return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "TIFF"])
def test_every_kind_of_picture_is_taken_and_made_anew_as_one(kind):
    upload = taken(encoded(split(), kind))

    assert upload.kind.name.upper() == kind
    assert (seen(upload).format, seen(upload).size) == ("WEBP", (60, 40))
    assert all(abs(a - b) < 12 for a, b in zip(seen(upload).getpixel((10, 20)), RED, strict=True))
    assert Image.open(io.BytesIO(upload.files["thumbnail"])).size == (60, 40)


def test_the_bytes_as_received_are_kept_and_the_name_says_nothing():
    content = encoded(split(), "PNG")

    assert taken(content).received == content
    assert kinds.kind_of(b"<html><body>logo.png") is None


def test_a_picture_is_turned_upright_and_its_metadata_is_gone():
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Somebody's camera"
    upload = taken(encoded(split(), "JPEG", exif=exif, quality=95))

    assert seen(upload).size == (40, 60)
    assert not seen(upload).getexif()
    assert b"camera" not in upload.files["picture"] + upload.files["thumbnail"]


def test_colours_come_into_srgb_and_the_profile_is_named():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    upload = taken(encoded(split(), "PNG", icc_profile=lab.tobytes()))

    assert "sRGB" in upload.facts["profile"]
    assert "icc_profile" not in seen(upload).info
    assert taken(encoded(split(), "PNG", icc_profile=b"nonsense")).facts["profile"] == "unreadable"


@pytest.mark.parametrize(
    ("image", "kind", "expected"),
    [
        (split(mode="CMYK"), "JPEG", RED),
        (split().quantize(8), "PNG", RED),
        (split(mode="L"), "PNG", None),
        (Image.new("I;16", (60, 40), 40_000), "PNG", (156, 156, 156)),
        (Image.new("F", (60, 40), 0.5), "TIFF", (128, 128, 128)),
        (split(mode="1"), "TIFF", None),
    ],
    ids=["CMYK", "palette", "grey", "16-bit", "float", "one bit"],
)
def test_every_depth_and_mode_becomes_eight_bits_of_rgb(image, kind, expected):
    made = seen(taken(encoded(image, kind)))

    assert made.mode == "RGB"
    if expected:
        assert all(abs(a - b) < 12 for a, b in zip(made.getpixel((10, 20)), expected, strict=True))


def test_what_can_be_seen_through_stays_so():
    image = split(mode="RGBA")
    image.putalpha(Image.linear_gradient("L").resize((60, 40)))

    assert seen(taken(encoded(image, "PNG"))).getchannel("A").getextrema() == image.getchannel("A").getextrema()
    assert seen(taken(encoded(split(mode="RGBA"), "PNG"))).mode == "RGB"


@pytest.mark.parametrize("kind", ["WEBP", "PNG", "AVIF", "TIFF"])
def test_what_moves_is_refused(kind):
    moving = encoded(split(), kind, save_all=True, append_images=[split().rotate(180)])

    assert "Send one still picture" in refused(moving)


def test_a_bomb_is_refused_by_its_header_with_hardly_any_memory():
    for content in (png_bomb(60_000), png_bomb(9_000)):
        tracemalloc.start()
        assert "is too large: 50 megapixels" in refused(content)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 32 << 20


def test_a_line_of_pixels_is_taken_and_a_longer_one_refused():
    assert seen(taken(encoded(Image.new("RGB", (10_000, 1), RED), "PNG"))).size == (10_000, 1)
    assert "sides of 16,000 pixels" in refused(encoded(Image.new("RGB", (16_001, 1), RED), "PNG"))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "TIFF"])
@pytest.mark.parametrize("share", [0.1, 0.6])
def test_what_is_cut_off_is_refused_in_a_sentence(kind, share):
    content = encoded(Image.effect_noise((200, 200), 80).convert("RGB"), kind)

    assert "is broken or cut off" in refused(content[: int(len(content) * share)])


def test_two_files_in_one_are_taken_as_the_first_alone():
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("run.html", "<script>alert(1)</script>")
    upload = taken(encoded(split(), "PNG") + zipped.getvalue())

    assert b"script" not in upload.files["picture"] + upload.files["thumbnail"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"GIF89a" + bytes(20), "This is a GIF. Taken are PNG, JPEG, WebP, AVIF, TIFF, SVG, OTF, TTF and WOFF2."),
        (b"%PDF-1.7", "This is PDF."),
        (b"PK\3\4" + bytes(30), "This is a zip"),
        (b"<html><svg></svg></html>", "no file of a kind that is known here"),
        (b"ttcf" + bytes(30), "a collection of fonts"),
        (bytes(40_000_001), "more than 40 MB"),
    ],
)
def test_what_is_not_taken_is_named(content, sentence):
    assert sentence in refused(content)


def test_what_belongs_elsewhere_is_refused_with_what_is_taken_there():
    assert refused(font_file(), Family.PICTURE) == "This is TTF. Taken are PNG, JPEG, WebP, AVIF and TIFF."


# Drawings

SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50">'
    '<rect x="10" y="10" width="40" height="20" fill="#dc141e"/>{}</svg>'
)


def test_a_drawing_is_drawn_to_its_ink_and_never_kept_as_one():
    made = seen(taken(b'<?xml version="1.0"?>\n<!-- a logo -->\n' + SQUARE.format("").encode()))

    assert abs(made.width / made.height - 2) < 0.02
    assert made.convert("RGB").getpixel((made.width // 2, made.height // 2)) == RED


def test_a_drawing_loads_nothing_from_outside(tmp_path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(encoded(Image.new("RGB", (10, 10), (0, 0, 255)), "PNG"))
    inside = (
        f'<image href="file://{secret}" width="100" height="50"/><image href="/etc/passwd"/><script>alert(1)</script>'
    )
    try:
        made = seen(taken(SQUARE.format(inside).encode())).convert("RGB")
    except Refused:
        return
    assert (0, 0, 255) not in {colour for _, colour in made.getcolors(1 << 24)}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg>&a;</svg>', "kind that is known here"),
        ('<svg xmlns="http://www.w3.org/2000/svg"><!ENTITY a "b"></svg>', "defines entities"),
        ('<svg xmlns="http://www.w3.org/2000/svg"><rect', "can't be drawn"),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>', "nothing to be seen"),
    ],
)
def test_a_drawing_that_is_none_is_refused(content, sentence):
    assert sentence in refused(content.encode())


# Fonts


def test_a_font_says_its_names_its_scripts_and_whether_it_may_be_embedded():
    upload = taken(
        font_file(points="".join(chr(point) for point in [*range(65, 91), *range(0x391, 0x3A9)]), embedding=4)
    )

    assert upload.files["thumbnail"]
    assert {name: said for name, said in upload.facts.items() if name != "sizes"} == {
        "family": "Halden Boxes",
        "style": "Bold",
        "weight": 700,
        "scripts": ["Greek", "Latin"],
        "embedding": "preview and print",
        "media_type": "font/ttf",
    }
    assert TTFont(io.BytesIO(upload.files["font"]))["name"].getBestFamilyName() == "Halden Boxes"
    assert taken(font_file(embedding=2)).facts["embedding"] == "restricted"


def test_a_packed_font_is_unpacked():
    packed = TTFont(io.BytesIO(font_file()))
    packed.flavor = "woff2"
    content = io.BytesIO()
    packed.save(content)
    upload = taken(content.getvalue())

    assert upload.kind == kinds.WOFF2
    assert upload.files["font"].startswith(b"\0\1\0\0")


@pytest.mark.parametrize("table", ["cmap", "name", "OS/2", "head"])
def test_a_font_with_a_broken_table_is_refused(table):
    content = bytearray(font_file())
    entry = content.index(table.encode().ljust(4))
    offset, length = struct.unpack(">II", content[entry + 8 : entry + 16])
    content[offset : offset + length] = b"\xff" * length

    assert refused(bytes(content)).startswith(("This font can't be read", "This font has no name"))


def test_a_font_that_is_cut_off_or_lacks_a_table_is_refused():
    whole = font_file()
    assert "font" in refused(whole[: len(whole) // 2])

    bare = TTFont(io.BytesIO(whole))
    del bare["OS/2"]
    content = io.BytesIO()
    bare.save(content)
    assert refused(content.getvalue()) == "This font lacks its table 'OS/2'."


# The process that reads


def test_who_takes_too_much_time_or_memory_is_ended_with_a_sentence(monkeypatch):
    monkeypatch.setattr(door, "SECONDS", 0.01)
    assert "takes too long" in refused(encoded(split(), "PNG"))


def test_a_reader_that_dies_is_a_sentence(monkeypatch, tmp_path):
    dying = tmp_path / "reading.py"
    dying.write_text("import os; os.kill(os.getpid(), 9)")
    monkeypatch.setattr(door, "READING", dying)

    assert "can't be read within the bounds" in refused(encoded(split(), "PNG"))


def test_a_reader_knows_of_us_the_file_alone(monkeypatch, tmp_path):
    asking = tmp_path / "reading.py"
    asking.write_text(
        "import json, os\n"
        "told = {'facts': {'environment': sorted(os.environ), 'at': os.getcwd()}, 'files': {}}\n"
        "print(json.dumps(told))"
    )
    monkeypatch.setattr(door, "READING", asking)
    monkeypatch.setenv("SECRET_KEY", "ours")

    assert taken(encoded(split(), "PNG")).facts == {"environment": ["LC_CTYPE"], "at": "/"}


def test_a_file_waits_for_its_turn_and_not_for_ever(monkeypatch):
    monkeypatch.setattr(door, "PATIENCE", 0.01)
    with ExitStack() as busy:
        for _ in range(door.READERS):
            busy.enter_context(door._reading)
        assert "Many files are being read" in refused(encoded(split(), "PNG"))
    assert taken(encoded(split(), "PNG"))
