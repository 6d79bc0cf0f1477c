"""The same on files and on S3: whichever the suite runs on."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage

from generation import storage

pytestmark = pytest.mark.backend

on_files = pytest.mark.skipif(not isinstance(default_storage, FileSystemStorage), reason="on files only")


@pytest.fixture
def content() -> bytes:
    """Bytes that no other test stored."""
    return secrets.token_bytes(3000)


def test_bytes_are_kept_under_their_hash(content):
    digest = storage.put(content)

    assert digest == storage.digest_of(content)
    assert storage.read(digest) == content
    assert default_storage.exists(storage.name_of(digest))


def test_the_same_bytes_twice_are_one_file(content):
    assert storage.put(content) == storage.put(content)

    folder = storage.name_of(storage.digest_of(content)).rsplit("/", 1)[0]
    digest = storage.digest_of(content)
    assert [name for name in default_storage.listdir(folder)[1] if digest in name] == [f"{digest}.webp"]


def test_what_is_stored_is_never_overwritten(content):
    """Whatever lies under the name stays, even when it is not what the name promises: nothing hides a tampering."""
    name = storage.name_of(storage.digest_of(content))
    default_storage.save(name, ContentFile(b"tampered with"))

    storage.put(content)

    assert storage.read(storage.digest_of(content)) == b"tampered with"


def test_many_at_the_same_moment_store_one_whole_file(content):
    start, found, errors = threading.Barrier(8), [], []

    def put() -> None:
        start.wait()
        try:
            found.append(storage.put(content))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert set(found) == {storage.digest_of(content)}
    assert storage.read(found[0]) == content


def test_a_picture_that_is_not_there_is_an_error():
    with pytest.raises(FileNotFoundError):
        storage.read("f" * 64)


@on_files
def test_a_full_disk_leaves_neither_a_half_picture_nor_a_temporary_file(content, monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("generation.storage.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        storage.put(content)

    path = Path(default_storage.path(storage.name_of(storage.digest_of(content))))
    assert not path.exists()
    assert not [left for left in path.parent.iterdir() if left.name.startswith(".")]


@on_files
def test_a_stored_picture_can_be_read_by_its_own_group_of_processes(content):
    path = Path(default_storage.path(storage.name_of(storage.put(content))))

    assert path.stat().st_size == len(content)
    assert path.stat().st_nlink == 1
