"""Ordering machine checks, and what of them a candidate lacks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import User
from creative.work import bell
from generation.checks import CHECKS
from generation.models import Candidate, Checking

WORK = "generation.tasks.check_waiting"


def order(candidates: Iterable[Candidate], *, by: User | None = None) -> int:
    """Let the checks look; for those of which a checking is open, nothing changes. Returns how many were ordered."""
    return sum(_order(candidate, by) for candidate in candidates)


def _order(candidate: Candidate, by: User | None) -> bool:
    try:
        with transaction.atomic():
            first = not candidate.checkings.exists()
            checking = Checking.objects.create(candidate=candidate, ordered_by=by, stands=first)
            if by:
                record(checking, by, Act.CHECKING_ORDERED)
            bell.ring(WORK)
    except IntegrityError:
        return False
    return True


def outdated(checking: Checking | None) -> list[str]:
    """Names of the checks that have something to say that this checking does not hold: they did not run, or changed."""
    if checking is None:
        return list(CHECKS)
    ran = checking.versions
    return [name for name, check in CHECKS.items() if ran.get(name) != check.version]


def record(checking: Checking, by: User | None, act: Act, /, **data: Any) -> None:
    candidate = checking.candidate
    data |= {"checking": checking.pk, "candidate": candidate.pk}
    audit.record(candidate.project, by, act, brief=candidate.brief_id, **data)
