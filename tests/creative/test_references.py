"""What people bring in for a brand: who may, what of it is kept, and who answers for its rights."""

from __future__ import annotations

import datetime
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from creative import files, garbage, references
from creative.errors import Refused
from creative.models import Event, File, Reference
from creative.uploads import door
from tests.creative.uploads.files import encoded, font_file, split

RIGHTS = {"licence": "own photo", "uses": ["internal"], "markets": [], "expires": None, "may_leave": False}
DRAWN = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="5" height="5"/></svg>'


def bring(project, by, kind="product", content=None, name="Mug"):
    upload = door.take(io.BytesIO(content or encoded(split(), "PNG")))
    return references.add(project.brand, by=by, upload=upload, kind=kind, name=name)


@pytest.fixture
def mug(project, maya) -> Reference:
    return bring(project, maya)


@pytest.fixture
def form(client):
    """Sends files as a browser does."""

    def send(project, by, *sent, kind="product", **headers):
        client.force_login(by)
        at = reverse("creative:additions", args=[project.brand_id])
        given = [SimpleUploadedFile(name, content) for name, content in sent]
        return client.post(at, {"kind": kind, "sent": given}, headers=headers)

    return send


# Bringing in


def test_a_picture_is_kept_as_it_came_and_as_it_was_made_anew(mug, maya):
    assert files.read(mug.received_id) == encoded(split(), "PNG")
    with Image.open(io.BytesIO(files.read(mug.picture_id))) as made:
        assert (made.format, made.size) == ("WEBP", (60, 40))
    assert (mug.picture.width, mug.picture.height, mug.uploaded_by) == (60, 40, maya)
    event = Event.objects.get(act="reference.added")
    assert (event.scope, event.data["reference"], event.data["received"]) == ("site", mug.pk, mug.received_id)


def test_what_is_kept_is_not_collected(mug):
    before = timezone.now() + datetime.timedelta(days=1)
    for file in File.objects.all():
        garbage.collect(file.pk[:2], before=before)

    assert {mug.received_id, mug.picture_id, mug.thumbnail_id} <= set(File.objects.values_list("pk", flat=True))


def test_everybody_of_its_projects_brings_in_and_nobody_else(project, maya, dan, bea, leo, pia, stranger):
    for number, person in enumerate((maya, dan, bea, leo, pia)):
        assert bring(project, person, content=encoded(split((60, 40 + number)), "PNG")).uploaded_by == person
    with pytest.raises(Http404):
        bring(project, stranger)


def test_the_same_file_is_in_the_kit_once_and_again_after_it_was_taken_out(project, mug, maya):
    with pytest.raises(Refused, match="in the kit already"):
        bring(project, maya)

    references.remove(mug, by=maya)
    assert bring(project, maya).pk != mug.pk


def test_several_files_at_once_lose_none_by_one_that_is_refused(form, project, maya):
    reply = form(project, maya, ("good_one.png", encoded(split(), "PNG")), ("bad.png", b"GIF89a"), kind="style")

    assert reply.status_code == 302
    assert Reference.objects.get().name == "good one"
    told = [str(message) for message in reply.wsgi_request._messages]
    assert told[0] == "1 reference was brought in."
    assert told[1].startswith("bad.png: This is a GIF.")


def test_by_script_the_card_comes_back_or_the_sentence(form, project, maya):
    taken = form(project, maya, ("mug.png", encoded(split(), "PNG")), hx_request="true")
    assert (taken.status_code, "Nobody answers for its rights" in taken.content.decode()) == (200, True)

    refused = form(project, maya, ("empty.png", b""), hx_request="true")
    assert (refused.status_code, "This file is empty" in refused.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("kind", "content", "taken"),
    [
        ("font", font_file(), True),
        ("font", encoded(split(), "PNG"), False),
        ("logo", DRAWN, True),
        ("style", DRAWN, False),
        ("product", font_file(), False),
        ("absent", encoded(split(), "PNG"), False),
    ],
    ids=["font", "no font", "drawn logo", "drawn style", "font as product", "no kind"],
)
def test_a_kind_takes_what_it_is(form, project, maya, kind, content, taken):
    form(project, maya, ("file", content), kind=kind)

    assert Reference.objects.filter(kind=kind).exists() is taken


