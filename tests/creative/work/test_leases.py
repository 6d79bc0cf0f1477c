"""Two stale handles on one row: exactly one of them makes each transition."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from creative.models import Event
from creative.work import kinds, leases
from generation import runs, scheduling
from generation.models import Batch
from generation.rendering import Batches


@pytest.fixture
def batch(run) -> Batch:
    return run.batches.order_by("first")[0]


def again(batch: Batch) -> Batch:
    """A handle of its own, as another process has it."""
    return Batch.objects.get(pk=batch.pk)


def lapse(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).update(lease_until=now() - datetime.timedelta(seconds=1))


def test_one_of_two_claims_wins(batch):
    one, other = again(batch), again(batch)

    assert [one.claim(worker="one"), other.claim(worker="other")] == [True, False]
    assert (again(batch).status, again(batch).worker, again(batch).attempt) == ("running", "one", 1)


def test_a_lease_that_lapsed_is_claimed_by_another(batch):
    one, other = again(batch), again(batch)
    one.claim(worker="one")
    lapse(batch)

    assert other.claim(worker="other")
    assert (again(batch).worker, again(batch).attempt) == ("other", 2)


def test_who_slept_past_the_lease_can_do_nothing_any_more(batch):
    slept, other = again(batch), again(batch)
    slept.claim(worker="slept")
    lapse(batch)
    other.claim(worker="other")

    assert not slept.renew(step=9)
    assert not slept.succeed()
    assert not slept.fail("too late")
    assert not slept.release()
    assert (again(batch).status, again(batch).worker, again(batch).step) == ("running", "other", 0)
    assert other.renew()


@pytest.mark.parametrize("seconds", [-75, 75])
def test_a_worker_whose_clock_is_wrong_holds_what_it_claimed_and_is_named(batch, monkeypatch, seconds, caplog):
    wrong = lambda: now() + datetime.timedelta(seconds=seconds)  # noqa: E731
    with monkeypatch.context() as patch:
        patch.setattr(leases, "now", wrong)
        patch.setattr(kinds, "now", wrong)
        held = kinds.claim_next(Batches, "skewed")
        assert held.renew()
        assert not Batch.objects.lapsed().exists()
        assert not again(held).claim()

    assert not again(held).claim()
    assert f"The clock of skewed is {str(seconds)[:2]}" in caplog.text


def test_a_lapsed_lease_that_nobody_took_is_still_its_holders(batch):
    batch.claim()
    lapse(batch)

    assert batch.renew()
    assert again(batch).lease_until > now()


def test_a_renewed_lease_is_not_claimed(batch):
    one, other = again(batch), again(batch)
    one.claim()
    one.renew()

    assert not other.claim()


@pytest.mark.parametrize(
    "end",
    [lambda b: b.succeed(), lambda b: b.fail("broken"), lambda b: b.release()],
    ids=["succeed", "fail", "release"],
)
def test_one_of_two_ends_counts(batch, end):
    batch.claim()
    one, other = again(batch), again(batch)

    assert [end(one), end(other)] == [True, False]
    assert again(batch).lease_until is None


def test_succeeding_and_failing_at_once_does_one_of_them(batch):
    batch.claim()
    one, other = again(batch), again(batch)

    assert [one.succeed(), other.fail("broken", for_good=True)] == [True, False]
    assert (again(batch).status, again(batch).error) == ("done", "")


def test_what_is_done_is_not_claimed_again(batch):
    batch.claim()
    batch.succeed()

    assert not again(batch).claim()


def test_a_failure_goes_back_to_the_queue_until_the_attempts_are_spent(batch, settings):
    settings.ATTEMPTS = 3
    seen = []
    for _ in range(3):
        assert batch.claim()
        assert batch.fail("The disk is full")
        seen.append(again(batch).status)

    assert seen == ["queued", "queued", "failed"]
    assert again(batch).error == "The disk is full"
    assert again(batch).finished_at
    assert not batch.claim()


def test_a_failure_for_good_is_not_tried_again(batch):
    batch.claim()
    batch.fail("refused", for_good=True)

    assert (again(batch).status, again(batch).attempt) == ("failed", 1)


def test_a_new_claim_forgets_the_old_error(batch):
    batch.claim()
    batch.fail("The disk is full")
    batch.claim()

    assert again(batch).error == ""


def test_a_long_error_is_cut_to_what_fits(batch):
    batch.claim()

    assert batch.fail("x" * 2000)
    assert len(again(batch).error) == 500


def test_what_was_given_back_is_free_at_once_but_its_old_holder_stays_fenced(batch):
    slept, other = again(batch), again(batch)
    slept.claim()
    other.refresh_from_db()
    other.release()

    assert not slept.renew()
    assert other.claim()
    assert other.attempt == 2


def test_a_cancel_ends_it_whoever_holds_it(batch):
    held, other = again(batch), again(batch)
    held.claim(worker="one")

    assert [other.cancel(), again(batch).cancel()] == [True, False]
    assert (again(batch).status, again(batch).lease_until) == ("cancelled", None)
    assert again(batch).finished_at
    assert not held.renew() and not held.succeed() and not held.fail("too late") and not held.release()
    assert not again(batch).claim()


def test_what_is_done_is_not_cancelled(batch):
    batch.claim()
    batch.succeed()

    assert not batch.cancel()
    assert again(batch).status == "done"


def test_what_was_cancelled_is_queued_again_with_all_its_attempts_and_its_old_holder_fenced_off(batch, settings):
    held = again(batch)
    held.claim()
    batch.cancel()

    assert Batch.objects.filter(pk=batch.pk).requeue() == 1
    assert not held.renew()
    assert again(batch).last_attempt == 1 + settings.ATTEMPTS
    assert again(batch).claim()
    assert not held.renew() and not held.succeed()


@pytest.mark.parametrize("status", ["done", "failed", "cancelled"])
def test_the_database_holds_that_what_ended_says_when(batch, status):
    for wrong in ({"status": status}, {"finished_at": now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Batch.objects.filter(pk=batch.pk).update(**wrong)


def test_a_cancelled_run_loses_its_lease_at_the_next_beat(batch, run, maya):
    batch.claim()
    runs.cancel(run, by=maya)

    assert not batch.renew()


def test_a_worker_that_died_every_time_fails_the_batch_in_a_sentence(batch, settings):
    for _ in range(settings.ATTEMPTS):
        assert again(batch).claim()
        lapse(batch)

    assert not again(batch).claim()
    scheduling.sweep()

    assert again(batch).status == "failed"
    assert again(batch).error == "The worker stopped without a word 3 times while making these pictures."
    assert Event.objects.filter(act="batch.failed", payload__data__batch=batch.pk).count() == 1


@pytest.mark.parametrize("move", ["claim", "renew", "succeed", "release", "cancel"])
def test_every_guard_stands_in_the_updates_own_where(batch, move, django_assert_num_queries):
    """In a subquery, PostgreSQL would not ask it again after waiting for a rival: both would win."""
    if move != "claim":
        batch.claim()
    with django_assert_num_queries(2 if move == "claim" else 1) as queries:
        getattr(batch, move)()

    update = queries[0]["sql"]
    assert update.startswith("UPDATE")
    assert " IN (SELECT" not in update
