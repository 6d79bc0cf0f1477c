from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import Error, IntegrityError, transaction

from creative import money
from creative.models import Project, Spending
from tests import make

WHAT = Spending.What


def spend(brief, **more) -> Spending:
    values = {"subject": 1, "seconds": 2.5, "price": Decimal("0.000100"), **more}
    return money.spend(WHAT.BATCH, brief=brief.pk, project=brief.project_id, **values)


def test_a_line_holds_seconds_and_money_to_the_last_digit(draft):
    line = spend(draft, seconds=1 / 3)
    line.refresh_from_db()

    assert (line.seconds, line.money) == (Decimal("0.333333"), Decimal("0.0000333333"))


def test_sums_are_of_every_attempt_by_brief_and_over_projects(draft, project, other_project, maya):
    other = make.draft(other_project, maya)
    for brief in (draft, draft, other):
        spend(brief)

    assert money.spent_on([draft.pk, other.pk]) == {
        draft.pk: money.Spent(Decimal(5), Decimal("0.0005")),
        other.pk: money.Spent(Decimal("2.5"), Decimal("0.00025")),
    }
    assert money.spent_in(Project.objects.filter(pk=project.pk)) == money.Spent(Decimal(5), Decimal("0.0005"))
    assert money.spent_in(Project.objects.all()).seconds == Decimal("7.5")


def test_where_nothing_was_spent_the_sum_is_nothing(project):
    assert money.spent_in(Project.objects.all()) == money.Spent(Decimal(0), Decimal(0))


@pytest.mark.parametrize(
    "change", [lambda lines: lines.update(money=0), lambda lines: lines.delete()], ids=["update", "delete"]
)
def test_no_line_is_changed_or_taken_out(draft, change):
    spend(draft)

    with pytest.raises(Error, match="append-only"), transaction.atomic():
        change(Spending.objects.all())


def test_nothing_is_spent_backwards(draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        spend(draft, seconds=-1)
