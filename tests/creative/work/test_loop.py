"""A worker's loop claims the next while it is at the one before."""

from __future__ import annotations

import time
from collections.abc import Collection

import pytest

from creative.models import Event
from creative.work import hold as holds
from creative.work import loop
from creative.work.hold import Hold
from generation import runs
from generation.models import Batch
from generation.rendering import Batches
from generation.saving import Saver
from tests.painter import Painter


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
    assert Event.objects.get(act="batch.released").data["batch"] == given_back.pk


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
