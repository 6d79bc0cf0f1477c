"""A stage is a word that policy asks for and a reviewer signs in: brand, legal, or another one."""

from __future__ import annotations

BRAND = "brand"
LEGAL = "legal"
SHIPPED = (BRAND, LEGAL)
WORD = r"^[a-z][a-z-]*$"
LONGEST = 30  # letters


def label(stage: str) -> str:
    """As it stands at the beginning of a sentence."""
    return stage.replace("-", " ").capitalize()
