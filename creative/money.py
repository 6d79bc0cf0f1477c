"""The ledger: what was spent, a line an attempt, never changed. Sums are the database's."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from creative.models import Spending

NOTHING = Decimal(0)
TOTALS = {"seconds": Sum("seconds", default=NOTHING), "money": Sum("money", default=NOTHING)}


@dataclass(frozen=True)
class Spent:
    seconds: Decimal = NOTHING
    money: Decimal = NOTHING


def spend(what: Spending.What, *, subject: int, brief: int, project: int, seconds: float, price: Decimal) -> Spending:
    """Count an attempt, also one that failed or was taken over. `price` is of a second."""
    exact = Decimal(f"{seconds:.6f}")
    return Spending.objects.create(
        project_id=project, brief_id=brief, what=what, subject=subject, seconds=exact, money=exact * price
    )


def spent_in(projects: QuerySet[Any], *, since: datetime.datetime | None = None) -> Spent:
    """In all of these projects together."""
    lines = Spending.objects.filter(project__in=projects)
    if since:
        lines = lines.filter(at__gte=since)
    return Spent(**lines.aggregate(**TOTALS))


def spent_on(briefs: Iterable[int]) -> dict[int, Spent]:
    """By brief; one that nothing was spent on is left out."""
    rows = Spending.objects.filter(brief__in=briefs).values_list("brief_id").annotate(**TOTALS)
    return {brief: Spent(seconds, money) for brief, seconds, money in rows}
