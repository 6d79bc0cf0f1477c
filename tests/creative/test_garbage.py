from __future__ import annotations

import datetime
import io
import os
import secrets
import time
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import models
from django.utils.timezone import now

from creative import files, garbage, storage, tasks
from creative.celery import app
from creative.models import File
from generation.models import Candidate

LATER = datetime.timedelta(hours=1)
on_files = pytest.mark.skipif(not isinstance(default_storage, FileSystemStorage), reason="on files only")


@pytest.fixture(autouse=True)
def an_empty_storage() -> None:
    """What other tests stored is still there, and the rows that referred to it are rolled back."""
    for shelf in range(garbage.SHELVES):
        for name, _ in storage.listed(f"{files.FOLDER}/{shelf:02x}"):
            storage.delete(f"{files.FOLDER}/{shelf:02x}/{name}")


@pytest.fixture
def content() -> bytes:
    """Bytes that no other test stored."""
    return secrets.token_bytes(3000)


def stored(content: bytes, *, age: datetime.timedelta = LATER) -> File:
    """That was put, and touched last, so long ago."""
    file = files.put(content, media_type="application/zip")
    File.objects.filter(pk=file.pk).update(touched_at=now() - age)
    return file


def stray(content: bytes) -> str:
    sha256 = files.digest_of(content)
    storage.write(files.name_of(sha256), io.BytesIO(content), media_type="application/zip")
    return sha256


def collect(sha256: str, *, before: datetime.datetime | None = None) -> int:
    """The shelf of this file, with a grace time of a minute."""
    return garbage.collect(sha256[:2], before=before or now() - datetime.timedelta(minutes=1))


def has_bytes(sha256: str) -> bool:
    return default_storage.exists(files.name_of(sha256))


def test_what_nothing_refers_to_goes_after_the_grace_time(db, content):
    file = stored(content)

    assert collect(file.sha256) == 1

    assert not File.objects.filter(pk=file.pk).exists()
    assert not has_bytes(file.sha256)
    assert collect(file.sha256) == 0


def test_what_is_fresh_stays(db, content):
    file = stored(content, age=datetime.timedelta(0))

    assert collect(file.sha256) == 0
    assert files.read(file.sha256) == content


def test_what_was_put_again_is_fresh(db, content):
    file = stored(content)
    files.put(content, media_type="application/zip")

    assert collect(file.sha256) == 0


def test_what_a_candidate_refers_to_stays_however_old(candidates):
    File.objects.update(touched_at=now() - datetime.timedelta(days=9))
    named = {getattr(each, name) for each in candidates for name in ("picture_id", "small_id", "large_id")}

    assert sum(collect(sha256) for sha256 in named) == 0
    assert all(has_bytes(sha256) for sha256 in named)


def test_what_was_referred_to_since_it_was_looked_at_stays(candidate):
    File.objects.update(touched_at=now() - LATER)

    assert not garbage._remove(candidate.sha256, now())
    assert has_bytes(candidate.sha256)


def test_every_foreign_key_to_a_file_protects_it():
    """Whichever app adds one: it is found, it may not be cut, and looking it up costs an index."""
    fields = {field for model in apps.get_models() for field in model._meta.fields if field.related_model is File}

    assert {str(field) for field in fields} >= {"generation.Candidate.picture", "review.Export.file"}
    assert set(garbage.references()) == fields
    assert {field.remote_field.on_delete for field in fields} == {models.PROTECT}
    for field in fields:
        indexed = {index.fields[0] for index in field.model._meta.indexes}
        assert field.db_index or field.name in indexed, field


@pytest.mark.parametrize("name", ["picture", "small", "large"])
def test_each_foreign_key_saves_its_file_alone(candidate, name, monkeypatch):
    field = Candidate._meta.get_field(name)
    monkeypatch.setattr(garbage, "references", lambda: [field])
    sha256 = getattr(candidate, field.attname)

    assert garbage._referenced([sha256, "f" * 64]) == {sha256}


