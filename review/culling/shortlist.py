"""Verbs on the shortlist: the candidates of a brief that designers put forward, in order."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max, ProtectedError

from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Brief, User
from generation.models import Candidate
from review.culling import blind_pass
from review.models import Shortlisting


def add(candidate: Candidate, *, by: User) -> bool:
    """At the end of the list. True for the one who put it there."""
    with transaction.atomic():
        blind_pass.require_none(candidate.brief)
        last = Shortlisting.objects.filter(brief=candidate.brief_id).aggregate(Max("position"))["position__max"]
        row, added = Shortlisting.objects.get_or_create(
            candidate=candidate,
            defaults={"brief": candidate.brief, "position": 1 + (last or 0), "shortlisted_by": by},
        )
        if added:
            _record(candidate, by, Act.CANDIDATE_SHORTLISTED, rows=[row])
    return added


def remove(candidate: Candidate, *, by: User) -> bool:
    """Take back what is not in review yet."""
    with transaction.atomic():
        blind_pass.require_none(candidate.brief)
        gone = list(Shortlisting.objects.filter(candidate=candidate))
        try:
            removed = Shortlisting.objects.filter(candidate=candidate).delete()[0]
        except ProtectedError as error:  # something was made of it since
            raise Refused("This candidate is in review already; it stays on the shortlist.") from error
        if removed:
            _record(candidate, by, Act.CANDIDATE_UNSHORTLISTED, gone=gone)
    return bool(removed)


def reorder(brief: Brief, *, by: User, candidates: list[int]) -> None:
    """Put the shortlist into this order; raises Refused when it is not the same set any more."""
    with transaction.atomic():
        blind_pass.require_none(brief)
        rows = {row.candidate_id: row for row in Shortlisting.objects.filter(brief=brief)}
        if sorted(rows) != sorted(candidates):
            raise Refused("The shortlist changed meanwhile. Look at it again, then reorder.")
        for position, candidate in enumerate(candidates, 1):
            if rows[candidate].position != position:
                Shortlisting.objects.filter(pk=rows[candidate].pk).update(position=position)
        audit.record(brief.project, by, Act.SHORTLIST_REORDERED, brief=brief.pk, candidates=candidates)


def _record(candidate: Candidate, by: User, act: Act, **data: Any) -> None:
    about: dict[str, Any] = {"candidate": candidate.pk, "number": candidate.number}
    audit.record(candidate.project, by, act, brief=candidate.brief_id, **about, **data)
