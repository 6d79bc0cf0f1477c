"""Verbs on memberships: one role a person a project, and the stage that a reviewer signs."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from creative.evidence import audit
from creative.evidence.acts import Act
from creative.keeping import require_producer, writing
from creative.models import Membership, Project, User


def add(project: Project, *, by: User | None, user: User, role: str, stage: str = "") -> Membership:
    """Raises Refused where the person has a role there already, or role and stage do not go together."""
    require_producer(by)
    member = Membership(project=project, user=user, role=role, stage=stage)
    with writing(member):
        member.save(force_insert=True)
        audit.record(None, by, Act.MEMBERSHIP_ADDED, **_told(member))
    return member


def change(member: Membership, *, by: User | None, role: str, stage: str = "") -> bool:
    """It counts from the person's next request on. False where nothing is new."""
    require_producer(by)
    with transaction.atomic():
        stored = Membership.objects.select_for_update(no_key=True).get(pk=member.pk)
        if (stored.role, stored.stage) == (role, stage):
            return False
        was = {"role": stored.role, "stage": stored.stage}
        stored.role, stored.stage = role, stage
        with writing(stored):
            stored.save(update_fields=["role", "stage"])
            audit.record(None, by, Act.MEMBERSHIP_CHANGED, **_told(stored), was=was)
    return True


def remove(member: Membership, *, by: User | None) -> bool:
    """True for the one who took it away."""
    require_producer(by)
    with transaction.atomic():
        removed = Membership.objects.filter(pk=member.pk).delete()[0]
        if removed:
            audit.record(None, by, Act.MEMBERSHIP_REMOVED, **_told(member))
    return bool(removed)


def _told(member: Membership) -> dict[str, Any]:
    return {"user": member.user_id, "project": member.project_id, "role": str(member.role), "stage": member.stage}
