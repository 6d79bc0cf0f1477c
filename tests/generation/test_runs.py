from __future__ import annotations

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from creative import briefs, policy
from creative.errors import Refused
from creative.models import Event
from generation import runs
from generation.models import Batch, Run
from generation.recipe import SEEDS
from tests import make


def state(run: Run) -> Run.State:
    return Run.objects.with_state().get(pk=run.pk).state


def fail(run: Run) -> None:
    for batch in run.batches.all():
        batch.claim()
        batch.fail("The disk is full", for_good=True)


def test_submitting_freezes_what_was_asked_and_how_it_is_made(run, draft, preset, maya):
    revision = run.revision

    assert revision.submitted_at
    assert (run.count, run.first, run.policy, run.started_by) == (5, 0, 0, maya)
    assert run.recipe.prompt.startswith("glossy red sneaker")
    assert run.recipe.preset == preset.snapshot()


def test_a_run_keeps_its_recipe_when_brief_and_preset_change(run, brief, preset, maya):
    before = run.recipe
    briefs.write(brief, by=maya, subject="a green boat on a lake")
    preset.parameters["steps"] = 50
    preset.save(update_fields=["parameters"])

    assert Run.objects.get(pk=run.pk).recipe == before


def test_a_run_is_cut_into_batches_of_the_presets_size(run):
    assert list(run.batches.order_by("first").values_list("first", "count")) == [(0, 2), (2, 2), (4, 1)]


