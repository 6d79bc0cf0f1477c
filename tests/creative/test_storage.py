"""The same on files and on S3: whichever the suite runs on."""

from __future__ import annotations

import io
import os
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, default_storage

from creative import storage

pytestmark = pytest.mark.backend

on_files = pytest.mark.skipif(not isinstance(default_storage, FileSystemStorage), reason="on files only")


@pytest.fixture
def name() -> str:
    """That no other test has."""
    return f"tests/{secrets.token_hex(8)}"


def write(name: str, content: bytes) -> bool:
    return storage.write(name, io.BytesIO(content), media_type="text/plain")


def read(name: str) -> bytes:
    with storage.open_named(name) as file:
        return file.read()


def waiting() -> list[str]:
    return [name for name, _ in storage.listed(storage.TEMPORARY)]


def test_what_is_written_is_read(name):
    assert write(name, b"kept")
    assert read(name) == b"kept"


def test_what_is_there_is_never_overwritten(name):
    """Even when it is not what the name promises: nothing hides a tampering."""
    write(name, b"first")

    assert not write(name, b"second")
    assert read(name) == b"first"


def test_one_of_many_at_the_same_moment_writes(name):
    content, start = secrets.token_bytes(3000), threading.Barrier(8)

    def race(_: int) -> bool:
        start.wait()
        return write(name, content)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(race, range(8))) == [False] * 7 + [True]
    assert read(name) == content


def test_what_is_not_there_is_an_error_without_a_path(name):
    with pytest.raises(FileNotFoundError, match=rf"^'{name}' is not in the storage\.$"):
        storage.open_named(name)


def test_deleting_twice_is_harmless(name):
    write(name, b"kept")
    storage.delete(name)
    storage.delete(name)

    with pytest.raises(FileNotFoundError):
        storage.open_named(name)


def test_a_folder_lists_what_lies_in_it(name):
    write(f"{name}/one", b"1")
    write(f"{name}/two", b"2")

    assert sorted(found for found, _ in storage.listed(name)) == ["one", "two"]
    assert list(storage.listed(f"{name}/nowhere")) == []


def test_a_large_stream_is_written_whole(name, tmp_path):
    path = tmp_path / "large"
    path.write_bytes(os.urandom(1000) * 20_000)
    with path.open("rb") as stream:
        storage.write(name, stream, media_type="application/zip")

    assert read(name) == path.read_bytes()


@on_files
def test_a_full_disk_leaves_neither_a_half_file_nor_a_temporary_one(name, monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("creative.storage.os.fsync", full)
    before = waiting()
    with pytest.raises(OSError, match="No space left"):
        write(name, b"kept")

    assert not Path(default_storage.path(name)).exists()
    assert waiting() == before


@on_files
def test_a_stored_file_is_one_file_and_nothing_waits(name):
    before = waiting()
    write(name, b"kept")

    assert Path(default_storage.path(name)).stat().st_nlink == 1
    assert waiting() == before


@pytest.mark.skipif(isinstance(default_storage, FileSystemStorage), reason="on S3 only")
def test_an_object_says_what_it_is(name):
    write(name, b"kept")

    assert default_storage.bucket.Object(name).content_type == "text/plain"
