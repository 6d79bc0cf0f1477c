"""Closing briefs of which nothing waits for anybody any more, so that pages of open ones need not look at them."""

from __future__ import annotations

from django.db import transaction
from django.utils.timezone import now

from creative import briefs
from creative.models import Brief
from review import home, progress

PAGE = 200  # briefs that are looked at together


def close_finished() -> int:
    """Returns how many. Whatever makes something wait again reopens it, in its own transaction."""
    closed, after = 0, 0
    while page := list(Brief.objects.filter(closed_at=None, pk__gt=after).order_by("pk")[:PAGE]):
        after = page[-1].pk
        closed += sum(_close(row.brief) for row in progress.overviews(page) if _is_over(row))
    return closed


def _close(brief: Brief) -> bool:
    """Looked at once more under the lock that every verb takes which makes something wait."""
    with transaction.atomic():
        briefs.locked(brief)
        if not _is_over(progress.overview(brief)):
            return False
        return Brief.objects.filter(pk=brief.pk, closed_at=None).update(closed_at=now()) == 1


def _is_over(row: progress.Overview) -> bool:
    if row.state == progress.State.ARCHIVED:
        return True
    return row.state == progress.State.DONE and not home.unexported(row.cleared)
