"""Times and amounts in words."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from creative.templatetags import winnow


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (None, "unknown"),
        (0, "0.00 EUR"),
        ("12.346", "12.35 EUR"),
        ("1234567.8", "1234567.80 EUR"),
        ("0.5", "0.5000 EUR"),
        ("0.0031", "0.0031 EUR"),
        ("0.00001", "less than 0.0001 EUR"),
    ],
)
def test_money_has_its_currency_and_never_reads_as_nothing(amount, words):
    assert winnow.money(None if amount is None else Decimal(amount)) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(None, "unknown"), (0.42, "0.4 s"), (14, "14 s"), (180, "3 min"), (4800, "1 h 20 min")]
)
def test_a_duration_is_as_exact_as_it_matters(seconds, words):
    assert winnow.duration(seconds) == words


def test_days_are_said_as_people_say_them():
    today = timezone.localdate()

    said = [winnow.day(today + datetime.timedelta(days=days)) for days in (-1, 0, 1)]

    assert said == ["yesterday", "today", "tomorrow"]
    assert winnow.day(today + datetime.timedelta(days=3)).startswith("on ")
    assert winnow.day(today - datetime.timedelta(days=3)).startswith("last ")
    assert winnow.day("2020-03-05") == "5 March 2020"


def test_what_waits_says_since_when():
    assert winnow.since(timezone.now() - datetime.timedelta(days=1)) == "yesterday"
    assert winnow.ago(timezone.now() - datetime.timedelta(minutes=5)) == "5\N{NO-BREAK SPACE}minutes ago"


def test_they_are_said_in_the_language_of_the_page():
    with translation.override("de"):
        assert winnow.ago(timezone.now() - datetime.timedelta(minutes=5)) == "vor 5 Minuten"
        assert winnow.day(timezone.localdate()) == "heute"
        assert winnow.day("2020-03-05") == "5 März 2020"
        assert winnow.money(Decimal("12.346")) == "12,35 EUR"
