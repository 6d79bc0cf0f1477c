"""Content-addressed pictures: named by the SHA-256 of their bytes, never overwritten, on files or an object store."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import IO

from botocore.exceptions import ClientError
from django.core.files.storage import FileSystemStorage, default_storage


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def put(content: bytes) -> str:
    """Store and return the SHA-256. Storing the same bytes twice, or at the same moment, is harmless."""
    digest = digest_of(content)
    if isinstance(default_storage, FileSystemStorage):
        _put_file(Path(default_storage.path(name_of(digest))), content)
    else:
        _put_object(name_of(digest), content)
    return digest


def open_picture(digest: str) -> IO[bytes]:
    return default_storage.open(name_of(digest))


def read(digest: str) -> bytes:
    with open_picture(digest) as file:
        return file.read()


def name_of(digest: str) -> str:
    return f"pictures/{digest[:2]}/{digest}.webp"


def _put_file(path: Path, content: bytes) -> None:
    """Temporary file, fsync, link: a crash leaves either nothing under the name or the whole picture."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another worker was first with the same bytes
            os.link(temporary, path)
    finally:
        os.unlink(temporary)
    _fsync_folder(path.parent)


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _put_object(name: str, content: bytes) -> None:
    target = default_storage.bucket.Object(name)  # type: ignore[attr-defined]
    for last in (False, False, True):
        try:
            target.put(Body=content, ContentType="image/webp", IfNoneMatch="*")
            return
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == 412:  # it is there already
                return
            if status != 409 or last:  # 409: another worker is writing it at this moment
                raise
