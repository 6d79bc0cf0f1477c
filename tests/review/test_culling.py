from __future__ import annotations

from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from creative.errors import Refused
from creative.models import Event
from review.culling import marking
from review.culling.marking import Change
from review.models import Flag, Mark
from tests import make

PICK, REJECT = Flag.Value.PICK, Flag.Value.REJECT


def mark(brief, by, *changes: Change, mark_id: UUID | None = None) -> bool:
    return marking.mark(brief, by=by, mark_id=mark_id or make.mark_id(), changes=changes)


def judgements(person) -> dict[int, list]:
    rows = Flag.objects.filter(person=person).values_list("candidate__index", "value", "rating", "label", "reason")
    return {index: rest for index, *rest in rows.order_by("candidate__index")}


# One candidate


def test_a_flag_is_each_persons_own(candidate, dan, maya):
    marking.flag(candidate, by=dan, value=PICK)
    marking.flag(candidate, by=maya, value=REJECT)

    assert candidate.flags.get(person=dan).value == PICK
    assert candidate.flags.get(person=maya).value == REJECT


def test_what_is_not_said_stays(candidate, dan):
    marking.flag(candidate, by=dan, value=PICK)
    marking.flag(candidate, by=dan, rating=4)
    marking.flag(candidate, by=dan, label="blue")
    mine = marking.flag(candidate, by=dan, value=REJECT)

    assert (mine.value, mine.rating, mine.label) == (REJECT, 4, "blue")


def test_everything_can_be_taken_back(candidate, dan):
    marking.flag(candidate, by=dan, value=REJECT, rating=5, label="red", reason="hands")
    marking.flag(candidate, by=dan, value=Flag.Value.UNFLAGGED, rating=0, label="")

    assert judgements(dan) == {0: [Flag.Value.UNFLAGGED, 0, "", ""]}


def test_saying_the_same_twice_writes_nothing(candidate, dan):
    marking.flag(candidate, by=dan, value=PICK)
    said = Event.objects.count()

    marking.flag(candidate, by=dan, value=PICK)

    assert Event.objects.count() == said
    assert candidate.flags.count() == 1


def test_saying_what_is_so_anyway_leaves_no_row(candidate, dan):
    unsaved = marking.flag(candidate, by=dan, value=Flag.Value.UNFLAGGED)

    assert (unsaved.pk, unsaved.value) == (None, Flag.Value.UNFLAGGED)
    assert not Flag.objects.exists()


def test_a_flag_is_in_the_audit_log_with_who_and_what(candidate, dan):
    marking.flag(candidate, by=dan, value=PICK, rating=3)

    event = Event.objects.get(act="candidates.marked")
    assert (event.actor_id, event.brief_id) == (dan.pk, candidate.brief_id)
    assert event.data == {
        "mark": Mark.objects.get().id.hex,
        "changes": [{"candidates": [candidate.pk], "value": "pick", "rating": 3}],
    }


def test_a_judgement_changes_nothing_on_the_candidate(candidate, dan):
    before = {name: value for name, value in vars(candidate).items() if not name.startswith("_")}

    marking.flag(candidate, by=dan, value=REJECT, rating=1)

    candidate.refresh_from_db()
    assert {name: value for name, value in vars(candidate).items() if not name.startswith("_")} == before


# Reasons


def test_who_gives_a_reason_rejects(candidate, dan):
    marking.flag(candidate, by=dan, value=PICK, rating=2)
    marking.flag(candidate, by=dan, reason="off-brand")

    assert judgements(dan) == {0: [REJECT, 2, "", "off-brand"]}
    assert Event.objects.last().data["changes"] == [
        {"candidates": [candidate.pk], "value": "reject", "reason": "off-brand"}
    ]


@pytest.mark.parametrize("value", [PICK, Flag.Value.UNFLAGGED])
def test_what_is_not_rejected_any_more_has_no_reason(candidate, dan, value):
    marking.flag(candidate, by=dan, reason="text", label="red")
    marking.flag(candidate, by=dan, value=value)

    assert judgements(dan) == {0: [value, 0, "red", ""]}


def test_a_reason_can_be_changed_and_taken_away_and_the_reject_stays(candidate, dan):
    marking.flag(candidate, by=dan, reason="text")
    assert marking.flag(candidate, by=dan, reason="likeness").reason == "likeness"

    marking.flag(candidate, by=dan, reason="")

    assert judgements(dan) == {0: [REJECT, 0, "", ""]}


