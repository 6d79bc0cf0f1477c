"""Who had a hand in a version: read when it is written, from the rows that stand and from the log of what was done."""

from __future__ import annotations

from creative.evidence.acts import Act
from creative.models import BriefRevision, Event, User
from review.models import Hand, Shortlisting, Version

How = Hand.How

OF_THE_BRIEF = {Act.BRIEF_DRAFTED: How.WROTE, Act.BRIEF_WRITTEN: How.WROTE, Act.BRIEF_SUBMITTED: How.SUBMITTED}
OF_THE_RUN = {Act.RUN_STARTED: How.STARTED, Act.RUN_TOPPED_UP: How.STARTED, Act.RUN_RETRIED: How.RETRIED}
OF_THE_CANDIDATE = {Act.CANDIDATE_SHORTLISTED: How.SHORTLISTED}
OF_THE_ORDER = {Act.VERSION_ORDERED: How.SENT}


def record(version: Version, *, revision: BriefRevision, row: Shortlisting, sent_by: User) -> None:
    run = version.candidate.run
    found = {
        (revision.written_by_id, How.WROTE),
        (revision.submitted_by_id, How.SUBMITTED),
        (run.started_by_id, How.STARTED),
        (row.shortlisted_by_id, How.SHORTLISTED),
        (sent_by.pk, How.SENT),
        *_logged(version),
    }
    Hand.objects.bulk_create(
        Hand(version=version, person_id=person, how=how) for person, how in sorted(found) if person
    )


def _logged(version: Version) -> set[tuple[int, How]]:
    """Also of what no row tells: earlier words, retries of run and order, and a shortlisting that was taken back."""
    ways = OF_THE_BRIEF | OF_THE_RUN | OF_THE_CANDIDATE | OF_THE_ORDER
    events = Event.objects.filter(brief_id=version.asset.brief_id, act__in=ways, actor_id__isnull=False)
    return {(event.actor_id or 0, ways[Act(event.act)]) for event in events if _concerns(event, version)}


def _concerns(event: Event, version: Version) -> bool:
    """What no longer says which run or candidate it was about counts: the safe side."""
    if event.act in OF_THE_RUN:
        return event.data.get("run") in (None, version.candidate.run_id)
    if event.act in OF_THE_CANDIDATE:
        return event.data.get("candidate") in (None, version.candidate_id)
    if event.act in OF_THE_ORDER:
        return event.data.get("order") in (None, version.order_id)
    return True
