"""The demo's people. Shown on the sign-in page in demo mode only."""

from __future__ import annotations

from typing import NamedTuple

from creative import roles, stages
from creative.roles import Role

PASSWORD = "winnow-demo"  # noqa: S105


class Person(NamedTuple):
    username: str
    name: str
    role: Role
    comes_to: str
    stage: str = ""
    of_site: bool = False  # holds the role for the site as well

    @property
    def title(self) -> str:
        return roles.title(self.role, self.stage)


PEOPLE = [
    Person("maya", "Maya Okafor", Role.MARKETER, "submits briefs and gets the approved files"),
    Person("dan", "Dan Lindqvist", Role.DESIGNER, "culls twenty candidates to two"),
    Person("bea", "Bea Marchetti", Role.REVIEWER, "judges against the brand kit", stages.BRAND),
    Person("leo", "Leo Tanaka", Role.REVIEWER, "signs customer-facing pictures", stages.LEGAL, True),
    Person("pia", "Pia Novak", Role.PRODUCER, "keeps people, brands, models and policy", of_site=True),
]