def test_the_database_keeps_reasons_to_rejects(candidate, dan):
    with pytest.raises(IntegrityError), transaction.atomic():
        Flag.objects.create(candidate=candidate, person=dan, value=PICK, reason="hands")


# Many candidates


def test_a_mark_on_many_is_one_event_and_a_judgement_each(candidates, brief, dan):
    ids = [candidate.pk for candidate in candidates[:3]]

    assert mark(brief, dan, Change(ids, value=REJECT, reason="artefact"))

    assert judgements(dan) == {index: [REJECT, 0, "", "artefact"] for index in range(3)}
    assert Event.objects.filter(act="candidates.marked").count() == 1


def test_changes_are_made_in_their_order(candidates, brief, dan):
    one, other = candidates[0].pk, candidates[1].pk

    mark(brief, dan, Change([one, other], value=REJECT, reason="text"), Change([other], value=PICK, rating=5))

    assert judgements(dan) == {0: [REJECT, 0, "", "text"], 1: [PICK, 5, "", ""]}


def test_a_mark_heard_twice_is_made_once(candidates, brief, dan):
    mark_id = make.mark_id()
    assert mark(brief, dan, Change([candidates[0].pk], rating=3), mark_id=mark_id)
    marking.flag(candidates[0], by=dan, rating=5)
    said = Event.objects.count()

    assert not mark(brief, dan, Change([candidates[0].pk], rating=3), mark_id=mark_id)

    assert judgements(dan) == {0: [Flag.Value.UNFLAGGED, 5, "", ""]}
    assert Event.objects.count() == said


def test_nobody_takes_the_id_of_a_mark_of_somebody_else(candidates, brief, dan, maya):
    mark_id = make.mark_id()
    mark(brief, dan, Change([candidates[0].pk], value=PICK), mark_id=mark_id)

    with pytest.raises(Refused, match="id of another"):
        mark(brief, maya, Change([candidates[1].pk], value=PICK), mark_id=mark_id)

    assert judgements(maya) == {}


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ({"value": "maybe"}, "'maybe' is no flag"),
        ({"rating": 6}, "from 0 to 5"),
        ({"rating": -1}, "from 0 to 5"),
        ({"label": "purple"}, "'purple' is no label"),
        ({"reason": "ugly"}, "'ugly' is no reason"),
        ({"value": "pick", "reason": "hands"}, "Only a rejected"),
        ({"value": "unflagged", "reason": "hands"}, "Only a rejected"),
        ({}, "Say a flag"),
    ],
)
def test_what_is_no_mark_is_refused_and_nothing_is_written(candidates, brief, dan, bad, sentence):
    said = Event.objects.count()

    with pytest.raises(Refused, match=sentence):
        mark(brief, dan, Change([candidates[0].pk], value=PICK), Change([candidates[1].pk], **bad))

    assert not Flag.objects.exists() and not Mark.objects.exists()
    assert Event.objects.count() == said


@pytest.mark.parametrize("changes", [[], [Change([], value=PICK)]])
def test_a_mark_on_nothing_is_refused(brief, dan, changes):
    with pytest.raises(Refused, match="Say which candidates"):
        mark(brief, dan, *changes)


def test_a_mark_on_too_many_is_refused(brief, dan):
    with pytest.raises(Refused, match="at most 5000 candidates"):
        mark(brief, dan, Change(range(1, 5002), value=PICK))


def test_a_candidate_of_another_brief_refuses_the_whole_mark(candidates, brief, project, maya, dan, preset, painter):
    foreign = make.candidates(make.run(project, maya, preset), painter)[0]

    with pytest.raises(Refused, match="not of this brief"):
        mark(brief, dan, Change([candidates[0].pk, foreign.pk], value=PICK))

    assert not Flag.objects.exists() and not Mark.objects.exists()


def test_a_bulk_mark_costs_a_few_queries(run, candidates, brief, dan):
    crowd = make.crowd(run, 600)

    with CaptureQueriesContext(
        connection,
    ) as one:
        mark(brief, dan, Change([candidates[0].pk], value=PICK))
    with CaptureQueriesContext(connection) as many:
        mark(brief, dan, Change([candidate.pk for candidate in crowd], value=REJECT))

    # SQLite takes 142 rows an INSERT.
    assert len(many) <= len(one) + 5
    assert Flag.objects.filter(person=dan, value=REJECT).count() == 600


def test_an_archived_brief_takes_marks(candidates, brief, dan, maya):
    """Nobody loses what they marked without a network, because somebody put the brief away meanwhile."""
    from creative import briefs

    briefs.archive(brief, by=maya)

    assert mark(brief, dan, Change([candidates[0].pk], value=PICK))
