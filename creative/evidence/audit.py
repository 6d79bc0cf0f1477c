"""Writing the audit log: one hash chain a project and one for the site; append-only, and provably so."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from creative.evidence.acts import Act
from creative.evidence.chain import canonical, digest_of, hash_of
from creative.models import Chain, Event, Payload, Project, User

SITE = "site"


def scope_of(project: Project | None) -> str:
    return f"project:{project.pk}" if project else SITE


def project_of(scope: str) -> Project | None:
    return None if scope == SITE else Project.objects.get(pk=int(scope.removeprefix("project:")))


def record(project: Project | None, actor: User | None, act: Act, /, *, brief: int | None = None, **data: Any) -> Event:
    """Add one line, in the caller's transaction. `actor` is None for a worker, `brief` an id. Data holds no floats."""
    scope = scope_of(project)
    data = json.loads(canonical(data))
    salt = secrets.token_hex(32)
    with transaction.atomic():
        # Locked until the commit, when foreign keys are checked: so whatever else is locked before, here and in
        # every verb, is locked with no_key, or two commits would wait for each other.
        chain = Chain.objects.select_for_update(no_key=True).filter(scope=scope).first()
        if chain is None:
            Chain.objects.get_or_create(scope=scope)
            chain = Chain.objects.select_for_update(no_key=True).get(scope=scope)
        event = Event(
            scope=scope,
            sequence=chain.length + 1,
            actor_id=actor.pk if actor else None,
            act=act,
            brief_id=brief,
            at=datetime.now(UTC).isoformat(timespec="microseconds"),
            payload_digest=digest_of(salt, data),
            previous=chain.head,
        )
        event.hash = hash_of(event.line)
        event.save(force_insert=True)
        Payload(event=event, salt=salt, data=data).save(force_insert=True)
        Chain.objects.filter(pk=chain.pk).update(length=event.sequence, head=event.hash)
    return event


def record_each(
    project: Project, actor: User | None, act: Act, /, *, briefs: Iterable[int], **data: Any
) -> list[Event]:
    """An act that concerns several briefs is a line of each one's history."""
    with transaction.atomic():
        return [record(project, actor, act, brief=brief, **data) for brief in sorted(set(briefs))]
