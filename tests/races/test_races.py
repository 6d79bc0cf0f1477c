"""Real threads on a real database, several times over. The fast halves of these are beside each verb."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection

from creative import briefs, kits, policy, stages
from creative.errors import Refused
from creative.evidence import audit, verify
from creative.evidence.acts import Act
from creative.models import Brand, Brief, Event, Kit, Policy
from creative.policy import versions
from creative.roles import Role
from creative.work.kinds import claim_next
from generation import runs, scheduling
from generation.models import Batch, Candidate, Run
from generation.rendering import Batches
from review.composing import orders
from review.culling import blind_pass, marking, shortlist
from review.delivery import export
from review.models import (
    Asset,
    BlindPass,
    Export,
    Flag,
    Mark,
    Shortlisting,
    SignOff,
    Turn,
    Version,
    VersionOrder,
    Withdrawal,
)
from review.signing import entry, signoff, standing
from tests import make
from tests.races.threads import at_once, raised, returned

pytestmark = pytest.mark.races

MANY = 8


def times(count: int, act) -> list:
    return at_once(*[act] * count)


@pytest.fixture(autouse=True)
def the_log_is_whole_afterwards(postgresql):
    yield
    scopes = Event.objects.values_list("scope", flat=True).distinct()
    problems = [problem for scope in scopes for problem in verify.chain(scope)]
    assert problems == []


def test_one_of_many_claims_a_batch(run):
    handles = [Batch.objects.get(run=run, first=0) for _ in range(MANY)]

    outcomes = at_once(*[partial(handle.claim, worker=str(place)) for place, handle in enumerate(handles)])

    assert sorted(outcomes) == [False] * (MANY - 1) + [True]
    assert Batch.objects.get(pk=handles[0].pk).worker == str(outcomes.index(True))
    assert Batch.objects.get(pk=handles[0].pk).attempt == 1


def test_one_of_many_writes_the_next_version_of_a_kit(project, pia, bea):
    brands = [Brand.objects.get(pk=project.brand_id) for _ in range(MANY)]
    acts = [
        partial(kits.write, brand, by=(pia, bea)[place % 2], began=0, content={"rules": f"Rule {place}."})
        for place, brand in enumerate(brands)
    ]

    outcomes = at_once(*acts)

    assert len(returned(outcomes)) == 1 and len(raised(outcomes)) == MANY - 1
    assert {type(each) for each in raised(outcomes)} == {kits.Stale}
    assert [(kit.number, kit.rules) for kit in Kit.objects.all()] == [(1, returned(outcomes)[0].rules)]
    assert Event.objects.filter(act="kit.written").count() == 1


def test_many_workers_take_every_batch_once(project, maya, preset):
    make.run(project, maya, preset, count=12)

    outcomes = at_once(*[partial(claim_next, Batches, str(place)) for place in range(MANY)])

    taken = [batch.pk for batch in outcomes if batch]
    assert len(taken) == len(set(taken)) == 6
    assert Event.objects.filter(act="batch.claimed").count() == 6


def test_one_of_many_ends_a_batch(run):
    batch = run.batches.order_by("first")[0]
    batch.claim()
    handles = [Batch.objects.get(pk=batch.pk) for _ in range(MANY)]
    ends = [handle.succeed if place % 2 else partial(handle.fail, "broken") for place, handle in enumerate(handles)]

    assert sorted(at_once(*ends)) == [False] * (MANY - 1) + [True]


def test_one_of_many_signs_a_stage(version, project):
    signers = [make.member(project, f"brand{place}", Role.REVIEWER, stage="brand") for place in range(MANY)]
    handles = [Version.objects.get(pk=version.pk) for _ in signers]

    pairs = zip(handles, signers, strict=True)
    outcomes = at_once(*[partial(make.signed, handle, signer, stages.BRAND) for handle, signer in pairs])

    assert len(returned(outcomes)) == 1
    assert {type(error) for error in raised(outcomes)} == {Refused}
    assert SignOff.objects.count() == Event.objects.filter(act="signoff.signed").count() == 1


def test_one_person_signing_many_times_signs_once(version, bea):
    outcomes = times(MANY, lambda: make.signed(Version.objects.get(pk=version.pk), bea, stages.BRAND))

    assert {signoff.pk for signoff in returned(outcomes)} == {version.signoffs.get().pk}  # each press gets the one
    assert {type(error) for error in raised(outcomes)} <= {Refused}


@pytest.mark.parametrize("turn", range(3))
def test_legal_signing_while_brand_withdraws_never_leaves_it_approved(version, bea, leo, turn):
    brand = make.signed(version, bea, stages.BRAND)

    outcomes = at_once(
        lambda: make.signed(Version.objects.get(pk=version.pk), leo, stages.LEGAL),
        lambda: signoff.withdraw(SignOff.objects.get(pk=brand.pk), by=bea, reason="Wrong red."),
    )

    assert {type(error) for error in raised(outcomes)} <= {Refused}
    assert isinstance(outcomes[1], Withdrawal)
    assert not standing.cleared().exists()
    assert not SignOff.objects.filter(withdrawn_at=None).exists()


def test_one_of_many_withdraws(approved, bea):
    brand = approved.signoffs.get(stage=stages.BRAND)

    outcomes = times(MANY, lambda: signoff.withdraw(SignOff.objects.get(pk=brand.pk), by=bea, reason="Wrong red."))

    assert len(returned(outcomes)) == 1
    assert {type(error) for error in raised(outcomes)} == {Refused}
    assert Withdrawal.objects.count() == 2  # brand's, and legal's that fell with it


@pytest.mark.parametrize("turn", range(3))
def test_ordering_while_somebody_withdraws_lets_nothing_leave(approved, project, maya, leo, turn):
    outcomes = at_once(
        lambda: export.order(project, by=maya, versions=[approved.pk]),
        lambda: signoff.withdraw_version(Version.objects.get(pk=approved.pk), by=leo, reason="Recalled."),
    )

    assert {type(error) for error in raised(outcomes)} <= {Refused}
    assert isinstance(outcomes[1], Withdrawal)
    assert not any(export.may_leave(found) for found in Export.objects.all())


def test_many_orders_of_the_same_are_one_export(approved, project, maya):
    outcomes = times(MANY, lambda: export.order(project, by=maya, versions=[approved.pk]).pk)

    assert raised(outcomes) == []
    assert len(set(outcomes)) == Export.objects.count() == 1


def test_many_submissions_of_one_brief_are_one_run(draft, maya, preset):
    outcomes = times(MANY, lambda: runs.submit(Brief.objects.get(pk=draft.pk), by=maya, preset=preset))

    assert len(returned(outcomes)) == 1
    assert {type(error) for error in raised(outcomes)} == {Refused}
    assert Run.objects.count() == 1
    assert Event.objects.filter(act="brief.submitted").count() == 1


def test_many_top_ups_take_indexes_of_their_own(run, brief, maya):
    outcomes = times(MANY, lambda: runs.top_up(Brief.objects.get(pk=brief.pk), by=maya, count=3))

    assert raised(outcomes) == []
    assert sorted(more.first for more in outcomes) == [5 + 3 * place for place in range(MANY)]


@pytest.mark.parametrize("turn", range(3))
def test_ordering_and_writing_while_pictures_are_saved_blocks_neither(run, brief, maya, painter, turn):
    """Foreign keys are checked at commit, with the chain locked: whoever locks a parent row must let them through."""
    outcomes = at_once(
        lambda: scheduling.work(painter.load, worker="test", saver_threads=2),
        *[lambda: runs.top_up(Brief.objects.get(pk=brief.pk), by=maya, count=1)] * 3,
        *[lambda mood=mood: briefs.write(Brief.objects.get(pk=brief.pk), by=maya, mood=mood) for mood in "abc"],
    )

    assert raised(outcomes) == []
    scheduling.work(painter.load, worker="test", saver_threads=0)
    assert Candidate.objects.count() == 8
    assert set(Batch.objects.values_list("status", "attempt")) == {("done", 1)}


def test_one_of_many_cancels(run, maya):
    outcomes = times(MANY, lambda: runs.cancel(Run.objects.get(pk=run.pk), by=maya))

    assert sorted(outcomes) == [False] * (MANY - 1) + [True]
    assert Event.objects.filter(act="run.cancelled").count() == 1


def test_many_writers_number_revisions_without_a_gap(run, brief, maya):
    outcomes = at_once(
        *[
            lambda place=place: briefs.write(Brief.objects.get(pk=brief.pk), by=maya, mood=f"calm {place}")
            for place in range(MANY)
        ]
    )

    assert raised(outcomes) == []
    assert list(brief.revisions.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_one_of_many_archives(draft, maya):
    outcomes = times(MANY, lambda: briefs.archive(Brief.objects.get(pk=draft.pk), by=maya))

    assert raised(outcomes) == []
    assert sorted(outcomes) == [False] * (MANY - 1) + [True]


def test_many_lines_stand_in_one_chain(project, maya):
    outcomes = at_once(*[partial(audit.record, project, maya, Act.DEMO_TOLD, number=number) for number in range(MANY)])

    assert raised(outcomes) == []
    events = Event.objects.filter(scope=f"project:{project.pk}").order_by("sequence")
    assert [event.sequence for event in events] == list(range(1, MANY + 1))
    assert sorted(event.data["number"] for event in events) == list(range(MANY))


def test_many_flags_of_one_person_are_one_row(candidate, dan):
    outcomes = times(MANY, lambda: marking.flag(Candidate.objects.get(pk=candidate.pk), by=dan, value="pick"))

    assert raised(outcomes) == []
    assert Flag.objects.count() == Event.objects.filter(act="candidates.marked").count() == 1


def test_one_of_many_hears_a_mark(candidates, brief, dan):
    change = marking.Change([candidate.pk for candidate in candidates], value="pick")
    mark_id = make.mark_id()

    outcomes = times(MANY, lambda: marking.mark(brief, by=dan, mark_id=mark_id, changes=[change]))

    assert sorted(outcomes) == [False] * (MANY - 1) + [True]
    assert Mark.objects.count() == Event.objects.filter(act="candidates.marked").count() == 1
    assert Flag.objects.filter(value="pick").count() == 5


@pytest.mark.parametrize("turn", range(3))
def test_marks_of_one_person_stand_as_the_log_tells_them(candidates, brief, dan, turn):
    ids = [candidate.pk for candidate in candidates]
    marks = [[marking.Change(ids[place % 3 :], rating=place % 6, value="pick")] for place in range(MANY)]

    outcomes = at_once(
        *[partial(marking.mark, brief, by=dan, mark_id=make.mark_id(), changes=changes) for changes in marks]
    )

    assert raised(outcomes) == []
    told: dict[int, int] = {}
    for event in Event.objects.filter(act="candidates.marked").order_by("sequence"):
        for change in event.data["changes"]:
            told |= dict.fromkeys(change["candidates"], change["rating"])
    assert dict(Flag.objects.values_list("candidate", "rating")) == told


@pytest.mark.parametrize("turn", range(3))
def test_marking_blocks_neither_colleagues_nor_the_shortlist_nor_what_arrives(run, brief, dan, pia, painter, turn):
    crowd = make.crowd(run, 3)
    ids = [candidate.pk for candidate in crowd]

    def judge(person, order):
        change = marking.Change(order, value="reject", reason="text")
        return marking.mark(brief, by=person, mark_id=make.mark_id(), changes=[change])

    outcomes = at_once(
        *[partial(judge, person, order) for person in (dan, pia) for order in (ids, ids[::-1])],
        *[partial(shortlist.add, candidate, by=dan) for candidate in crowd],
        lambda: scheduling.work(painter.load, worker="test", saver_threads=2),
    )

    assert raised(outcomes) == []
    assert Flag.objects.filter(reason="text").count() == 6


def test_one_of_many_starts_a_blind_pass(brief, dan, maya, pia):
    pairs = [(dan, maya), (maya, pia), (pia, dan)] * 2

    outcomes = at_once(*[partial(blind_pass.start, brief, by=one, people=[other.pk]) for one, other in pairs])

    assert len(returned(outcomes)) == BlindPass.objects.count() == 1
    assert {type(error) for error in raised(outcomes)} == {Refused}


@pytest.mark.parametrize("turn", range(3))
def test_the_last_two_finishing_at_once_end_a_blind_pass_once(brief, dan, maya, turn):
    blind_pass.start(brief, by=dan, people=[maya.pk])

    outcomes = at_once(*[partial(blind_pass.finish, brief, by=person) for person in (dan, maya, dan, maya)])

    assert sorted(outcomes) == [False, False, True, True]
    assert blind_pass.standing(brief) is None
    assert Event.objects.filter(act="blind_pass.ended").count() == 1


@pytest.mark.parametrize("turn", range(3))
def test_shortlisting_while_a_blind_pass_starts_never_comes_after_it(candidates, brief, dan, maya, turn):
    outcomes = at_once(
        lambda: blind_pass.start(brief, by=dan, people=[maya.pk]), lambda: shortlist.add(candidates[0], by=dan)
    )

    assert {type(error) for error in raised(outcomes)} <= {Refused}
    told = Event.objects.filter(act__in=["blind_pass.started", "candidate.shortlisted"]).order_by("sequence")
    assert [event.act for event in told][-1] == "blind_pass.started"


def test_many_put_different_candidates_on_the_shortlist_in_one_order(candidates, dan):
    outcomes = at_once(*[partial(shortlist.add, candidate, by=dan) for candidate in candidates])

    assert raised(outcomes) == []
    assert sorted(Shortlisting.objects.values_list("position", flat=True)) == [1, 2, 3, 4, 5]


def test_sending_many_times_sends_each_candidate_once(candidates, brief, dan):
    for candidate in candidates[:2]:
        shortlist.add(candidate, by=dan)

    outcomes = times(MANY, lambda: orders.send(Brief.objects.get(pk=brief.pk), by=dan))

    assert len(returned(outcomes)) == 1
    assert {type(error) for error in raised(outcomes)} == {Refused}
    assert Asset.objects.count() == VersionOrder.objects.count() == 2


def test_taking_off_the_shortlist_while_it_is_sent_does_one_of_them(candidates, brief, dan, pia):
    shortlist.add(candidates[0], by=dan)

    outcomes = at_once(
        lambda: orders.send(Brief.objects.get(pk=brief.pk), by=dan), lambda: shortlist.remove(candidates[0], by=pia)
    )

    assert {type(error) for error in raised(outcomes)} <= {Refused}
    assert Asset.objects.count() == Shortlisting.objects.count()


def test_many_policy_versions_get_numbers_of_their_own(pia):
    outcomes = times(4, lambda: versions.write(policy.SHIPPED, by=pia))

    assert {type(error) for error in raised(outcomes)} <= {Refused}
    numbers = sorted(Policy.objects.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == len(returned(outcomes)) >= 1


def test_a_rolled_back_line_leaves_no_gap(project, maya):
    from django.db import transaction

    def undone():
        with transaction.atomic():
            audit.record(project, maya, Act.USER_ADDED)
            raise RuntimeError

    at_once(*[undone, partial(audit.record, project, maya, Act.DEMO_TOLD)] * 4)

    sequences = list(Event.objects.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == [1, 2, 3, 4]
    assert connection.vendor == "postgresql"


def test_many_workers_write_each_ordered_version_once(candidates, brief, dan):
    for candidate in candidates[:3]:
        shortlist.add(candidate, by=dan)
    orders.send(brief, by=dan)

    outcomes = times(MANY, entry.compose_waiting)

    assert raised(outcomes) == []
    assert Version.objects.count() == 3
    assert Event.objects.filter(act="version.made").count() == 3
    assert Turn.objects.values("version").distinct().count() == 3


@pytest.mark.parametrize("turn", range(3))
def test_signing_while_a_newer_version_is_written_leaves_turns_of_one_version(
    asset, version, candidates, dan, bea, turn
):
    shortlist.add(candidates[3], by=dan)
    orders.replace(asset, candidates[3], by=dan)

    outcomes = at_once(entry.compose_waiting, lambda: make.signed(version, bea, "brand"))

    assert {type(error) for error in raised(outcomes)} <= {Refused}
    assert set(Turn.objects.values_list("version__number", "stage")) == {(2, "brand")}
