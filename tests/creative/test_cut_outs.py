"""Cut-outs of products: a model's first mask, what people save over it, and what is refused with nothing lost."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.urls import reverse
from PIL import Image, ImageDraw

from creative import cut_outs, files, references
from creative.errors import Refused
from creative.models import CutOut, Event, Reference
from creative.uploads import door
from tests.creative.uploads.files import encoded, png_bomb, split

SIZE = (60, 40)  # of split()


@pytest.fixture
def mug(project, maya) -> Reference:
    upload = door.take(io.BytesIO(encoded(split(), "PNG")))
    return references.add(project.brand, by=maya, upload=upload, kind="product", name="Mug")


def mask(size=SIZE, mode="L", box=(0, 0, 30, 40)) -> bytes:
    """White at the left."""
    image = Image.new(mode, size)
    ImageDraw.Draw(image).rectangle(box, fill=255 if mode != "RGB" else "white")
    return encoded(image, "PNG")


def save(mug, by, content=None, after=0) -> CutOut:
    return cut_outs.save(mug, by=by, mask=io.BytesIO(mask() if content is None else content), after=after)


def opened(file) -> Image.Image:
    return Image.open(io.BytesIO(files.read(file.pk)))


def test_what_was_painted_is_kept_beside_the_picture_and_earlier_ones_stay(mug, maya, dan):
    before = mug.picture_id
    first, second = save(mug, maya), save(mug, dan, mask(box=(0, 0, 9, 9)), after=1)

    kept = opened(first.mask)
    assert (kept.format, kept.mode, kept.size) == ("PNG", "L", SIZE)
    assert (kept.getpixel((3, 3)), kept.getpixel((50, 3))) == (255, 0)
    assert cut_outs.newest(mug) == second and mug.cut_outs.count() == 2
    assert (second.number, second.made_by, second.made_with) == (2, dan, "by hand")
    mug.refresh_from_db()
    assert mug.picture_id == before
    event = Event.objects.filter(act="cut_out.saved").latest("pk")
    assert (event.data["reference"], event.data["number"], event.data["mask"]) == (mug.pk, 2, second.mask_id)


def test_its_preview_is_the_thumbnail_with_the_mask_as_alpha(mug, maya):
    preview = opened(save(mug, maya).preview).convert("RGBA")

    assert preview.getpixel((3, 3))[3] == 255
    assert preview.getpixel((50, 3))[3] == 0


def test_the_machine_finds_a_product_on_a_plain_ground(project, maya):
    if cut_outs.weights() is None:
        pytest.skip("the weights are not installed")
    picture = Image.new("RGB", (300, 200), (235, 235, 230))
    ImageDraw.Draw(picture).ellipse((90, 40, 210, 160), fill=(190, 40, 40))
    upload = door.take(io.BytesIO(encoded(picture, "PNG")))
    ball = references.add(project.brand, by=maya, upload=upload, kind="product", name="Ball")
    made = cut_outs.propose(ball, by=maya)

    assert (made.made_by, made.made_with, made.number) == (None, cut_outs.MODEL, 1)
    found = opened(made.mask)
    assert found.size == (300, 200)
    assert found.getpixel((150, 100)) > 200 and found.getpixel((20, 20)) < 50
    assert Event.objects.get(act="cut_out.proposed").actor_id == maya.pk
    with pytest.raises(Refused, match="There is a cut-out already"):
        cut_outs.propose(ball, by=maya)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (mask((61, 40)), "61 × 40 pixels, the picture 60 × 40"),
        (mask(mode="RGB"), "one channel"),
        (mask(mode="LA"), "one channel"),
        (encoded(Image.new("I;16", SIZE), "PNG"), "one channel"),
        (encoded(split(mode="L"), "JPEG"), "no PNG"),
        (mask()[:-30], "broken or cut off|can't be read"),
        (b"", "empty"),
        (png_bomb(40_000), "too large"),
        (b"\x89PNG\r\n\x1a\n" + bytes(door.LONGEST), "40 MB"),
    ],
    ids=["wrong size", "colours", "alpha", "16 bits", "no PNG", "cut off", "empty", "bomb", "huge"],
)
def test_what_is_no_mask_of_it_is_refused_in_a_sentence(mug, maya, content, why):
    with pytest.raises(Refused, match=why):
        save(mug, maya, content)
    assert not CutOut.objects.exists()


def test_a_stale_one_is_refused_and_says_who_was_first(mug, maya, dan):
    save(mug, dan)
    with pytest.raises(Refused, match=f"{dan} saved a cut-out of it since. Your strokes are kept"):
        save(mug, maya, mask(box=(0, 0, 5, 5)))
    with pytest.raises(Refused, match="reload"):
        save(mug, maya, after=7)
    assert cut_outs.newest(mug).made_by == dan


def test_the_same_sent_again_counts_once(mug, maya):
    assert save(mug, maya) == save(mug, maya)
    with pytest.raises(Refused):
        save(mug, maya, mask(box=(0, 0, 5, 5)))


def test_products_alone_and_only_while_they_are_in_the_kit(project, mug, maya, client):
    logo = references.add(project.brand, by=maya, upload=door.take(io.BytesIO(mask())), kind="logo", name="Logo")
    with pytest.raises(Refused, match="Products alone"):
        save(logo, maya)
    client.force_login(maya)
    assert client.get(reverse("creative:cut-out", args=[logo.pk])).status_code == 404

    references.remove(mug, by=maya)
    mug.refresh_from_db()
    with pytest.raises(Refused, match="taken out"):
        save(mug, maya)


def test_a_stranger_saves_and_proposes_nothing(mug, stranger):
    with pytest.raises(Http404):
        save(mug, stranger)
    with pytest.raises(Http404):
        cut_outs.propose(mug, by=stranger)


def test_without_the_weights_it_says_so_and_people_paint(mug, maya, client, monkeypatch):
    monkeypatch.setattr(cut_outs, "PACKAGE", "absent_weights")
    client.force_login(maya)
    at = reverse("creative:cut-out", args=[mug.pk])
    page = client.get(at).content.decode()
    assert "is not installed here" in page and "Make a first mask" not in page
    assert client.post(f"{at}proposal/").status_code == 409

    assert save(mug, maya).number == 1


def test_other_weights_than_the_known_ones_are_not_run(mug, maya, tmp_path, monkeypatch):
    (tmp_path / "forged_weights").mkdir()
    (tmp_path / "forged_weights" / cut_outs.WEIGHTS).write_bytes(b"something else")
    (tmp_path / "forged_weights" / "__init__.py").write_text("raise AssertionError('nothing imports it')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(cut_outs, "PACKAGE", "forged_weights")

    with pytest.raises(Refused, match="could not make a mask|not installed"):
        cut_outs.propose(mug, by=maya)
    assert not CutOut.objects.exists()


def test_one_that_is_forged_says_what_is_missing(mug, maya, client):
    client.force_login(maya)
    at = reverse("creative:cut-outs", args=[mug.pk])
    given = {"mask": SimpleUploadedFile("m.png", mask())}

    assert client.post(at, {**given, "after": "-1"}).status_code == 400
    assert client.post(at, {"after": "0"}).status_code == 409
    assert client.post(at, {"mask": SimpleUploadedFile("m.png", mask()), "after": "0"}).status_code == 302


def test_the_page_of_a_reference_shows_it_and_who_made_it(mug, maya, dan, client):
    client.force_login(maya)
    assert "Nobody has cut it out yet" in client.get(mug.get_absolute_url()).content.decode()

    save(mug, dan)
    page = " ".join(client.get(mug.get_absolute_url()).content.decode().split())
    at = reverse("creative:cut-out-file", args=[mug.pk, 1, "preview"])
    assert at in page and f"By {dan}, by hand, just now" in page and "Correct the cut-out" in page
    assert client.get(at).getvalue()[8:12] == b"WEBP"
    assert client.get(at.replace("preview", "made_by")).status_code == 404
