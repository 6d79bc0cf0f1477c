from __future__ import annotations

import datetime

from django.utils.timezone import now

from creative import policy
from creative.models import Event
from creative.work.kinds import claim_next
from generation import runs, scheduling, tasks
from generation.models import Batch
from generation.rendering import Batches
from tests import make


def lapse(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).update(lease_until=now() - datetime.timedelta(seconds=1))


def test_batches_are_taken_in_their_order_oldest_run_first(run, project, maya, preset):
    make.run(project, maya, preset, title="Second", count=2)

    taken = [claim_next(Batches, "worker") for _ in range(5)]

    assert [(batch.run_id - run.pk, batch.first) for batch in taken[:4]] == [(0, 0), (0, 2), (0, 4), (1, 0)]
    assert taken[4] is None


def test_two_workers_share_a_run(run):
    one, other = claim_next(Batches, "one"), claim_next(Batches, "other")

    assert (one.first, other.first) == (0, 2)
    assert set(run.batches.filter(status="running").values_list("worker", flat=True)) == {"one", "other"}


def test_what_a_dead_worker_left_is_taken_before_what_came_later(run):
    dead = claim_next(Batches, "dead")
    lapse(dead)

    taken = claim_next(Batches, "other")

    assert taken == dead
    assert taken.attempt == 2


def test_a_cancelled_run_is_passed_over(run, project, maya, preset):
    later = make.run(project, maya, preset, title="Second")
    runs.cancel(run, by=maya)

    assert claim_next(Batches, "worker").run == later


def test_losing_the_race_for_one_batch_takes_the_next(run, monkeypatch):
    claim = Batch.claim

    def late(batch, *, worker):
        if batch.first == 0:
            claim(Batch.objects.get(pk=batch.pk), worker="rival")
        return claim(batch, worker=worker)

    monkeypatch.setattr(Batch, "claim", late)

    assert claim_next(Batches, "slow").first == 2


def test_a_claim_is_in_the_audit_log_with_its_worker(run):
    batch = claim_next(Batches, "gpu-1:77")

    event = Event.objects.get(act="batch.claimed")
    assert (event.actor_id, event.data) == (None, {"batch": batch.pk, "attempt": 1, "worker": "gpu-1:77"})


def test_the_sweep_says_whether_anything_waits(run):
    assert scheduling.sweep()

    for _ in range(3):
        claim_next(Batches, "worker")
    assert not scheduling.sweep()

    lapse(run.batches.first())
    assert scheduling.sweep()


def test_a_cancel_ends_what_is_open_whoever_holds_it(run, maya):
    batch = claim_next(Batches, "dead")
    runs.cancel(run, by=maya)

    assert set(run.batches.values_list("status", "lease_until")) == {("cancelled", None)}
    assert all(run.batches.values_list("finished_at", flat=True))
    assert not batch.renew()
    assert not scheduling.sweep()


def test_a_retry_puts_back_what_was_cancelled_and_fences_off_whoever_held_it(run, maya):
    held = claim_next(Batches, "slow")
    runs.cancel(run, by=maya)
    runs.retry(run, by=maya)

    assert not held.renew() and not held.succeed()
    taken = claim_next(Batches, "other")
    assert (taken, taken.attempt) == (held, 2)
    assert not held.renew() and not held.succeed()


def test_the_sweep_twice_does_what_it_does_once(run, settings):
    Batch.objects.update(status="running", lease_until=now() - datetime.timedelta(seconds=1), attempt=settings.ATTEMPTS)

    assert [scheduling.sweep(), scheduling.sweep()] == [False, False]
    assert Event.objects.filter(act="batch.failed").count() == 3


def test_the_sweep_rings_only_when_something_waits(run, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as bells:
        tasks.sweep_batches()
    assert len(bells) == 1

    Batch.objects.all().delete()
    with django_capture_on_commit_callbacks() as bells:
        tasks.sweep_batches()
    assert bells == []


def test_what_policy_forbids_meanwhile_is_not_made(project, maya, preset, pia, leo):
    make.agreed_policy(make.REGULATED_ALLOWED, written_by=pia, agreed_by=leo)
    run = make.run(project, maya, preset, use_class="regulated", count=2)
    make.agreed_policy(policy.SHIPPED, written_by=pia, agreed_by=leo)

    assert claim_next(Batches, "worker") is None

    [batch] = run.batches.all()
    assert batch.status == Batch.Status.FAILED
    assert "refused until a policy version" in batch.error
