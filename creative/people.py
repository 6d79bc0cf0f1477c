"""Verbs on people. What somebody may do is in their memberships: see `members`; their password: see `passwords`."""

from __future__ import annotations

from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.timezone import now

from creative import keeping, members
from creative.evidence.acts import Act
from creative.models import Membership, User


class Words(TypedDict, total=False):
    """What is kept of a person."""

    username: str
    first_name: str
    last_name: str
    email: str
    is_active: bool  # whether they may sign in at all


def add(person: User, *, by: User | None) -> User:
    """Without a password: its owner chooses one, through a link."""
    if not person.password:
        person.set_unusable_password()
    return keeping.add(person, Act.USER_ADDED, by=by)


def change(person: User, *, by: User | None, **words: Unpack[Words]) -> list[str]:
    """Raises Refused where the site would be left without a producer or a legal reviewer."""
    keeping.require_producer(by)
    with transaction.atomic():
        of_site = Membership.objects.filter(user=person, project=None).first()
        if of_site and not words.get("is_active", True):
            members.require_others_left(of_site)
        changed = keeping.change(person, Act.USER_CHANGED, by=by, **words)
        if "is_active" in changed and not person.is_active:  # let in again, they sign in again
            User.objects.filter(pk=person.pk).update(sessions_ended_at=now())
        return changed
