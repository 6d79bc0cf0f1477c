"""Verbs on people. What somebody may do is in their memberships: see `members`."""

from __future__ import annotations

from typing import TypedDict, Unpack

from creative import keeping
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import User


class Words(TypedDict, total=False):
    """What is kept of a person."""

    username: str
    first_name: str
    last_name: str
    email: str
    is_active: bool  # whether they may sign in at all


def add(person: User, *, by: User | None) -> User:
    return keeping.add(person, Act.USER_ADDED, by=by)


def change(person: User, *, by: User | None, **words: Unpack[Words]) -> list[str]:
    return keeping.change(person, Act.USER_CHANGED, by=by, **words)


def password_changed(person_id: int, *, by: User) -> None:
    """Told in the transaction that stores the new one, and nothing of it."""
    audit.record(None, by, Act.USER_PASSWORD_CHANGED, user=person_id)
