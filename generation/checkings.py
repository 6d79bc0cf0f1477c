"""Ordering machine checks, and what of them a candidate lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Brief, User
from creative.work import bell
from generation.checks import CHECKS
from generation.models import Candidate, Checking

WORK = "generation.tasks.check_waiting"
UNASKED = _lazy("It was not asked to look.")


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


def not_run(checking: Checking | None) -> dict[str, str]:
    """Which checks say nothing of the candidate, by name, and why, in a sentence."""
    if checking is None:
        return dict.fromkeys(CHECKS, str(UNASKED))
    return {name: because for name in CHECKS if (because := _silence(checking, name))}


def labelled(silent: dict[str, str]) -> list[tuple[str, str]]:
    """What each of these checks looks for, and why it says nothing; a check that is gone keeps its name."""
    return [(CHECKS[name].label if name in CHECKS else name, because) for name, because in silent.items()]


def silent_of(brief: Brief) -> list[tuple[str, int, str]]:
    """Of a brief's candidates: what a check looks for, of how many it says nothing, and why, mostly."""
    standing = Checking.objects.standing().filter(candidate__brief=brief)
    said = [not_run(each) for each in standing.only("status", "outcomes", "error", "finished_at", "candidate")]
    unasked = Candidate.objects.filter(brief=brief).count() - len(said)
    silent = []
    for name, check in CHECKS.items():
        because = Counter(each[name] for each in said if name in each)
        because.update({str(UNASKED): unasked} if unasked else {})
        if because:
            silent.append((check.label, because.total(), because.most_common(1)[0][0]))
    return silent


def _silence(checking: Checking, name: str) -> str:
    told = checking.outcomes.get(name, {})
    if "because" in told:
        return str(told["because"])
    if checking.is_open:
        return _("It has not looked yet.")
    return checking.error or _("It did not exist yet.")


def record(checking: Checking, by: User | None, act: Act, /, **data: Any) -> None:
    candidate = checking.candidate
    data |= {"checking": checking.pk, "candidate": candidate.pk}
    audit.record(candidate.project, by, act, brief=candidate.brief_id, **data)
