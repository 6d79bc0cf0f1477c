"""The paper behind rights: kept by its hash as it was sent, opened by nobody here, sent as an attachment alone."""

from __future__ import annotations

import hashlib
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.urls import reverse

from creative import files, references
from creative.errors import Refused
from creative.models import Attestation, Event, File, Reference
from creative.uploads import door
from tests import make
from tests.creative.uploads.files import encoded, split

RIGHTS: references.Rights = {
    "licence": "Agency 7",
    "uses": ["internal"],
    "markets": [],
    "expires": None,
    "may_leave": False,
}
SCRIPT = b"<html><script>alert(1)</script></html>"


@pytest.fixture
def mug(project, maya) -> Reference:
    return make.reference(project, maya)


def attest(mug, by, content=make.PDF, name="contract.pdf") -> Attestation:
    return references.attest(mug, by=by, contract=references.Contract(name, io.BytesIO(content)), **RIGHTS)


def test_it_is_kept_as_it_was_sent_and_its_hash_is_in_the_audit_log(mug, maya):
    kept = attest(mug, maya)

    assert files.read(kept.contract_id) == make.PDF
    assert (kept.contract.media_type, kept.contract_name) == ("application/pdf", "contract.pdf")
    event = Event.objects.get(act="rights.attested")
    assert event.data["contract"] == kept.contract_id == hashlib.sha256(make.PDF).hexdigest()


def test_a_picture_of_it_is_read_once_and_kept_as_it_was_sent(mug, maya):
    page = encoded(split(), "JPEG")
    kept = attest(mug, maya, page, "scan.pdf")

    assert files.read(kept.contract_id) == page
    assert (kept.contract.media_type, kept.contract_name) == ("image/jpeg", "scan.jpeg")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (SCRIPT, "no file of a kind"),
        (SCRIPT + make.PDF, "no file of a kind"),
        (b"PK\3\4" + make.PDF, "a zip"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is SVG"),
        (make.PDF[:-8], "broken or cut off"),
        (encoded(split(), "PNG")[:60] + make.PDF, "broken or cut off"),
        (b"%PDF-1.7\n" + bytes(door.LONGEST_CONTRACT), "more than 20 MB"),
        (b"", "empty"),
    ],
    ids=["script", "script before a PDF", "zip before a PDF", "drawing", "cut off", "broken picture", "large", "empty"],
)
def test_what_is_neither_is_refused_and_nobody_answers_by_it(mug, maya, content, why):
    with pytest.raises(Refused, match=why):
        attest(mug, maya, content)
    assert not Attestation.objects.exists()


def test_a_script_in_a_pdf_is_downloaded_and_never_shown(mug, maya, leo, client):
    polyglot = b"%PDF-1.7\n" + SCRIPT + make.PDF
    kept = attest(mug, maya, polyglot, "../../<b>of \x00mine\u202e.html")
    client.force_login(leo)
    reply = client.get(reverse("creative:attestation-contract", args=[kept.pk]))

    assert reply.getvalue() == polyglot
    assert reply.headers["Content-Disposition"].startswith("attachment")
    assert (reply.headers["Content-Type"], reply.headers["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert kept.contract_name == "<b>of mine.pdf"
    page = client.get(mug.get_absolute_url()).content.decode()
    assert "&lt;b&gt;of mine.pdf</a>" in page


def test_a_stranger_sends_and_gets_none(mug, maya, stranger, client):
    kept = attest(mug, maya)
    with pytest.raises(Http404):
        attest(mug, stranger)
    client.force_login(stranger)
    assert client.get(reverse("creative:attestation-contract", args=[kept.pk])).status_code == 404


def test_the_same_paper_twice_is_stored_once_and_an_attestation_without_one_has_none(mug, maya, leo, client):
    first, second = attest(mug, maya), attest(mug, leo)
    assert first.contract == second.contract
    assert File.objects.filter(media_type="application/pdf").count() == 1

    bare = references.attest(mug, by=maya, **RIGHTS)
    client.force_login(maya)
    assert client.get(reverse("creative:attestation-contract", args=[bare.pk])).status_code == 404


def test_the_form_takes_it_and_says_beside_the_field_what_it_does_not_take(mug, maya, client):
    client.force_login(maya)
    at = reverse("creative:attestations", args=[mug.pk])
    words = {"licence": "Agency 7", "uses": ["internal"]}
    refused = client.post(at, {**words, "contract": SimpleUploadedFile("contract.pdf", SCRIPT)})
    assert refused.status_code == 422
    assert "Taken are" in refused.content.decode() and "Agency 7" in refused.content.decode()

    assert client.post(at, {**words, "contract": SimpleUploadedFile("contract.pdf", make.PDF)}).status_code == 302
    assert client.post(at, words).status_code == 302
    assert list(Attestation.objects.order_by("pk").values_list("contract_name", flat=True)) == ["contract.pdf", ""]
