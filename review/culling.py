"""Verbs on flags and ratings: each person's own, and never written on the candidate."""

from __future__ import annotations

from django.db import transaction
from django.utils.timezone import now

from creative import audit
from creative.errors import Refused
from creative.models import User
from generation.models import Candidate
from review.models import Flag


def flag(candidate: Candidate, *, by: User, value: str | None = None, rating: int | None = None) -> Flag:
    """Set the person's flag, rating or both; what is None stays. Saying the same twice writes nothing."""
    if value is not None and value not in Flag.Value.values:
        raise Refused(f"'{value}' is no flag; pick, reject and unflagged are.")
    if rating is not None and not 0 <= rating <= 5:
        raise Refused("A rating is a whole number from 0 to 5.")
    with transaction.atomic():
        mine, _ = Flag.objects.select_for_update(no_key=True).get_or_create(candidate=candidate, person=by)
        before = (mine.value, mine.rating)
        mine.value = mine.value if value is None else value
        mine.rating = mine.rating if rating is None else rating
        if (mine.value, mine.rating) != before:
            mine.flagged_at = now()
            mine.save(update_fields=["value", "rating", "flagged_at"])
            data = {"candidate": candidate.pk, "value": mine.value, "rating": mine.rating}
            audit.record(candidate.project, by, "candidate.flagged", **data)
    return mine
