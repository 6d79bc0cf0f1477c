from __future__ import annotations

import datetime
import io
import secrets
import tempfile

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils.timezone import now

from creative import files, storage
from creative.models import File
from generation import images
from tests.painter import picture


@pytest.fixture
def content() -> bytes:
    """Bytes that no other test stored."""
    return secrets.token_bytes(3000)


def put(content, **more) -> File:
    return files.put(content, **{"media_type": "application/zip", **more})


def test_bytes_are_kept_under_their_hash_with_what_they_are(db, content):
    file = put(content, media_type="image/webp", width=30, height=20)

    assert (file.sha256, file.size) == (files.digest_of(content), 3000)
    assert (file.media_type, file.width, file.height) == ("image/webp", 30, 20)
    assert files.read(file.sha256) == content


def test_a_stream_is_stored_as_its_bytes_are_wherever_it_stands(db, content):
    with tempfile.TemporaryFile() as stream:
        stream.write(content)
        file = put(stream)

    assert file == put(content)
    assert (file.size, files.read(file.sha256)) == (3000, content)


def test_the_same_bytes_twice_are_one_file_that_was_touched(db, content):
    long_ago = now() - datetime.timedelta(days=9)
    first = put(content)
    File.objects.filter(pk=first.pk).update(stored_at=long_ago, touched_at=long_ago)

    again = put(content)

    assert (again, again.stored_at) == (first, long_ago)
    assert now() - again.touched_at < datetime.timedelta(minutes=1)


def test_the_same_bytes_are_of_one_media_type(db, content):
    put(content, media_type="image/webp")

    with pytest.raises(ValueError, match=r"stored as image/webp; the same bytes came as image/png"):
        put(content, media_type="image/png")

    assert File.objects.get(pk=files.digest_of(content)).media_type == "image/webp"


def test_a_row_without_bytes_has_them_again_once_they_are_stored_again(db, content):
    """As a killed collector or a crash before the bytes leaves it."""
    sha256 = put(content).sha256
    storage.delete(files.name_of(sha256))

    put(content)

    assert files.read(sha256) == content


def test_bytes_without_a_row_have_one_once_they_are_stored_again(db, content):
    storage.write(files.name_of(files.digest_of(content)), io.BytesIO(content), media_type="application/zip")

    assert put(content).size == 3000


def test_a_file_that_is_not_there_is_an_error():
    with pytest.raises(FileNotFoundError):
        files.read("f" * 64)


def test_a_picture_has_two_sides(db):
    with pytest.raises(IntegrityError, match="creative_file_has_both_sides_or_none"):
        File.objects.create(sha256="f" * 64, media_type="image/webp", size=1, width=3)


def test_pictures_are_measured_by_their_own_bytes(db):
    encoded = images.encode(picture(7, side=40), small=10, large=20)

    stored = [images.put(each) for each in (encoded.picture, encoded.small, encoded.large)]

    assert [(file.media_type, file.width, file.height) for file in stored] == [
        ("image/webp", 40, 40),
        ("image/webp", 10, 10),
        ("image/webp", 20, 20),
    ]


@pytest.mark.parametrize(("media_type", "suffix"), [("image/webp", ".webp"), ("image/jpeg", ".jpg"), ("x/unknown", "")])
def test_a_suffix_is_what_people_expect(media_type, suffix):
    assert File(media_type=media_type).suffix == suffix


# Named evidence


@pytest.mark.backend
def test_evidence_is_kept_once_under_its_name(content):
    folder = f"tests-{secrets.token_hex(4)}"

    assert files.keep_named(f"{folder}/b.json", content, media_type="application/json")
    assert not files.keep_named(f"{folder}/b.json", b"another", media_type="application/json")
    files.keep_named(f"{folder}/a.json", b"{}", media_type="application/json")

    assert files.kept_names(folder) == [f"{folder}/a.json", f"{folder}/b.json"]
    assert files.read_named(f"{folder}/b.json") == content


# Served


@pytest.fixture
def get(client, candidate, maya):
    client.force_login(maya)
    responses = []

    def get(method="get", **headers):
        responses.append(getattr(client, method)(reverse("generation:picture", args=[candidate.pk]), headers=headers))
        return responses[-1]

    yield get
    for response in responses:
        response.close()


def test_a_file_is_served_as_its_row_says_it_is_and_never_changes(get, candidate):
    response = get()

    assert b"".join(response.streaming_content) == files.read(candidate.sha256)
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["ETag"] == f'"{candidate.sha256}"'
    assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("known", ['"{}"', 'W/"{}"', '"other", "{}"'])
def test_who_has_it_is_sent_nothing(get, candidate, known):
    response = get(**{"If-None-Match": known.format(candidate.sha256)})

    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == f'"{candidate.sha256}"'
    assert "immutable" in response.headers["Cache-Control"]


def test_a_head_is_answered_without_the_bytes(get, candidate):
    response = get("head")

    assert response.status_code == 200
    assert response.headers["Content-Length"] == str(candidate.picture.size)


def test_a_lost_picture_is_said_in_words(get, candidate):
    content = files.read(candidate.sha256)
    storage.delete(files.name_of(candidate.sha256))

    response = get()

    files.put(content, media_type="image/webp")
    assert response.status_code == 409
    assert "missing from the storage" in response.content.decode()


def test_a_file_is_intact_while_its_bytes_are_what_they_were(db, content):
    file = put(content)
    assert files.is_intact(file.pk)

    storage.delete(files.name_of(file.pk))
    assert not files.is_intact(file.pk)
    storage.write(files.name_of(file.pk), io.BytesIO(b"others"), media_type="application/zip")
    assert not files.is_intact(file.pk)


def test_damaged_bytes_are_mended_by_the_same_bytes_and_by_no_others(db, content):
    file = put(content)
    storage.delete(files.name_of(file.pk))
    storage.write(files.name_of(file.pk), io.BytesIO(b"others"), media_type="application/zip")

    assert not files.mend(file, io.BytesIO(b"others"))
    assert files.mend(file, io.BytesIO(content))
    assert files.is_intact(file.pk)
