"""The one door for everything stored: files named by the SHA-256 of their bytes, and named evidence.

Invariant: what a foreign key refers to has its bytes. `put` touches the row, then writes what is missing of the bytes,
and only then has its caller something to refer to. creative.garbage takes what nobody refers to after a grace time.
"""

from __future__ import annotations

import hashlib
import io
import os
from typing import IO

from creative import storage
from creative.models import File

FOLDER = "files"


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def name_of(sha256: str) -> str:
    """In the storage. It says nothing of app or type: those are in rows."""
    return f"{FOLDER}/{sha256[:2]}/{sha256}"


def put(content: bytes | IO[bytes], *, media_type: str, width: int | None = None, height: int | None = None) -> File:
    """Store bytes, or a seekable stream that is never whole in memory. The same twice, or at once, is harmless.

    A media type follows from the bytes, so the same bytes under another one are a mistake of the caller: ValueError.
    To keep the first silently would serve what one caller stored under what another one believed.
    """
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    source.seek(0)
    sha256 = hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]
    size = source.seek(0, os.SEEK_END)
    file = _touched(File(sha256=sha256, media_type=media_type, size=size, width=width, height=height))
    source.seek(0)
    storage.write(name_of(sha256), source, media_type=media_type)
    return file


def open_file(sha256: str) -> IO[bytes]:
    """Raises FileNotFoundError."""
    return storage.open_named(name_of(sha256))


def read(sha256: str) -> bytes:
    with open_file(sha256) as file:
        return file.read()


def is_intact(sha256: str) -> bool:
    """Whether its bytes lie there and are what they were; reads all of them."""
    try:
        with open_file(sha256) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256  # type: ignore[arg-type]
    except FileNotFoundError:
        return False


def mend(file: File, source: IO[bytes]) -> bool:
    """Put these bytes where the file's are missing or damaged; False, and nothing is done, where they are others."""
    source.seek(0)
    if hashlib.file_digest(source, "sha256").hexdigest() != file.pk:  # type: ignore[arg-type]
        return False
    storage.delete(name_of(file.pk))
    put(source, media_type=file.media_type, width=file.width, height=file.height)
    return True


def keep_named(name: str, content: bytes, *, media_type: str) -> bool:
    """Evidence that stands beside the database, under a name of its own: whole or not at all, and never overwritten.

    Returns whether this call wrote it. Nothing collects it.
    """
    return storage.write(name, io.BytesIO(content), media_type=media_type)


def kept_names(folder: str) -> list[str]:
    """Sorted, with the folder."""
    return sorted(f"{folder}/{name}" for name, _ in storage.listed(folder))


def read_named(name: str) -> bytes:
    with storage.open_named(name) as file:
        return file.read()


def _touched(file: File) -> File:
    """One statement, so that it waits for a collector that holds the row and then makes it anew."""
    File.objects.bulk_create([file], update_conflicts=True, unique_fields=["sha256"], update_fields=["touched_at"])
    stored = File.objects.get(pk=file.pk)
    if stored.media_type != file.media_type:
        raise ValueError(f"File {file.pk} is stored as {stored.media_type}; the same bytes came as {file.media_type}.")
    return stored
