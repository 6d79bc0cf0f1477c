from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import now

from creative.models import Event
from creative.work import kinds, loop
from generation import checking, checkings, checks, tasks
from generation.checks import Check, Finding, Missing
from generation.models import Batch, Candidate, Checking
from tests import make


@pytest.fixture
def candidate(run) -> Candidate:
    """Saved by a worker's hand, so that its checks wait."""
    return make.to_cull(run)[0]


@pytest.fixture
def use(monkeypatch):
    """These checks alone."""

    def put(*these: Check) -> None:
        for each in (checks, checking, checkings):
            monkeypatch.setattr(each, "CHECKS", {check.name: check for check in these})

    return put


def saw(picture, seen):
    return [Finding("text", (1, 2, 3, 4), 0.75, "Reads “sale”."), Finding("flat", None, 0.5, "Flat.")]


def nothing(picture, seen):
    return []


def breaks(picture, seen):
    raise RuntimeError("no")


def lacks(picture, seen):
    raise Missing("Install it.")


def only(candidate: Candidate) -> Checking:
    """The other candidates of the run wait for nothing."""
    Checking.objects.exclude(candidate=candidate).cancel()
    checking.work(worker="test")
    return candidate.checkings.get()


def test_a_picture_that_is_saved_waits_for_its_checks(run, painter):
    made = make.candidates(run, painter)

    assert [each.checkings.get().status for each in made] == ["queued"] * 5


def test_what_a_check_sees_stands_beside_the_picture(candidate, use):
    use(Check("eyes", "Eyes", 3, saw))
    done = only(candidate)

    assert done.is_done
    assert done.versions == {"eyes": 3}
    told = [(each.kind, each.box, each.sure, each.check_name, each.version) for each in done.findings.order_by("pk")]
    assert told == [("text", (1, 2, 3, 4), 0.75, "eyes", 3), ("flat", None, 0.5, "eyes", 3)]


def test_the_log_tells_of_it(candidate, use):
    use(Check("eyes", "Eyes", 3, saw))
    only(candidate)

    line = Event.objects.get(act="checking.done")
    assert (line.data["candidate"], line.data["findings"], line.data["not_run"]) == (candidate.pk, 2, [])


def test_a_check_that_breaks_or_lacks_something_costs_its_own_findings(candidate, use):
    use(Check("broken", "Broken", 1, breaks), Check("lacking", "Lacking", 1, lacks), Check("eyes", "Eyes", 1, saw))
    done = only(candidate)

    assert done.is_done
    assert done.findings.count() == 2
    assert done.not_run == {
        "broken": "It broke. Whoever runs this site finds why in the worker's log.",
        "lacking": "Install it.",
    }
    assert done.versions == {"eyes": 1}


def test_a_check_that_kills_its_worker_is_let_be_and_the_others_run(candidate, use, settings):
    use(Check("deadly", "Deadly", 1, nothing), Check("eyes", "Eyes", 1, saw))
    row = candidate.checkings.get()
    for _ in range(2):
        row.claim(worker="killed")
        checking._begin(row, checks.CHECKS["deadly"])
        Checking.objects.filter(pk=row.pk).update(lease_until="2000-01-01T00:00Z")
    done = only(candidate)

    assert done.is_done
    assert done.not_run == {"deadly": "It stopped its worker 2 times."}
    assert done.findings.count() == 2


def test_what_was_found_before_a_worker_died_is_not_looked_for_again(candidate, use):
    use(Check("eyes", "Eyes", 1, saw), Check("more", "More", 1, nothing))
    row = candidate.checkings.get()
    row.claim(worker="killed")
    checking._write_down(row, checks.CHECKS["eyes"], saw(None, None), {"version": 1, "because": "", "ms": 1})
    Checking.objects.filter(pk=row.pk).update(lease_until="2000-01-01T00:00Z")

    assert only(candidate).findings.count() == 2


def test_who_lost_the_claim_writes_nothing(candidate, use):
    use(Check("eyes", "Eyes", 1, saw))
    row, other = candidate.checkings.get(), candidate.checkings.get()
    row.claim(worker="slow")
    Checking.objects.filter(pk=row.pk).update(lease_until="2000-01-01T00:00Z")
    other.claim(worker="quick")
    loop.do(checking.Checkings(), row)

    assert not row.findings.exists()
    assert candidate.checkings.get().worker == "quick"


def test_checks_run_again_take_the_place_of_the_ones_before_once_they_are_done(candidate, use, dan):
    use(Check("eyes", "Eyes", 1, saw))
    first = only(candidate)
    assert checkings.order(candidate.brief, [candidate], by=dan) == 1
    assert checkings.order(candidate.brief, [candidate], by=dan) == 0
    second = candidate.checkings.exclude(pk=first.pk).get()
    assert (candidate.findings.standing().count(), second.stands) == (2, False)
    use(Check("eyes", "Eyes", 2, nothing))
    checking.work(worker="test")

    assert not candidate.findings.standing().exists()
    assert candidate.checkings.standing().get() == second


