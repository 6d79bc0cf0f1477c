"""Ordering machine checks, and what of them a candidate lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
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


def begin(candidate: Candidate) -> None:
    """The first checking of a candidate that was just made, in the transaction that made it."""
    Checking.objects.create(candidate=candidate)
    bell.ring(WORK)


def order(brief: Brief, candidates: Collection[Candidate], *, by: User) -> int:
    """Let the checks look again at these of the brief; those that wait to be looked at go on waiting.

    Returns how many were ordered: none where somebody else ordered at this moment.
    """
    standing = Checking.objects.filter(candidate__in=candidates)
    try:
        with transaction.atomic():
            waiting = set(standing.open().values_list("candidate", flat=True))
            looked_at = set(standing.standing().values_list("candidate", flat=True))
            again = [each for each in candidates if each.pk not in waiting]
            Checking.objects.bulk_create(
                Checking(candidate=each, ordered_by=by, stands=each.pk not in looked_at) for each in again
            )
            if again:
                told: dict[str, Any] = {"candidates": [each.pk for each in again]}
                audit.record(brief.project, by, Act.CHECKING_ORDERED, brief=brief.pk, **told)
                bell.ring(WORK)
    except IntegrityError:
        return 0
    return len(again)


def outdated_of(brief: Brief) -> list[Candidate]:
    """Candidates of the brief that some check has something new to say of, and that do not wait for it."""
    candidates = Candidate.objects.filter(brief=brief).order_by("index")
    standing = {each.candidate_id: each for each in Checking.objects.standing().filter(candidate__brief=brief)}
    waiting = set(Checking.objects.open().filter(candidate__brief=brief).values_list("candidate", flat=True))
    return [each for each in candidates if each.pk not in waiting and outdated(standing.get(each.pk))]


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
