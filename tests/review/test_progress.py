"""Each row of the table of states, and what a brief's row says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from creative import briefs, money, stages
from creative.models import Project
from creative.work import loop
from generation import runs
from generation.models import Batch, Run
from review import progress
from review.culling import marking, shortlist
from review.models import SignOff, Version
from review.progress import State
from review.signing import signoff, standing
from tests import make
from tests.painter import Choosy


def state(brief) -> State:
    return progress.overview(brief).state


def stop(run: Run) -> None:
    for batch in run.batches.all():
        batch.claim()
        batch.fail("The disk is full", for_good=True)


def test_never_submitted_is_a_draft(draft):
    row = progress.overview(draft)

    assert (row.state, row.sentence) == (State.DRAFT, "Not submitted yet")


def test_nothing_made_and_nobody_at_it_is_queued(run, brief):
    row = progress.overview(brief)

    assert (row.state, row.sentence) == (State.QUEUED, "0 of 5 made")


def test_a_worker_at_it_is_generating(run, brief):
    run.batches.order_by("first")[0].claim()

    assert state(brief) == State.GENERATING


def test_something_made_and_the_rest_queued_is_generating(run, brief, painter, full_stop):
    full_stop(after=1)
    make.candidates(run, painter)

    row = progress.overview(brief)
    assert (row.state, row.sentence) == (State.GENERATING, "2 of 5 made")


@pytest.fixture
def full_stop(monkeypatch):
    """`full_stop(after=1)`: the worker goes away after so many batches, and the rest stays queued."""
    claim = loop.claim_next

    def arrange(after: int) -> None:
        left = iter(range(after))
        monkeypatch.setattr(
            loop, "claim_next", lambda *of, **how: claim(*of, **how) if next(left, None) is not None else None
        )

    return arrange


@pytest.mark.parametrize("end", [stop, lambda run: runs.cancel(run, by=run.started_by)], ids=["failed", "cancelled"])
def test_ended_with_nothing_made_is_stopped_and_a_retry_queues_it_again(run, brief, maya, end):
    end(run)
    assert state(brief) == State.STOPPED

    runs.retry(run, by=maya)
    assert state(brief) == State.QUEUED


def test_failed_with_something_made_is_culling(run, brief, painter, full_stop):
    full_stop(after=1)
    make.candidates(run, painter)
    for batch in run.batches.filter(status=Batch.Status.QUEUED):
        batch.claim()
        batch.fail("The disk is full", for_good=True)

    assert state(brief) == State.CULLING


def test_refused_slots_are_counted_beside_what_was_made(run, brief):
    make.candidates(run, Choosy({run.recipe.seed_for(1)}))

    found = progress.overview(brief)
    assert (found.state, found.made, found.refused) == (State.CULLING, 4, 1)
    assert found.sentence == "4 candidates wait to be culled, 1 refused"
    assert not found.can_be_retried


def test_refused_whole_is_stopped_and_can_not_be_tried_again(run, brief):
    make.candidates(run, Choosy([run.recipe.seed_for(index) for index in range(5)]))

    found = progress.overview(brief)
    assert (found.state, found.sentence) == (State.STOPPED, "The model refused all of it")


def test_what_a_cancelled_run_was_for_is_not_awaited_any_more(run, brief, maya, client):
    runs.cancel(run, by=maya)
    runs.top_up(brief, by=maya, count=3)

    assert progress.overview(brief).sentence == "0 of 3 made"
    client.force_login(maya)
    assert '<progress value="0" max="3"' in client.get(f"/briefs/{brief.pk}/").content.decode()


def test_all_made_and_nothing_in_review_is_culling(candidates, brief):
    row = progress.overview(brief)

    assert (row.state, row.sentence) == (State.CULLING, "5 candidates wait to be culled")


def test_a_top_up_that_runs_does_not_change_culling(candidates, brief, maya):
    more = runs.top_up(brief, by=maya, count=3)
    assert state(brief) == State.CULLING
    more.batches.order_by("first")[0].claim()
    assert state(brief) == State.CULLING

    row = progress.overview(brief)
    assert row.run == more
    assert (row.made, row.ordered) == (5, 8)


def test_a_failed_top_up_leaves_culling(candidates, brief, maya):
    stop(runs.top_up(brief, by=maya, count=3))

    assert state(brief) == State.CULLING


def test_an_undecided_asset_is_in_review(version, brief, bea):
    row = progress.overview(brief)
    assert (row.state, row.sentence) == (State.IN_REVIEW, "Waiting for brand")

    make.signed(version, bea, stages.BRAND)
    assert progress.overview(brief).sentence == "Waiting for legal"


def test_every_asset_decided_and_as_many_approved_as_wanted_is_done(approved, candidates, brief, dan, bea, leo):
    row = progress.overview(brief)
    assert (row.state, row.sentence) == (State.CULLING, "1 of 2 approved, 5 candidates wait to be culled")

    second = make.asset(candidates[1], dan).versions.get()
    assert state(brief) == State.IN_REVIEW
    make.signed(second, bea, stages.BRAND)
    make.signed(second, leo, stages.LEGAL)
    row = progress.overview(brief)
    assert (row.state, row.sentence) == (State.DONE, "2 approved")

    other = make.asset(candidates[2], dan).versions.get()
    make.signed(other, bea, stages.BRAND, SignOff.Decision.REJECTED, "Six toes.")
    assert state(brief) == State.DONE


def test_a_second_version_of_the_same_asset_is_no_second_approval(approved, asset, candidates, brief, dan, bea, leo):
    shortlist.add(candidates[1], by=dan)
    newer = make.replaced(asset, candidates[1], dan)
    make.signed(newer, bea, stages.BRAND)
    make.signed(newer, leo, stages.LEGAL)

    assert state(brief) == State.CULLING


def test_candidates_that_came_since_wait_until_somebody_judged_them(project, maya, dan, bea, leo, preset):
    run = make.run(project, maya, preset, target=1)
    version = make.asset(make.to_cull(run)[0], dan).versions.get()
    make.signed(version, bea, stages.BRAND)
    make.signed(version, leo, stages.LEGAL)
    assert state(run.brief) == State.DONE

    late = make.to_cull(runs.top_up(run.brief, by=maya, count=2))
    assert state(run.brief) == State.CULLING

    for candidate in late:
        marking.flag(candidate, by=dan, value="reject")
    assert state(run.brief) == State.DONE


def test_changes_required_on_the_only_asset_is_culling_again(version, brief, bea):
    make.signed(version, bea, stages.BRAND, SignOff.Decision.CHANGES, "Wrong red.")

    row = progress.overview(brief)
    assert (row.state, row.sentence) == (State.CULLING, "1 sent back for changes")


def test_rejected_without_any_approved_is_culling_again(version, brief, bea):
    make.signed(version, bea, stages.BRAND, SignOff.Decision.REJECTED, "Six toes.")

    assert state(brief) == State.CULLING


def test_a_withdrawn_signature_is_in_review_again_and_a_withdrawn_version_is_not(approved, brief, leo):
    signoff.withdraw(approved.signoffs.get(stage=stages.LEGAL), by=leo, reason="A claim came in.")
    assert state(brief) == State.IN_REVIEW

    signoff.withdraw_version(approved, by=leo, reason="Recalled.")
    assert state(brief) == State.CULLING


def test_an_assets_state_is_its_newest_versions(approved, asset, candidates, brief, dan):
    shortlist.add(candidates[3], by=dan)
    make.replaced(asset, candidates[3], dan)

    row = progress.overview(brief)
    assert row.state == State.IN_REVIEW
    assert [version.number for version in row.versions] == [2]


def test_archived_is_a_persons_act_whatever_the_rest_says(approved, brief, maya):
    briefs.archive(brief, by=maya)
    assert state(brief) == State.ARCHIVED

    briefs.restore(brief, by=maya)
    assert state(brief) == State.CULLING


def test_a_new_open_revision_does_not_change_where_a_brief_is(candidates, brief, maya):
    briefs.write(brief, by=maya, mood="calm")

    row = progress.overview(brief)
    assert (row.state, row.revision.number) == (State.CULLING, 2)


def test_every_state_has_a_sentence(db):
    for found in State:
        assert progress.Overview(brief=None, revision=None, state=found).sentence


def test_every_state_of_a_version_is_derived(version, bea, leo):
    def now() -> Version.State:
        return standing.with_state(Version.objects.all()).get(pk=version.pk).state

    assert now() == Version.State.IN_REVIEW
    make.signed(version, bea, stages.BRAND)
    legal = make.signed(version, leo, stages.LEGAL, SignOff.Decision.CHANGES, "Say who it is.")
    assert now() == Version.State.CHANGES
    signoff.withdraw(legal, by=leo, reason="My mistake.")
    assert now() == Version.State.IN_REVIEW
    make.signed(version, leo, stages.LEGAL)
    assert now() == Version.State.APPROVED
    signoff.withdraw_version(version, by=leo, reason="Recalled.")
    assert now() == Version.State.WITHDRAWN


def test_spending_counts_wasted_attempts_and_a_price_an_approved_asset(approved, brief, run):
    before = progress.overview(brief).spent
    for what, subject in (("batch", 1), ("batch", 1), ("reproduction", 1)):
        where = {"brief": brief.pk, "project": brief.project_id}
        money.spend(what, subject=subject, seconds=10, price=run.price, **where)

    spent = progress.overview(brief).spent

    assert (spent.seconds - before.seconds, spent.money - before.money) == (30, Decimal("0.3"))
    assert (spent.approved, spent.pictures) == (1, 1)
    assert spent.per_approved == spent.per_picture == spent.money
    assert progress.spent_in(Project.objects.all()) == spent


def test_nothing_approved_has_no_price(candidates, brief):
    assert progress.overview(brief).spent.per_approved is None


def test_many_briefs_cost_as_many_queries_as_one(project, maya, dan, preset, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def seed(count: int) -> list:
        made = [make.run(project, maya, preset, title=f"Brief {n}", count=2) for n in range(count)]
        make.candidates(made[0])
        for run in made:
            make.asset(run.candidates.order_by("index")[0], dan)
        return [run.brief for run in made]

    one, many = seed(1), seed(5)
    with CaptureQueriesContext(connection) as queries:
        progress.overviews(one)

    with django_assert_num_queries(len(queries)):
        rows = progress.overviews([*one, *many])

    assert [row.brief for row in rows] == [*one, *many]
    assert {row.state for row in rows} == {State.IN_REVIEW}
