"""The audit log: one hash chain a project and one for the site; append-only, and provably so."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from creative.evidence.acts import Act
from creative.evidence.chain import GENESIS, canonical, digest_of, hash_of
from creative.models import Chain, Event, Payload, Project, User

SITE = "site"
ANCHORS = "audit"  # folder in the storage: one file an anchoring, never overwritten


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


def anchor() -> str | None:
    """Write every chain's head, signed, away from the database. Returns the file's name; None when nothing is new."""
    heads = {c.scope: [c.length, c.head] for c in Chain.objects.filter(length__gt=0).order_by("scope")}
    newest = _newest_anchor()
    if not heads or (newest and newest["heads"] == heads):
        return None
    body = {"heads": heads, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    name = f"{ANCHORS}/{datetime.now(UTC):%Y%m%dT%H%M%S%f}.json"
    return default_storage.save(name, ContentFile(canonical({**body, "mac": _mac(body)})))


def verify() -> list[str]:
    """What is wrong with the log, in sentences; empty when every chain is whole. People may go on working meanwhile."""
    anchors = [(name, _read_anchor(name)) for name in _anchor_names()]
    heads = _heads()  # before the events, so that what is written meanwhile is not taken for cut off
    problems: list[str] = []
    seen: dict[str, list[str]] = {}
    for scope in Event.objects.order_by().values_list("scope", flat=True).distinct():
        seen[scope] = [GENESIS]
        problems += _verify_chain(scope, seen[scope])
    for scope, (length, head) in heads.items():
        hashes = seen.get(scope, [GENESIS])
        if length >= len(hashes):
            problems.append(f"{scope}: cut off: {length} events were written, {len(hashes) - 1} stand.")
        elif hashes[length] != head:
            problems.append(f"{scope}: event {length} differs from the one that was written.")
    latest = _heads()
    for scope, hashes in sorted(seen.items()):
        if scope not in latest:
            problems.append(f"{scope}: its head is missing.")
        elif len(hashes) - 1 > latest[scope][0]:
            problems.append(f"{scope}: {len(hashes) - 1} events stand, only {latest[scope][0]} were written.")
    return problems + list(_verify_anchors(anchors, seen))


def _heads() -> dict[str, tuple[int, str]]:
    return {chain.scope: (chain.length, chain.head) for chain in Chain.objects.all()}


def _verify_chain(scope: str, hashes: list[str]) -> Iterator[str]:
    lines = Event.objects.filter(scope=scope).select_related("payload").order_by("sequence")
    for event in lines.iterator():
        expected = len(hashes)
        if event.sequence != expected:
            yield f"{scope}: event {expected} is missing or out of order (found {event.sequence})."
        elif event.previous != hashes[-1]:
            yield f"{scope}: event {event.sequence} does not follow the one before it."
        if hash_of(event.line) != event.hash or not _is_as_told(event):
            yield f"{scope}: event {event.sequence} was edited."
        hashes.append(event.hash)


def _is_as_told(event: Event) -> bool:
    return event.is_erased or digest_of(event.payload.salt, event.payload.data) == event.payload_digest


def _verify_anchors(anchors: list[tuple[str, dict[str, Any]]], seen: dict[str, list[str]]) -> Iterator[str]:
    for name, body in anchors:
        if not hmac.compare_digest(body.pop("mac", ""), _mac(body)):
            yield f"Anchor {name} was forged or edited."
            continue
        for scope, (length, head) in body["heads"].items():
            hashes = seen.get(scope, [GENESIS])
            if length >= len(hashes):
                yield f"{scope}: cut off: {name} saw {length} events, {len(hashes) - 1} stand."
            elif hashes[length] != head:
                yield f"{scope}: event {length} differs from the one that {name} saw."


def _anchor_names() -> list[str]:
    try:
        return [f"{ANCHORS}/{name}" for name in sorted(default_storage.listdir(ANCHORS)[1])]
    except FileNotFoundError:
        return []


def _newest_anchor() -> dict[str, Any] | None:
    names = _anchor_names()
    return _read_anchor(names[-1]) if names else None


def _read_anchor(name: str) -> dict[str, Any]:
    with default_storage.open(name) as file:
        found: dict[str, Any] = json.load(file)
        return found


def _mac(body: dict[str, Any]) -> str:
    key = hashlib.sha256(b"winnow audit anchor" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, canonical(body), hashlib.sha256).hexdigest()
