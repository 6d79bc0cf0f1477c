"""Whoever stores bytes, or refers to them, against the collector that takes them."""

from __future__ import annotations

import datetime
import io
import secrets
import threading
import time

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.timezone import now

from creative import files, garbage, storage
from creative.models import File, Project, User
from review.models import Export
from tests.races.threads import at_once, raised

pytestmark = pytest.mark.races

TURNS = range(6)


def put(content: bytes) -> str:
    return files.put(content, media_type="application/zip").sha256


def old(content: bytes) -> str:
    """That nobody touched for a day."""
    sha256 = put(content)
    File.objects.filter(pk=sha256).update(touched_at=now() - datetime.timedelta(days=1))
    return sha256


def collect(sha256: str) -> int:
    return garbage.collect(sha256[:2], before=now() - datetime.timedelta(hours=1))


def stray(content: bytes) -> str:
    """Bytes without a row."""
    sha256 = files.digest_of(content)
    storage.write(files.name_of(sha256), io.BytesIO(content), media_type="application/zip")
    return sha256


def collect_stray(sha256: str) -> int:
    strays = garbage._strays(sha256[:2], now() + datetime.timedelta(hours=1))
    return sum(garbage._remove_stray(each) for each in strays if each == sha256)


def done(project: Project, person: User, sha256: str) -> Export:
    """What refers to a file."""
    ended = {"status": Export.Status.DONE, "finished_at": now()}
    return Export.objects.create(project=project, ordered_by=person, file_id=sha256, **ended)


def test_one_row_for_many_who_store_the_same(db):
    content = secrets.token_bytes(100)

    assert set(at_once(*[lambda: put(content)] * 8)) == {files.digest_of(content)}
    assert File.objects.count() == 1


@pytest.mark.parametrize("turn", TURNS)
def test_what_is_stored_while_it_is_collected_is_there_afterwards(db, turn):
    content = secrets.token_bytes(100)
    sha256 = old(content)

    outcomes = at_once(lambda: put(content), lambda: collect(sha256), lambda: collect(sha256), lambda: put(content))

    assert raised(outcomes) == []
    assert File.objects.filter(pk=sha256).exists()
    assert files.read(sha256) == content


@pytest.mark.parametrize(("left", "take"), [(old, collect), (stray, collect_stray)])
def test_who_stores_what_is_being_collected_waits_and_stores_it_anew(db, monkeypatch, left, take):
    content = secrets.token_bytes(100)
    sha256 = left(content)
    taken, let_go, delete = threading.Event(), threading.Event(), storage.delete

    def delete_slowly(name: str) -> None:
        delete(name)
        taken.set()
        assert let_go.wait(20)

    def put_meanwhile() -> bool:
        assert taken.wait(20)
        threading.Timer(0.5, let_go.set).start()
        put(content)
        return let_go.is_set()

    monkeypatch.setattr(storage, "delete", delete_slowly)
    collected, waited = at_once(lambda: take(sha256), put_meanwhile)

    assert (collected, waited) == (1, True)
    assert files.read(sha256) == content


@pytest.mark.parametrize("turn", TURNS)
def test_bytes_without_a_row_that_are_stored_while_they_are_collected_are_there_afterwards(db, turn):
    content = secrets.token_bytes(100)
    sha256 = stray(content)

    outcomes = at_once(lambda: put(content), lambda: collect_stray(sha256), lambda: collect_stray(sha256))

    assert raised(outcomes) == []
    assert files.read(sha256) == content


def test_what_is_being_referred_to_is_left_alone(project, maya):
    """The collector can't see the reference yet, and would learn of it when the bytes are gone."""
    sha256 = old(secrets.token_bytes(100))
    referring = threading.Event()

    def refer() -> None:
        with transaction.atomic():
            done(project, maya, sha256)
            connection.check_constraints()  # as the commit does
            referring.set()
            time.sleep(0.5)

    def collect_meanwhile() -> int:
        assert referring.wait(20)
        return collect(sha256)

    assert at_once(refer, collect_meanwhile) == [None, 0]
    assert len(files.read(sha256)) == 100


@pytest.mark.parametrize("turn", TURNS)
def test_who_refers_to_a_file_long_after_storing_it_gets_it_whole_or_is_refused(project, maya, turn):
    sha256 = old(secrets.token_bytes(100))

    referred, collected = at_once(lambda: done(project, maya, sha256), lambda: collect(sha256))

    if isinstance(referred, IntegrityError):
        assert "foreign key" in str(referred)
        assert (collected, Export.objects.count()) == (1, 0)
    else:
        assert collected == 0
        assert len(files.read(sha256)) == 100
