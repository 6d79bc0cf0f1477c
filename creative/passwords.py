"""A password is chosen by its owner: the first through a one-time link, the next on their account's page."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creative import keeping, members
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import User


class Tokens(PasswordResetTokenGenerator):
    """Good once, for the newest link alone, and for PASSWORD_RESET_TIMEOUT."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.link_at}"


tokens = Tokens()


def give_link(person: User, *, by: User | None) -> str:
    """The path of a link with which its owner chooses a password. An older one is good no more.

    `by` None is who runs the installation. Raises Refused for who is deactivated.
    """
    keeping.require_producer(by)
    with transaction.atomic():
        stored = User.objects.select_for_update(no_key=True).get(pk=person.pk)
        if not stored.is_active:
            raise Refused(_("%(person)s is deactivated. Let them in again first.") % {"person": stored})
        stored.link_by, stored.link_at = by, now()
        stored.save(update_fields=["link_by", "link_at"])
        audit.record(None, by, Act.USER_LINK_GIVEN, user=stored.pk)
    key = urlsafe_base64_encode(force_bytes(stored.pk))
    return reverse("creative:welcome", args=[key, tokens.make_token(stored)])


def owner_of(key: str, token: str) -> User | None:
    """Whose link it is; None for one that is used, out of date or never was."""
    try:
        person = User.objects.get(pk=int(urlsafe_base64_decode(key)), is_active=True)
    except (ValueError, OverflowError, User.DoesNotExist):
        return None
    return person if tokens.check_token(person, token) else None


def choose(person: User, password: str, *, token: str) -> None:
    """Through a link: what its owner signs or confirms waits again, unless the installation gave the link."""
    with transaction.atomic():
        stored = User.objects.select_for_update(no_key=True).get(pk=person.pk)
        if not tokens.check_token(stored, token):
            raise Refused(_("This link was used already. Ask for a new one."))
        stored.password_link_by = stored.link_by
        _store(stored, password, by_link=True)
        if stored.link_by:
            members.suspend(stored, by=stored.link_by)


def change(person: User, password: str) -> None:
    """By who is signed in and knows the old one."""
    with transaction.atomic():
        _store(User.objects.select_for_update(no_key=True).get(pk=person.pk), password, by_link=False)
    person.refresh_from_db()


def _store(person: User, password: str, *, by_link: bool) -> None:
    """Told in the transaction that stores it, and nothing of it."""
    person.set_password(password)
    person.password_set_at = now()
    person.save(update_fields=["password", "password_set_at", "password_link_by"])
    audit.record(None, person, Act.USER_PASSWORD_CHANGED, user=person.pk, by_link=by_link)
