"""Verbs on projects."""

from __future__ import annotations

import datetime
from typing import TypedDict, Unpack

from creative import keeping
from creative.evidence.acts import Act
from creative.models import Brand, Project, User


class Words(TypedDict, total=False):
    """What is kept of a project."""

    brand: Brand
    name: str
    starts: datetime.date | None
    ends: datetime.date | None


def add(project: Project, *, by: User | None) -> Project:
    """Nobody sees it before it has members."""
    return keeping.add(project, Act.PROJECT_ADDED, by=by)


def change(project: Project, *, by: User | None, **words: Unpack[Words]) -> list[str]:
    return keeping.change(project, Act.PROJECT_CHANGED, by=by, **words)
