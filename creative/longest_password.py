"""How long a password may be: whoever sends a longer one to sign in is refused before it is hashed."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 1_000  # characters


class Validator:
    """Of new passwords."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(self.get_help_text())

    def get_help_text(self) -> str:
        return _("It can't have more than %(longest)s characters.") % {"longest": LONGEST}