def test_a_check_that_changed_or_did_not_run_is_outdated(candidate, use):
    use(
        Check("same", "Same", 1, nothing),
        Check("changed", "Changed", 1, nothing),
        Check("lacking", "Lacking", 1, lacks),
    )
    done = only(candidate)
    use(
        Check("same", "Same", 1, nothing),
        Check("changed", "Changed", 2, nothing),
        Check("lacking", "Lacking", 1, lacks),
        Check("new", "New", 1, nothing),
    )

    assert checkings.outdated(done) == ["changed", "lacking", "new"]
    assert checkings.outdated(None) == ["same", "changed", "lacking", "new"]


def test_of_a_brief_only_what_is_outdated_and_does_not_wait_is_looked_at_again(run, use, dan):
    first, second, *_ = make.to_cull(run)
    use(Check("eyes", "", 1, nothing))
    Checking.objects.exclude(candidate__in=[first, second]).delete()
    checking.work(worker="test")
    Checking.objects.filter(candidate=second).update(outcomes={})
    unseen = list(run.candidates.filter(index__gte=2))

    assert checkings.outdated_of(run.brief) == [second, *unseen]
    assert checkings.order(run.brief, checkings.outdated_of(run.brief), by=dan) == 4
    assert checkings.outdated_of(run.brief) == []
    line = Event.objects.get(act="checking.ordered")
    assert line.data["candidates"] == [second.pk, *(each.pk for each in unseen)]


def test_the_real_checks_look_at_what_there_is(candidate):
    done = only(candidate)

    assert done.is_done
    assert set(done.outcomes) == set(checks.CHECKS)
    assert not done.not_run
    assert [each.kind for each in done.findings.all()] == ["broken"]  # the painter paints little more than noise


def test_the_later_of_two_alike_is_told_of(run):
    first, *_ = make.to_cull(run)
    batch = run.batches.first()
    files = {"picture": first.picture, "small": first.small, "large": first.large, "phash": first.phash}
    again = make.row(run, batch, 50, width=first.width, height=first.height, **files)
    again.save(force_insert=True)
    checkings.begin(again)
    Checking.objects.exclude(candidate__in=[first, again]).cancel()
    checking.work(worker="test")

    assert not first.findings.filter(kind="duplicate").exists()
    assert again.findings.filter(kind="duplicate").values_list("detail__candidate", flat=True).get() == first.pk


def test_a_worker_hears_after_some_what_else_waits(run, use, monkeypatch):
    make.to_cull(run)
    use(Check("eyes", "Eyes", 1, nothing))
    monkeypatch.setattr(checking, "AT_ONCE", 3)

    assert checking.work(worker="test")
    assert Checking.objects.filter(status="done").count() == 3
    assert not checking.work(worker="test")


def test_checks_give_way_to_pictures_that_are_made_on_their_machine_for_a_minute(run, use):
    make.to_cull(run)
    use(Check("eyes", "Eyes", 1, nothing))
    making = run.batches.first()
    Batch.objects.filter(pk=making.pk).update(
        status="running", worker="here:1", finished_at=None, lease_until="2100-01-01T00:00Z"
    )
    done = Checking.objects.filter(status="done")

    assert not checking.work(worker="here:2")
    assert not done.exists()
    checking.work(worker="there:2")
    assert done.count() == 5
    Checking.objects.all().delete()
    checkings.begin(run.candidates.first())
    Checking.objects.update(ordered_at=now() - checking.PATIENCE)
    checking.work(worker="here:2")
    assert done.count() == 1


def test_a_bell_rung_twice_checks_each_picture_once(transactional_db, run, use):
    make.to_cull(run)
    use(Check("eyes", "Eyes", 1, saw))
    tasks.check_waiting()
    tasks.check_waiting()
    tasks.sweep_checkings()

    assert sorted(each.findings.count() for each in Checking.objects.all()) == [2] * 5


def test_what_no_worker_ends_is_ended_by_the_sweep(candidate):
    row = candidate.checkings.get()
    Checking.objects.filter(pk=row.pk).update(
        status="running", attempt=3, last_attempt=3, lease_until="2000-01-01T00:00Z"
    )
    kinds.sweep([checking.Checkings])
    row.refresh_from_db()

    assert row.has_failed
    assert row.error == "The worker stopped without a word 3 times while the checks looked at this picture."


def test_a_finding_is_written_once(candidate):
    found = make.finding()
    make.checked(candidate, found)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE generation_finding SET words = 'nothing'")