def test_a_font_is_kept_and_shown_by_a_line_that_is_set_in_it(project, maya, client):
    found = bring(project, maya, kind="font", content=font_file(), name="Boxes")

    assert found.font.media_type == "font/ttf" and found.thumbnail
    client.force_login(maya)
    page = client.get(found.get_absolute_url()).content.decode()
    assert "Halden Boxes Bold" in page and "Latin" in page and "installable" in page


def test_what_was_received_is_served_to_nobody(client, maya, mug):
    client.force_login(maya)
    at = reverse("creative:reference-file", args=[mug.pk, "picture"])
    assert client.get(at).getvalue()[8:12] == b"WEBP"

    assert client.get(at.replace("picture", "received")).status_code == 404
    assert client.get(at.replace("picture", "font")).status_code == 404


# Taking out


def test_who_brought_it_in_takes_it_out_or_a_producer_and_once(mug, maya, dan, pia):
    with pytest.raises(PermissionDenied):
        references.remove(mug, by=dan)

    assert references.remove(mug, by=pia) is True
    assert references.remove(mug, by=maya) is False
    mug.refresh_from_db()
    assert (mug.removed_by, Reference.objects.kept().count()) == (pia, 0)
    with pytest.raises(Refused, match="taken out"):
        references.attest(mug, by=maya, **RIGHTS)


# Rights


def test_somebody_answers_for_it_and_it_says_who_also_brought_it_in(client, mug, maya, dan):
    assert mug.attestation is None
    references.attest(mug, by=maya, **{**RIGHTS, "markets": ["DE"]})
    client.force_login(dan)
    page = client.get(mug.get_absolute_url()).content.decode()

    assert "brought it in and" in page and "Internal" in page and "DE" in page
    assert Event.objects.get(act="rights.attested").data["uses"] == ["internal"]


def test_the_newest_that_stands_counts(mug, maya, leo):
    first = references.attest(mug, by=maya, **RIGHTS)
    second = references.attest(mug, by=leo, **{**RIGHTS, "licence": "contract 7"})
    assert mug.attestation == second

    references.withdraw(second, by=maya, reason="the contract was cancelled")
    assert Reference.objects.get().attestation == first
    with pytest.raises(Refused):
        references.withdraw(second, by=maya, reason="again")


def test_an_attestation_ends_after_its_last_day(client, mug, maya, monkeypatch):
    today = timezone.localdate()
    last = references.attest(mug, by=maya, **{**RIGHTS, "expires": today})
    assert not last.is_expired
    with pytest.raises(Refused, match="has passed"):
        references.attest(mug, by=maya, **{**RIGHTS, "expires": today - datetime.timedelta(days=1)})

    monkeypatch.setattr(timezone, "localdate", lambda: today + datetime.timedelta(days=1))
    client.force_login(maya)
    for page in everywhere(mug):
        assert "Expired on" in client.get(page).content.decode()


def test_rights_that_were_withdrawn_are_missed_wherever_it_is_used(client, mug, maya):
    attestation = references.attest(mug, by=maya, **RIGHTS)
    client.force_login(maya)
    assert not any("Nobody answers for its rights" in client.get(page).content.decode() for page in everywhere(mug))

    references.withdraw(attestation, by=maya, reason="cancelled")
    for page in everywhere(mug):
        assert "Nobody answers for its rights" in client.get(page).content.decode()


def everywhere(mug) -> list[str]:
    """The pages on which a product is used."""
    return [mug.brand.get_absolute_url(), mug.get_absolute_url(), reverse("creative:cut-out", args=[mug.pk])]


@pytest.mark.parametrize("words", [{}, {"licence": "x"}, {"licence": "x", "uses": "nonsense"}, {"uses": "internal"}])
def test_rights_need_a_licence_and_a_use(client, mug, maya, words):
    client.force_login(maya)
    reply = client.post(reverse("creative:attestations", args=[mug.pk]), words)

    assert (reply.status_code, mug.attestations.count()) == (422, 0)


def test_a_withdrawal_needs_a_reason(client, mug, maya):
    attestation = references.attest(mug, by=maya, **RIGHTS)
    client.force_login(maya)
    at = reverse("creative:attestation-withdrawal", args=[attestation.pk])

    assert client.post(at, {"reason": " "}).status_code == 422
    assert client.post(at, {"reason": "cancelled"}).status_code == 302
    assert "Withdrawn by" in client.get(mug.get_absolute_url()).content.decode()
