"""Bytes by name on files or an object store: written whole or not at all, and never overwritten."""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from botocore.exceptions import ClientError
from django.core.files.storage import FileSystemStorage, default_storage

TEMPORARY = "temporary"  # a folder beside the names: what a killed process was writing lies there and nowhere else
CHUNK = 1 << 20  # bytes


def write(name: str, source: IO[bytes], *, media_type: str) -> bool:
    """Whether this call wrote it: False when something lies under the name already, which then stays."""
    if isinstance(default_storage, FileSystemStorage):
        return _write_file(Path(default_storage.path(name)), source)
    return _write_object(name, source, media_type)


def open_named(name: str) -> IO[bytes]:
    """Raises FileNotFoundError, with no path of the server's in it."""
    try:
        return default_storage.open(name)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"'{name}' is not in the storage.") from error


def delete(name: str) -> None:
    """Safe to repeat."""
    default_storage.delete(name)


def listed(folder: str) -> Iterator[tuple[str, datetime.datetime]]:
    """What lies in a folder, by name without the folder, and since when."""
    if isinstance(default_storage, FileSystemStorage):
        return _files(Path(default_storage.path(folder)))
    return _objects(f"{folder}/")


def _write_file(path: Path, source: IO[bytes]) -> bool:
    """Temporary file, fsync, link: a crash leaves either nothing under the name or all of it."""
    if path.exists():
        return False
    waiting = Path(default_storage.path(TEMPORARY))
    for folder in (waiting, path.parent):
        folder.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=waiting)
    try:
        with os.fdopen(descriptor, "wb") as file:
            shutil.copyfileobj(source, file, CHUNK)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    except FileExistsError:  # another process was first
        return False
    finally:
        os.unlink(temporary)
    _fsync_folder(path.parent)
    return True


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_object(name: str, source: IO[bytes], media_type: str) -> bool:
    """One PUT, which S3 makes visible whole or not at all; it streams, and takes 5 GB at most."""
    start = source.tell()
    for last in (False, False, True):
        source.seek(start)
        try:
            _bucket().Object(name).put(Body=source, ContentType=media_type, IfNoneMatch="*")
            return True
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == 412:  # it is there already
                return False
            if status != 409 or last:  # 409: another process is writing it at this moment
                raise
    raise AssertionError("unreachable")


def _files(folder: Path) -> Iterator[tuple[str, datetime.datetime]]:
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):  # gone since it was listed
                yield entry.name, datetime.datetime.fromtimestamp(entry.stat().st_mtime, datetime.UTC)


def _objects(prefix: str) -> Iterator[tuple[str, datetime.datetime]]:
    for found in _bucket().objects.filter(Prefix=prefix):
        yield found.key.removeprefix(prefix), found.last_modified


def _bucket() -> Any:
    return default_storage.bucket  # type: ignore[attr-defined]
