"""A worker's loop claims the next while it is at the one before."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Collection
from contextlib import suppress

import pytest
from django.db import OperationalError, connection
from django.utils.timezone import now

from creative.models import Event
from creative.work import hold as holds
from creative.work import loop, process
from creative.work.hold import Hold
from creative.work.kinds import claim_next
from generation import estimates, runs
from generation.models import Batch
from generation.rendering import Batches
from generation.saving import Saver, Slot
from tests.painter import Painter

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connections to cut")


def work(painter: Painter, *, ahead: bool = True) -> int:
    with Saver(0) as saver:
        return loop.work([Batches(painter.load, saver)], worker="test", ahead=ahead)


def running() -> list[int]:
    return list(Batch.objects.filter(status="running").order_by("first").values_list("first", flat=True))


def seen_at_each_step(painter: Painter, *, two_at: Collection[int] = ()) -> list[list[int]]:
    """The running batches, some time after the step before; the third step of a batch is its last.

    At the steps in `two_at` a second one is waited for: a claimer's thread takes its time on a busy machine.
    """
    seen: list[list[int]] = []

    def look() -> None:
        time.sleep(0.1)
        deadline = time.monotonic() + 10
        while len(seen) in two_at and len(running()) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        seen.append(running())

    painter.before_each = look
    return seen


def test_the_next_batch_is_claimed_while_this_one_is_in_its_last_second(transactional_db, run, painter):
    seen = seen_at_each_step(painter, two_at=(2, 5))

    assert work(painter) == 3

    assert seen[0] == [0]
    assert seen[2] == [0, 2]
    assert seen[5] == [2, 4]
    assert run.candidates.count() == 5


def test_it_is_left_to_others_while_this_one_has_longer(transactional_db, run, painter, monkeypatch):
    monkeypatch.setattr(holds, "AHEAD_SECONDS", 0.01)
    seen = seen_at_each_step(painter)

    work(painter)

    assert seen[:3] == [[0], [0], [0]]


def test_nothing_is_claimed_ahead_unless_asked(transactional_db, run, painter):
    seen = seen_at_each_step(painter)

    work(painter, ahead=False)

    assert all(len(each) == 1 for each in seen)


def test_what_was_claimed_ahead_is_given_back_by_a_worker_that_is_stopped(transactional_db, run, painter):
    def stop() -> None:
        time.sleep(0.1)
        if running() == [0, 2]:
            raise KeyboardInterrupt

    painter.before_each = stop
    with pytest.raises(KeyboardInterrupt):
        work(painter)

    given_back = Batch.objects.get(first=2)
    assert (given_back.status, given_back.attempt, given_back.last_attempt) == ("queued", 1, 4)
    released = [event.data["batch"] for event in Event.objects.filter(act="batch.released")]
    assert released == [Batch.objects.get(first=0).pk, given_back.pk]
    assert Batch.objects.get(first=0).last_attempt == 4


def test_a_worker_that_is_asked_to_stop_ends_what_is_in_hand_and_claims_no_more(transactional_db, run, painter):
    painter.before_each = process.ask_to_stop
    try:
        assert work(painter) == 1
    finally:
        process.forget_stop()

    assert run.candidates.count() == 2
    assert set(Batch.objects.exclude(first=0).values_list("status", "attempt")) == {("queued", 0)}


def test_what_does_not_end_soon_is_given_back_by_a_worker_that_stops(
    transactional_db, run, painter, settings, monkeypatch
):
    settings.HEARTBEAT_SECONDS = 0.01
    monkeypatch.setattr(process, "FINISHING_SECONDS", 0)

    def stop() -> None:
        process.ask_to_stop()
        until(lambda: not running())

    painter.before_each = stop
    try:
        work(painter)
    finally:
        process.forget_stop()

    given_back = Batch.objects.get(first=0)
    assert (given_back.status, given_back.attempt, given_back.last_attempt) == ("queued", 1, 4)
    assert not run.candidates.exists()


def test_what_does_not_end_in_time_is_charged(transactional_db, run, painter, settings, monkeypatch):
    """In a worker its process is replaced as well: tests/generation/test_worker_killed.py."""
    settings.HEARTBEAT_SECONDS = 0.01
    monkeypatch.setattr(estimates, "UNKNOWN_SECONDS", 0.05)
    monkeypatch.setattr(estimates, "LEAST_SECONDS", 0.05)
    painter.before_each = lambda: until(lambda: not running())
    batch = claim_next(Batches, "test")
    loop.do(Batches(painter.load, Saver(0)), batch)

    batch.refresh_from_db()
    assert (batch.status, batch.attempt, batch.last_attempt) == ("queued", 1, settings.ATTEMPTS)
    assert batch.error == "It did not come to an end, and was stopped."


@on_postgresql
def test_a_heart_beats_on_after_its_connection_was_cut(transactional_db, run, settings, caplog):
    settings.HEARTBEAT_SECONDS = 0.05
    batch = claim_next(Batches, "test")
    with Hold(batch) as hold:
        for _ in range(2):
            Batch.objects.filter(pk=batch.pk).update(lease_until=now())
            until(lambda: Batch.objects.get(pk=batch.pk).lease_until > now())
            cut_all_others()

        assert not hold.is_lost
    assert "Could not renew the lease" in caplog.text


def cut_all_others() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@on_postgresql
def test_a_worker_whose_connection_is_cut_finishes_its_batch(transactional_db, run, painter, caplog):
    """In mid save: the picture is saved again, and the batch is not charged."""
    save = Slot.save
    cuts = iter([1])

    def cut_then_save(slot: Slot) -> None:
        for _ in cuts:
            connection.ensure_connection()
            pid = connection.connection.info.backend_pid
            with connection.cursor() as cursor, suppress(OperationalError):
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        save(slot)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Slot, "save", cut_then_save)
        with Saver(1) as saver:
            loop.work([Batches(painter.load, saver)], worker="test", ahead=True)

    assert run.candidates.count() == 5
    assert set(run.batches.values_list("status", "attempt")) == {("done", 1)}


def test_what_was_taken_over_while_the_database_was_away_has_one_more_attempt(run):
    batch = run.batches.get(first=0)
    batch.claim()
    other = Batch.objects.get(pk=batch.pk)
    Batch.objects.filter(pk=batch.pk).update(lease_until=now() - datetime.timedelta(seconds=1))
    other.claim()

    assert batch.excuse()
    assert not other.excuse()
    assert Batch.objects.get(pk=batch.pk).last_attempt == 4


def test_what_was_cancelled_between_is_not_made(transactional_db, run, painter, maya, monkeypatch):
    monkeypatch.setattr(holds, "STEP_SECONDS", 0)

    def cancel() -> None:
        if painter.steps == painter.STEPS - 1:  # the last one of the first batch: the next is being claimed
            deadline = time.monotonic() + 10
            while running() != [0, 2] and time.monotonic() < deadline:
                time.sleep(0.02)
            runs.cancel(run, by=maya)
        else:
            time.sleep(0.1)

    painter.before_each = cancel
    work(painter)

    assert not run.candidates.exists()
    assert len(painter.calls) <= 2


@pytest.mark.parametrize(
    ("steps", "called"),
    [
        ([(1, 1)], [1]),  # a model of one step
        ([(1, 3), (2, 3), (3, 3)], [2]),
        ([(10, 10), (11, 10)], [1]),  # more steps than were told
    ],
)
def test_nearly_done_is_said_once(run, steps, called):
    batch = run.batches.get(first=0)
    batch.claim()
    done: list[int] = []
    heard: list[int] = []
    hold = Hold(batch, nearly_done=lambda: heard.append(len(done)))
    for step, of in steps:
        done.append(step)
        hold.step(step, of)

    assert heard == called