def test_ordering_rings_once_it_stands(draft, preset, maya, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as bells:
        runs.submit(draft, by=maya, preset=preset)

    assert len(bells) == 1


def test_a_broker_that_is_away_does_not_undo_an_order(draft, preset, maya, monkeypatch, caplog):
    from django.db import connection
    from kombu.exceptions import OperationalError

    from creative.work import bell

    def away(*args, **kwargs):
        raise OperationalError("nobody there")

    monkeypatch.setattr(bell, "is_unheard", away)
    run = runs.submit(draft, by=maya, preset=preset)
    for _, ring, *_ in connection.run_on_commit:
        bell.send(*ring.args)

    assert state(run) == Run.State.QUEUED
    assert "the sweep will ring again" in caplog.text


def test_submitting_twice_orders_once(draft, preset, maya, dan):
    runs.submit(draft, by=maya, preset=preset)
    with pytest.raises(Refused, match="already submitted"):
        runs.submit(draft, by=dan, preset=preset)

    assert draft.runs.count() == 1


def test_a_new_revision_gets_a_run_of_its_own_after_the_first_ones_indexes(run, brief, preset, maya):
    briefs.write(brief, by=maya, subject="a green boat on a still lake", count=3)
    second = runs.submit(brief, by=maya, preset=preset)

    assert (second.first, second.count, second.revision.number) == (5, 3, 2)
    assert second.recipe.prompt.startswith("a green boat")


def test_regulated_use_is_refused_on_submit_and_nothing_is_half_done(project, preset, maya):
    brief = make.draft(project, maya, use_class="regulated")

    with pytest.raises(Refused, match="Regulated use is refused until"):
        runs.submit(brief, by=maya, preset=preset)

    assert briefs.newest(brief).submitted_at is None
    assert not Run.objects.exists()
    assert not Event.objects.filter(act="brief.submitted").exists()


@pytest.fixture
def regulated(project, preset, maya, pia, leo):
    """Ordered while policy allowed it, which it does no more."""
    make.agreed_policy(make.REGULATED_ALLOWED, written_by=pia, agreed_by=leo)
    run = make.run(project, maya, preset, use_class="regulated")
    make.agreed_policy(policy.SHIPPED, written_by=pia, agreed_by=leo)
    return run


def test_the_run_names_the_policy_version_that_allowed_it(regulated):
    assert regulated.policy == 1


def test_policy_is_asked_again_on_every_path_to_the_gpu(regulated, preset, maya):
    fail(regulated)
    paths = (
        lambda: runs.top_up(regulated.brief, by=maya, count=1),
        lambda: runs.retry(regulated, by=maya),
        lambda: runs.start(regulated.revision, by=maya, preset=preset, count=1),
    )
    for path in paths:
        with pytest.raises(Refused, match="Regulated use is refused until"):
            path()

    assert Run.objects.count() == 1
    assert state(regulated) == Run.State.FAILED


def test_a_top_up_goes_on_with_the_next_seeds_of_the_same_recipe(run, brief, dan):
    more = runs.top_up(brief, by=dan, count=3)

    assert (more.first, more.count, more.started_by) == (5, 3, dan)
    assert more.recipe == run.recipe
    seeds = [run.recipe.seed_for(i) for i in range(5)] + [more.recipe.seed_for(i) for i in range(5, 8)]
    assert seeds == [(run.recipe.seed + index) % SEEDS for index in range(8)]


def test_a_top_up_makes_only_what_is_new(candidates, brief, painter, maya):
    more = runs.top_up(brief, by=maya, count=3)
    made = make.candidates(more, painter)

    assert [candidate.index for candidate in made] == [5, 6, 7]
    assert len({c.seed for c in [*candidates, *made]}) == len({c.sha256 for c in [*candidates, *made]}) == 8


def test_a_brief_that_was_never_submitted_is_not_topped_up(draft, maya):
    with pytest.raises(Refused, match="never submitted"):
        runs.top_up(draft, by=maya, count=5)


@pytest.mark.parametrize("count", [0, -1, 101])
def test_a_run_makes_1_to_100(run, brief, maya, count):
    with pytest.raises(Refused, match="A run makes 1 to 100"):
        runs.top_up(brief, by=maya, count=count)

    assert brief.runs.count() == 1


def test_a_brief_holds_at_most_1000(run, brief, maya, monkeypatch):
    monkeypatch.setattr(runs, "MOST_A_BRIEF", 7)
    runs.top_up(brief, by=maya, count=2)

    with pytest.raises(Refused, match="at most 7 candidates"):
        runs.top_up(brief, by=maya, count=1)


def test_an_open_revision_starts_nothing(draft, preset, maya):
    with pytest.raises(Refused, match="Submit the brief first"):
        runs.start(briefs.newest(draft), by=maya, preset=preset, count=1)


@pytest.mark.parametrize(("change", "said"), [({"retired": True}, "is retired"), ({"weights": ""}, "was not measured")])
def test_a_preset_that_cannot_run_is_refused(draft, maya, change, said):
    with pytest.raises(Refused, match=said):
        runs.submit(draft, by=maya, preset=make.preset(**change))

    assert briefs.newest(draft).submitted_at is None


def test_two_runs_on_the_same_indexes_are_refused_by_the_database(run):
    run.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        run.save(force_insert=True)


def test_cancelling_twice_with_stale_handles_cancels_once(run, maya, dan):
    one, other = Run.objects.get(pk=run.pk), Run.objects.get(pk=run.pk)

    assert [runs.cancel(one, by=maya), runs.cancel(other, by=dan)] == [True, False]
    assert Run.objects.get(pk=run.pk).cancelled_by == maya
    assert Event.objects.filter(act="run.cancelled").count() == 1
    assert state(run) == Run.State.CANCELLED


def test_a_finished_run_is_not_cancelled(run, candidates, maya):
    assert not runs.cancel(run, by=maya)
    assert state(run) == Run.State.DONE


def test_a_cancelled_run_is_claimed_by_nobody(run, painter, maya):
    runs.cancel(run, by=maya)

    assert make.candidates(run, painter) == []
    assert painter.calls == []


def test_a_retry_of_a_cancelled_run_makes_what_is_missing_and_nothing_twice(run, painter, maya):
    painter.before_each = lambda: runs.cancel(run, by=maya) if len(painter.calls) == 2 else None
    first = make.candidates(run, painter)
    assert state(run) == Run.State.CANCELLED
    painter.before_each = lambda: None
    before = painter.seeds

    assert runs.retry(run, by=maya)
    made = make.candidates(run, painter)

    assert [candidate.index for candidate in made] == [0, 1, 2, 3, 4]
    assert {candidate.pk for candidate in first} <= {candidate.pk for candidate in made}
    assert {c.seed for c in first}.isdisjoint(painter.seeds[len(before) :])
    assert state(run) == Run.State.DONE


def test_a_retry_of_a_failed_run_gives_it_all_its_attempts_again(run, maya):
    fail(run)
    assert state(run) == Run.State.FAILED

    assert runs.retry(run, by=maya)

    assert state(run) == Run.State.QUEUED
    left = {(batch.last_attempt - batch.attempt, batch.error) for batch in run.batches.all()}
    assert left == {(settings.ATTEMPTS, "")}
    assert len(make.candidates(run)) == 5


def test_a_retry_never_lowers_the_fence(run, maya):
    stale = run.batches.first()
    stale.claim()
    stale.fail("broken", for_good=True)
    runs.retry(run, by=maya)
    assert run.batches.first().claim()

    assert not stale.renew()
    assert not stale.succeed()


def test_a_retry_of_what_has_not_failed_does_nothing(run, maya):
    assert not runs.retry(run, by=maya)
    assert not Event.objects.filter(act="run.retried").exists()


def test_the_states_of_a_run_come_in_their_order(run, maya):
    first, second, third = run.batches.order_by("first")
    assert state(run) == Run.State.QUEUED

    first.claim()
    assert state(run) == Run.State.RUNNING
    first.fail("broken", for_good=True)
    assert state(run) == Run.State.QUEUED  # a failed batch counts once none is open

    for batch in (second, third):
        batch.claim()
        batch.succeed()
    assert state(run) == Run.State.FAILED

    runs.retry(run, by=maya)
    first.refresh_from_db()
    first.claim()
    first.succeed()
    assert state(run) == Run.State.DONE


def test_who_did_what_to_a_run_is_in_the_audit_log(run, brief, maya, dan):
    runs.top_up(brief, by=dan, count=1)
    runs.cancel(run, by=maya)
    runs.retry(run, by=maya)

    events = Event.objects.filter(act__startswith="run.").order_by("sequence")
    assert [(event.act, event.actor_id) for event in events] == [
        ("run.started", maya.pk),
        ("run.topped_up", dan.pk),
        ("run.cancelled", maya.pk),
        ("run.retried", maya.pk),
    ]
    assert {event.brief_id for event in events} == {brief.pk}
    assert events[0].data == {"run": run.pk, "revision": 1, "count": 5, "policy": 0}


def test_starting_with_a_seed_uses_it(draft, preset, maya):
    revision = briefs.submit(draft, by=maya)

    assert runs.start(revision, by=maya, preset=preset, count=1, seed=7).recipe.seed == 7


def test_a_batch_without_a_lease_is_not_running_and_the_database_says_so(run):
    with pytest.raises(IntegrityError, match="leased_exactly_while_running"), transaction.atomic():
        Batch.objects.update(status=Batch.Status.RUNNING)


def test_an_archived_brief_gets_no_more_until_it_is_brought_back(run, maya):
    runs.cancel(run, by=maya)
    briefs.archive(run.brief, by=maya)

    for order in (lambda: runs.top_up(run.brief, by=maya, count=1), lambda: runs.retry(run, by=maya)):
        with pytest.raises(Refused, match="archived"):
            order()

    briefs.restore(run.brief, by=maya)
    assert runs.retry(run, by=maya)


def test_a_model_for_no_commercial_use_makes_nothing_for_customers(project, maya):
    noncommercial = make.preset(name="flux-dev", commercial_use=False)
    with pytest.raises(Refused, match="“flux-dev” may not be used commercially"):
        make.run(project, maya, noncommercial)
    assert not Run.objects.exists()

    assert make.run(project, maya, noncommercial, use_class="internal").count == 5
