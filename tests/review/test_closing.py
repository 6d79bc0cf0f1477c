"""Briefs of which nothing waits are closed, and whatever makes something wait opens them again."""

from __future__ import annotations

import pytest

from creative import briefs
from creative.models import Brief
from generation import runs
from generation.models import Batch, Run
from review import closing, home
from review.composing import orders
from review.culling import shortlist
from review.delivery import building, export
from review.signing import signoff
from tests import make


def is_closed(brief: Brief) -> bool:
    return Brief.objects.get(pk=brief.pk).closed_at is not None


@pytest.fixture
def run(project, maya, preset) -> Run:
    """One is wanted, so one approved is enough."""
    return make.run(project, maya, preset, target=1)


@pytest.fixture
def closed(approved, brief, project, maya) -> Brief:
    export.order(project, by=maya, versions=[approved.pk])
    building.build_waiting()
    assert closing.close_finished() == 1
    return brief


def test_a_brief_closes_once_what_is_approved_was_exported(approved, brief, project, maya):
    assert closing.close_finished() == 0
    export.order(project, by=maya, versions=[approved.pk])
    building.build_waiting()

    assert [closing.close_finished(), closing.close_finished()] == [1, 0]
    assert is_closed(brief)
    assert home.for_person(maya) == ([], [])


def test_an_archived_brief_closes_and_opens_when_it_is_brought_back(candidates, brief, maya):
    briefs.archive(brief, by=maya)
    assert closing.close_finished() == 1

    briefs.restore(brief, by=maya)

    assert not is_closed(brief)


def written(brief, maya, dan, leo, approved):
    briefs.write(brief, by=maya, mood="bold")


def topped_up(brief, maya, dan, leo, approved):
    runs.top_up(brief, by=maya, count=1)


def retried(brief, maya, dan, leo, approved):
    Batch.objects.filter(run__brief=brief, first=0).update(status="failed")
    runs.retry(brief.runs.get(), by=maya)


def sent(brief, maya, dan, leo, approved):
    shortlist.add(brief.candidates.get(index=3), by=dan)
    orders.send(brief, by=dan)


def withdrawn(brief, maya, dan, leo, approved):
    signoff.withdraw(approved.signoffs.get(stage="legal"), by=leo, reason="A name changed.")


@pytest.mark.parametrize("act", [written, topped_up, retried, sent, withdrawn])
def test_whatever_makes_something_wait_opens_it_again(closed, act, maya, dan, leo, approved):
    act(closed, maya, dan, leo, approved)

    assert not is_closed(closed)
