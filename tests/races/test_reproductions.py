from __future__ import annotations

from functools import partial

import pytest

from creative.models import Event
from creative.work.kinds import claim_next
from generation import reproductions
from generation.models import Reproduction
from generation.reproductions import Reproductions
from tests.races.threads import at_once

pytestmark = pytest.mark.races

MANY = 8


def test_asked_for_by_many_at_once_one_is_opened(candidate, maya):
    outcomes = at_once(*[partial(reproductions.ask, candidate, by=maya)] * MANY)

    assert sorted(opened for _, opened in outcomes) == [False] * (MANY - 1) + [True]
    assert len({reproduction.pk for reproduction, _ in outcomes}) == 1
    assert Event.objects.filter(act="reproduction.asked").count() == 1


def test_many_workers_take_every_reproduction_once(candidates, maya):
    for candidate in candidates:
        reproductions.ask(candidate, by=maya)

    outcomes = at_once(*[partial(claim_next, Reproductions, str(place)) for place in range(MANY)])

    taken = [reproduction.pk for reproduction in outcomes if reproduction]
    assert len(taken) == len(set(taken)) == Reproduction.objects.count() == 5
    assert Event.objects.filter(act="reproduction.claimed").count() == 5
