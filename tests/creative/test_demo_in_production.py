from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import DatabaseError
from django.test import RequestFactory

from creative import demo, demo_in_production


@pytest.fixture
def production(settings) -> None:
    settings.PRODUCTION = True


def signs_in(name: str, password: str) -> bool:
    return authenticate(RequestFactory().post("/"), username=name, password=password) is not None


def test_the_demos_password_opens_the_demo_alone(maya, settings):
    assert signs_in("maya", demo.PASSWORD)

    settings.PRODUCTION = True
    assert not signs_in("maya", demo.PASSWORD)
    maya.set_password("a sentence of her own")
    maya.save()
    assert signs_in("maya", "a sentence of her own")


def test_the_web_process_refuses_to_start_on_a_demos_database_and_names_who(maya, dan, production):
    dan.is_active = False
    dan.save()

    with pytest.raises(ImproperlyConfigured, match="that everybody knows: maya. Deactivate"):
        demo_in_production.refuse()


def test_it_starts_where_they_have_passwords_of_their_own_or_it_is_the_demo(maya, settings):
    demo_in_production.refuse()

    settings.PRODUCTION = True
    maya.set_password("a sentence of her own")
    maya.save()
    demo_in_production.refuse()


def test_a_database_that_is_away_keeps_the_web_process_from_nothing(production, monkeypatch, caplog):
    def away() -> list[str]:
        raise DatabaseError("connection refused")

    monkeypatch.setattr(demo_in_production, "_still_open", away)

    demo_in_production.refuse()

    assert "could not be asked" in caplog.text


def test_nobody_gets_it_as_a_new_password(maya):
    with pytest.raises(ValidationError, match="which everybody knows"):
        validate_password(demo.PASSWORD, maya)
