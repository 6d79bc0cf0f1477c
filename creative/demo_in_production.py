"""The demo's password, which everybody knows: production neither starts nor lets anybody in with it."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from creative import demo
from creative.models import User

log = logging.getLogger(__name__)


def refuse() -> None:
    """At the start of the web process. Raises ImproperlyConfigured, which names the people and says what to do."""
    if not settings.PRODUCTION:
        return
    try:
        names = _still_open()
    except DatabaseError:  # it may come up later, and signing in asks again
        log.warning("Whether the database holds the demo's people could not be asked.", exc_info=True)
        return
    if names:
        raise ImproperlyConfigured(
            f"This database holds the demo's people with the password that everybody knows: {', '.join(names)}. "
            "Deactivate them or give them other passwords (manage.py changepassword), or start on another database."
        )


def _still_open() -> list[str]:
    people = User.objects.filter(username__in=[each.username for each in demo.PEOPLE], is_active=True)
    return sorted(person.username for person in people if person.check_password(demo.PASSWORD))


class Backend:
    """Stands before those that let people in. It knows nobody, so it has no `get_user`."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        if settings.PRODUCTION and credentials.get("password") == demo.PASSWORD:
            raise PermissionDenied


class Validator:
    """Of new passwords."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if password == demo.PASSWORD:
            raise ValidationError(self.get_help_text())

    def get_help_text(self) -> str:
        return _("It can't be the demo's password, which everybody knows.")
