"""Verbs on what people say of findings: this is fine, and why."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from creative import keeping
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import User
from generation.models import Finding
from review.models import Dismissal


def dismiss(finding: Finding, *, by: User, reason: str) -> Dismissal:
    """To this person it is fine; for everybody else it stands. Raises Refused without a reason, or where it was."""
    dismissal = Dismissal(finding=finding, person=by, reason=reason)
    with keeping.writing(dismissal):
        dismissal.save(force_insert=True)
        _record(finding, by, Act.FINDING_DISMISSED, reason=reason)
    return dismissal


def restore(finding: Finding, *, by: User) -> bool:
    """It is not fine after all. False where this person never called it so."""
    with transaction.atomic():
        gone = bool(Dismissal.objects.filter(finding=finding, person=by).delete()[0])
        if gone:
            _record(finding, by, Act.FINDING_RESTORED)
    return gone


def _record(finding: Finding, by: User, act: Act, **data: Any) -> None:
    candidate = finding.candidate
    about: dict[str, Any] = {"finding": finding.pk, "candidate": candidate.pk, "number": candidate.number}
    audit.record(candidate.project, by, act, brief=candidate.brief_id, kind=finding.kind, **about, **data)
