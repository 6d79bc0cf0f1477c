from __future__ import annotations

import pytest

from creative.errors import Refused
from creative.models import Event
from generation.models import Candidate
from review.composing import assets, orders
from review.culling import shortlist
from review.models import Shortlisting
from tests import make


def listed(brief) -> list[int]:
    return [row.candidate.index for row in Shortlisting.objects.filter(brief=brief)]


def test_what_is_added_stands_at_the_end(candidates, brief, dan):
    for index in (3, 0, 4):
        assert shortlist.add(candidates[index], by=dan)

    assert listed(brief) == [3, 0, 4]


def test_adding_twice_with_stale_handles_adds_once(candidate, dan, pia):
    one, other = Candidate.objects.get(pk=candidate.pk), Candidate.objects.get(pk=candidate.pk)

    assert [shortlist.add(one, by=dan), shortlist.add(other, by=pia)] == [True, False]
    assert Shortlisting.objects.get().shortlisted_by == dan
    assert Event.objects.filter(act="candidate.shortlisted").count() == 1


def test_the_list_is_everybodys_and_each_row_says_whose(candidates, brief, dan, pia):
    shortlist.add(candidates[0], by=dan)
    shortlist.add(candidates[1], by=pia)

    assert [row.shortlisted_by for row in Shortlisting.objects.filter(brief=brief)] == [dan, pia]


def test_what_was_removed_is_gone_and_removing_twice_counts_once(candidates, brief, dan, pia):
    for candidate in candidates[:3]:
        shortlist.add(candidate, by=dan)

    assert [shortlist.remove(candidates[1], by=pia), shortlist.remove(candidates[1], by=dan)] == [True, False]
    assert listed(brief) == [0, 2]
    assert Event.objects.filter(act="candidate.unshortlisted").get().actor_id == pia.pk


def test_what_is_in_review_stays_on_the_list(asset, dan, brief):
    with pytest.raises(Refused, match="in review already"):
        shortlist.remove(asset.versions.get().candidate, by=dan)

    assert listed(brief) == [0]


def test_the_order_can_be_changed(candidates, brief, dan):
    for candidate in candidates[:3]:
        shortlist.add(candidate, by=dan)

    shortlist.reorder(brief, by=dan, candidates=[candidates[i].pk for i in (2, 0, 1)])

    assert listed(brief) == [2, 0, 1]
    shortlist.add(candidates[4], by=dan)
    assert listed(brief) == [2, 0, 1, 4]


@pytest.mark.parametrize("order", [[0], [0, 1, 2], [0, 0], []])
def test_a_stale_order_is_refused_and_changes_nothing(candidates, brief, dan, order):
    for candidate in candidates[:2]:
        shortlist.add(candidate, by=dan)

    with pytest.raises(Refused, match="changed meanwhile"):
        shortlist.reorder(brief, by=dan, candidates=[candidates[index].pk for index in order])

    assert listed(brief) == [0, 1]


def test_unsent_is_what_waits_in_order(candidates, brief, dan):
    shortlist.add(candidates[2], by=dan)
    shortlist.add(candidates[0], by=dan)
    make.sent(brief, dan)
    shortlist.add(candidates[4], by=dan)
    shortlist.add(candidates[3], by=dan)

    assert [row.candidate.index for row in assets.unsent(brief)] == [4, 3]


def test_what_is_being_composed_is_sent_already(candidates, brief, dan):
    shortlist.add(candidates[2], by=dan)
    orders.send(brief, by=dan)

    assert assets.unsent(brief) == []
    with pytest.raises(Refused, match="in review already"):
        shortlist.remove(candidates[2], by=dan)
