"""Verbs on brands."""

from __future__ import annotations

from typing import TypedDict, Unpack

from creative import keeping
from creative.evidence.acts import Act
from creative.models import Brand, User


class Words(TypedDict, total=False):
    """What is kept of a brand."""

    name: str


def add(brand: Brand, *, by: User | None) -> Brand:
    return keeping.add(brand, Act.BRAND_ADDED, by=by)


def change(brand: Brand, *, by: User | None, **words: Unpack[Words]) -> list[str]:
    return keeping.change(brand, Act.BRAND_CHANGED, by=by, **words)
