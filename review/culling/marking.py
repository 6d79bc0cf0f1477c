"""Verbs on marks: each person's own flag, rating, label and reason, and never written on the candidate."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now

from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Brief, User
from generation.models import Candidate
from review.models import Flag, Mark

MOST = 5000  # candidates that a mark names, each as often as it does: its line of the audit log names them all
UNJUDGED: dict[str, Any] = {"value": Flag.Value.UNFLAGGED.value, "rating": 0, "label": "", "reason": ""}


@dataclass(frozen=True)
class Change:
    """What a mark says of some candidates; what is None stays."""

    candidates: Sequence[int]
    value: str | None = None
    rating: int | None = None
    label: str | None = None
    reason: str | None = None

    def said(self) -> dict[str, Any]:
        """By field; who gives a reason rejects."""
        said = {name: getattr(self, name) for name in UNJUDGED if getattr(self, name) is not None}
        return {"value": Flag.Value.REJECT.value, **said} if self.reason else said


def mark(brief: Brief, *, by: User, mark_id: UUID, changes: Sequence[Change]) -> bool:
    """Set what the changes say, in their order and all or nothing. False when it was heard before: nothing is done."""
    named = _checked(changes)
    with transaction.atomic():
        # One mark of a person at a time: what they say last stands, and the log tells it in that order.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        heard, new = Mark.objects.get_or_create(pk=mark_id, defaults={"brief": brief, "person": by})
        if (heard.brief_id, heard.person_id) != (brief.pk, by.pk):
            raise Refused("This mark has the id of another one. Mark it again.")
        if new and _write(brief, by, changes, named):
            said = [{"candidates": list(change.candidates), **change.said()} for change in changes]
            audit.record(brief.project, by, Act.CANDIDATES_MARKED, brief=brief.pk, mark=mark_id.hex, changes=said)
    return new


def flag(
    candidate: Candidate,
    *,
    by: User,
    value: str | None = None,
    rating: int | None = None,
    label: str | None = None,
    reason: str | None = None,
) -> Flag:
    """A mark on one candidate. Saying the same twice writes nothing more."""
    change = Change([candidate.pk], value, rating, label, reason)
    mark(candidate.brief, by=by, mark_id=uuid.uuid4(), changes=[change])
    return Flag.objects.filter(candidate=candidate, person=by).first() or Flag(candidate=candidate, person=by)


def _checked(changes: Sequence[Change]) -> set[int]:
    """The candidates they name; raises Refused on what is no mark."""
    named = {candidate for change in changes for candidate in change.candidates}
    if not all(change.candidates for change in changes) or not named:
        raise Refused("Say which candidates are marked.")
    if (count := sum(len(change.candidates) for change in changes)) > MOST:
        raise Refused(f"A mark is on at most {MOST} candidates; this one is on {count}.")
    for change in changes:
        _check(change)
    return named


def _check(change: Change) -> None:
    if not change.said():
        raise Refused("Say a flag, a rating, a label or a reason.")
    if change.value is not None and change.value not in Flag.Value.values:
        raise Refused(f"'{change.value}' is no flag; pick, reject and unflagged are.")
    if change.rating is not None and not 0 <= change.rating <= 5:
        raise Refused("A rating is a whole number from 0 to 5.")
    if change.label and change.label not in Flag.Label.values:
        raise Refused(f"'{change.label}' is no label; {', '.join(Flag.Label.values)} are.")
    if change.reason and change.reason not in Flag.Reason.values:
        raise Refused(f"'{change.reason}' is no reason; {', '.join(Flag.Reason.values)} are.")
    if change.reason and change.value not in (None, Flag.Value.REJECT):
        raise Refused("Only a rejected candidate has a reason.")


def _write(brief: Brief, by: User, changes: Sequence[Change], named: Collection[int]) -> bool:
    """In a few queries for any number of candidates. True when it changed anything."""
    if Candidate.objects.filter(brief=brief, pk__in=named).count() != len(named):
        raise Refused("A candidate in this mark is not of this brief.")
    stored = Flag.objects.filter(person=by, candidate__in=named).values("candidate_id", *UNJUDGED)
    before = {row.pop("candidate_id"): row for row in stored}
    after = {candidate: before.get(candidate, UNJUDGED) for candidate in named}
    for change in changes:
        said = change.said()
        after |= {candidate: _judged(after[candidate], said) for candidate in change.candidates}
    at = now()
    changed = [
        Flag(candidate_id=candidate, person=by, flagged_at=at, **judgement)
        for candidate, judgement in after.items()
        if judgement != before.get(candidate, UNJUDGED)
    ]
    Flag.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["candidate", "person"],
        update_fields=[*UNJUDGED, "flagged_at"],
    )
    return bool(changed)


def _judged(judgement: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    judged = {**judgement, **said}
    return judged if judged["value"] == Flag.Value.REJECT else {**judged, "reason": ""}
