"""Verbs on payloads: erase. The line stays, and with it who did what and when; what it said is gone."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from creative import access
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Event, Payload, Project, User
from creative.roles import Action


def erase(event: Event, *, by: User, because: str) -> bool:
    """True for the one who did. It is an act in the same chain, which says which line and why."""
    project = audit.project_of(event.scope)
    _require_producer(by, project)
    if event.act == Act.PAYLOAD_ERASED:
        raise Refused("This line says what was erased and why; it stays.")
    if not because.strip():
        raise Refused("Say why; an erasure needs a reason.")
    with transaction.atomic():
        erased, _ = Payload.objects.filter(event=event).delete()
        if erased:
            data: dict[str, Any] = {"sequence": event.sequence, "because": because.strip()[:1000]}
            audit.record(project, by, Act.PAYLOAD_ERASED, brief=event.brief_id, **data)
    return erased == 1


def _require_producer(person: User, project: Project | None) -> None:
    if project:
        access.require(person, Action.MANAGE, project)
    elif not access.keeps_site(person):
        raise PermissionDenied("Producers of the site erase what a line of the site's log says.")