def test_a_row_whose_bytes_are_gone_goes(db, content):
    """As a collector that was killed before it committed leaves it."""
    file = stored(content)
    storage.delete(files.name_of(file.sha256))

    assert collect(file.sha256) == 1
    assert not File.objects.filter(pk=file.pk).exists()


def test_bytes_without_a_row_go_once_they_are_old(db, content):
    sha256 = stray(content)

    assert collect(sha256) == 0
    assert has_bytes(sha256)

    assert collect(sha256, before=now() + LATER) >= 1
    assert not has_bytes(sha256)
    assert not File.objects.filter(pk=sha256).exists()


def test_bytes_that_got_a_row_meanwhile_are_no_stray(db, content):
    sha256 = stray(content)
    files.put(content, media_type="application/zip")

    assert not garbage._remove_stray(sha256)
    assert files.read(sha256) == content


def test_what_we_did_not_name_stays(db):
    name = f"{files.FOLDER}/ab/README"
    storage.write(name, io.BytesIO(b"not ours"), media_type="text/plain")

    garbage.collect("ab", before=now() + LATER)

    assert default_storage.exists(name)


def test_evidence_is_never_collected(db):
    name = f"tests-{secrets.token_hex(4)}/{'ab' * 32}"
    files.keep_named(name, b"{}", media_type="application/json")

    garbage.collect("ab", before=now() + LATER)

    assert files.read_named(name) == b"{}"


@on_files
def test_what_a_killed_process_was_writing_goes_once_it_is_old(db):
    folder = Path(default_storage.path(storage.TEMPORARY))
    folder.mkdir(parents=True, exist_ok=True)
    old, fresh = folder / "old", folder / "fresh"
    for path in (old, fresh):
        path.write_bytes(b"half a pict")
    os.utime(old, (time.time() - 3600,) * 2)

    garbage.collect("00", before=now() - datetime.timedelta(minutes=1))

    assert (old.exists(), fresh.exists()) == (False, True)
    fresh.unlink()


def test_a_run_removes_so_many_at_most_and_the_next_goes_on(db, monkeypatch):
    monkeypatch.setattr(garbage, "MOST", 3)
    monkeypatch.setattr(garbage, "PAGE", 2)
    File.objects.bulk_create(
        File(sha256=f"ab{number:062x}", media_type="image/webp", size=1, touched_at=now() - LATER)
        for number in range(5)
    )

    assert [collect("ab") for _ in range(3)] == [3, 2, 0]


def test_a_shelf_holds_its_own_files_alone(db):
    File.objects.bulk_create(
        File(sha256=(shelf + end * 62), media_type="image/webp", size=1, touched_at=now() - LATER)
        for shelf in ("aa", "ab", "ac", "fe", "ff")
        for end in "0f"
    )

    assert (collect("ab"), collect("ff")) == (2, 2)
    assert {pk[:2] for pk in File.objects.values_list("pk", flat=True)} == {"aa", "ac", "fe"}


def test_each_run_of_a_day_has_the_next_shelf():
    moments = range(0, 24 * 3600, int(app.conf.beat_schedule["collect-files"]["schedule"]))

    assert [garbage.shelf_at(moment) for moment in moments[:2]] == ["00", "01"]
    assert {garbage.shelf_at(moment) for moment in moments} == {f"{number:02x}" for number in range(256)}


def test_the_task_collects_the_shelf_whose_turn_it_is(db, content, settings, monkeypatch):
    old, fresh = stored(content, age=settings.FILE_GRACE + LATER), stored(content[:9], age=settings.FILE_GRACE - LATER)
    for file in (old, fresh):
        monkeypatch.setattr(garbage, "shelf_at", lambda moment, file=file: file.sha256[:2])
        tasks.collect_files()

    assert list(File.objects.filter(pk__in=[old.pk, fresh.pk])) == [fresh]
