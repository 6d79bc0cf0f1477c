"""The demo's people. Shown on the sign-in page in demo mode only."""

from __future__ import annotations

from typing import NamedTuple

from creative.access import Role

PASSWORD = "winnow-demo"  # noqa: S105


class Person(NamedTuple):
    username: str
    name: str
    role: Role
    comes_to: str


PEOPLE = [
    Person("maya", "Maya Okafor", Role.MARKETER, "submits briefs and gets the approved files"),
    Person("dan", "Dan Lindqvist", Role.DESIGNER, "culls twenty candidates to two"),
    Person("bea", "Bea Marchetti", Role.BRAND, "judges against the brand kit"),
    Person("leo", "Leo Tanaka", Role.LEGAL, "signs customer-facing pictures"),
    Person("pia", "Pia Novak", Role.PRODUCER, "keeps people, brands, models and policy"),
]
