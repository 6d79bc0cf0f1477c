from __future__ import annotations

import io
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from creative import files, storage
from creative.models import File
from generation import thumbnails
from tests import make


@pytest.fixture
def candidate(run):
    """With the bytes that a worker stored."""
    return make.candidates(run)[0]


def damage(sha256: str) -> None:
    storage.delete(files.name_of(sha256))
    storage.write(files.name_of(sha256), io.BytesIO(b"damaged"), media_type="image/webp")


def verify(**options) -> str:
    said = StringIO()
    try:
        call_command("verify_files", stdout=said, **options)
    except CommandError as error:
        return said.getvalue() + str(error)
    return said.getvalue()


@pytest.fixture
def mended(candidate):
    """Others use the same pictures."""
    content = files.read(candidate.picture_id)
    yield
    files.mend(candidate.picture, io.BytesIO(content))


def test_what_is_stored_whole_is_said_to_be(candidate):
    assert verify() == f"{File.objects.count()} files: whole.\n"


def test_a_picture_that_is_missing_or_damaged_is_named(candidate, mended):
    damage(candidate.picture_id)

    said = verify()
    assert f"{files.name_of(candidate.picture_id)} (image/webp" in said
    assert "1 of" in said


def test_a_picture_is_mended_from_a_backup_that_holds_it(candidate, mended, tmp_path):
    copy = tmp_path / files.name_of(candidate.picture_id)
    copy.parent.mkdir(parents=True)
    copy.write_bytes(files.read(candidate.picture_id))
    damage(candidate.picture_id)

    assert verify(backup=tmp_path).endswith("whole, 1 of them mended.\n")
    assert files.is_intact(candidate.picture_id)


def test_a_backup_that_is_damaged_too_mends_nothing(candidate, mended, tmp_path):
    copy = tmp_path / files.name_of(candidate.picture_id)
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"damaged as well")
    damage(candidate.picture_id)

    assert "is missing or damaged" in verify(backup=tmp_path)


@pytest.mark.parametrize("size", ["small", "large"])
def test_a_thumbnail_is_made_again_from_its_picture(candidate, size):
    sha256 = getattr(candidate, f"{size}_id")
    damage(sha256)

    assert "mended" in verify()
    assert files.is_intact(sha256)


def test_a_page_shows_a_lost_thumbnail_made_again(client, candidate, maya):
    storage.delete(files.name_of(candidate.small_id))
    client.force_login(maya)

    response = client.get(reverse("generation:thumbnail", args=[candidate.pk, "small"]))

    assert files.digest_of(response.content) == candidate.small_id
    assert files.is_intact(candidate.small_id)


def test_a_thumbnail_of_a_lost_picture_is_said_to_be_missing(client, candidate, maya, mended):
    content = files.read(candidate.small_id)
    for sha256 in (candidate.small_id, candidate.picture_id):
        storage.delete(files.name_of(sha256))
    client.force_login(maya)

    response = client.get(reverse("generation:thumbnail", args=[candidate.pk, "small"]))
    files.mend(candidate.small, io.BytesIO(content))

    assert response.status_code == 409
    assert "missing from the storage" in response.content.decode()


def test_what_is_no_thumbnail_is_made_from_nothing(candidate, mended):
    assert thumbnails.again(candidate.picture) is None
