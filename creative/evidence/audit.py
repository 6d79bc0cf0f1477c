"""Writing the audit log: one hash chain a project and one for the site; append-only, and provably so."""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from creative.evidence.acts import Act
from creative.evidence.chain import canonical, digest_of, hash_of
from creative.evidence.evident import Evident
from creative.models import Chain, Event, Payload, Project, User

SITE = "site"


def scope_of(project: Project | None) -> str:
    return f"project:{project.pk}" if project else SITE


def project_of(scope: str) -> Project | None:
    return None if scope == SITE else Project.objects.get(pk=int(scope.removeprefix("project:")))


def record(
    project: Project | None,
    actor: User | None,
    act: Act,
    /,
    *,
    brief: int | None = None,
    rows: Iterable[Evident] = (),
    gone: Iterable[Evident] = (),
    **data: Any,
) -> Event:
    """Add one line, in the caller's transaction. `actor` is None for a worker, `brief` an id. Data holds no floats.

    `rows` are what the act made or changed, as the database has them by now; `gone` what it took away.
    """
    scope = scope_of(project)
    if told := _told(act, rows, gone):
        data["rows"] = told
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


def _told(act: Act, rows: Iterable[Evident], gone: Iterable[Evident]) -> dict[str, dict[str, str | None]]:
    """What evidence rests on, by table and row: a digest, or None for what is gone."""
    told: dict[str, dict[str, str | None]] = defaultdict(dict)
    for row, digest in [*((row, row.evidence_digest) for row in rows), *((row, None) for row in gone)]:
        assert act in row.told_by
        told[row._meta.label_lower][str(row.pk)] = digest
    return told
