from __future__ import annotations

import pytest

from creative.errors import Refused
from creative.models import Event
from review import culling
from review.models import Flag, Mark

PICK, REJECT = Flag.Value.PICK, Flag.Value.REJECT


def test_a_flag_is_each_persons_own(candidate, dan, maya):
    culling.flag(candidate, by=dan, value=PICK)
    culling.flag(candidate, by=maya, value=REJECT)

    assert candidate.flags.get(person=dan).value == PICK
    assert candidate.flags.get(person=maya).value == REJECT


def test_a_rating_leaves_the_flag_and_a_flag_the_rating(candidate, dan):
    culling.flag(candidate, by=dan, value=PICK)
    culling.flag(candidate, by=dan, rating=4)
    mine = culling.flag(candidate, by=dan, value=REJECT)

    assert (mine.value, mine.rating) == (REJECT, 4)


def test_both_can_be_taken_back(candidate, dan):
    culling.flag(candidate, by=dan, value=PICK, rating=5)
    culling.flag(candidate, by=dan, value=Flag.Value.UNFLAGGED, rating=0)

    stored = candidate.flags.get()
    assert (stored.value, stored.rating) == (Flag.Value.UNFLAGGED, 0)


def test_saying_the_same_twice_writes_nothing(candidate, dan):
    culling.flag(candidate, by=dan, value=PICK)
    said = Event.objects.count()

    culling.flag(candidate, by=dan, value=PICK)

    assert Event.objects.count() == said
    assert candidate.flags.count() == 1


def test_a_flag_is_in_the_audit_log_with_who_and_what(candidate, dan):
    culling.flag(candidate, by=dan, value=PICK, rating=3)

    event = Event.objects.get(action="candidates.marked")
    assert event.actor_id == dan.pk
    assert event.data == {
        "brief": candidate.brief_id,
        "mark": Mark.objects.get().id.hex,
        "changes": [{"candidates": [candidate.pk], "value": "pick", "rating": 3}],
    }


@pytest.mark.parametrize("bad", [{"value": "maybe"}, {"rating": 6}, {"rating": -1}])
def test_what_is_no_flag_is_refused_and_nothing_is_written(candidate, dan, bad):
    with pytest.raises(Refused):
        culling.flag(candidate, by=dan, **bad)

    assert not Flag.objects.exists()


def test_a_judgement_changes_nothing_on_the_candidate(candidate, dan):
    before = {name: value for name, value in vars(candidate).items() if not name.startswith("_")}

    culling.flag(candidate, by=dan, value=REJECT, rating=1)

    candidate.refresh_from_db()
    assert {name: value for name, value in vars(candidate).items() if not name.startswith("_")} == before
