"""Machine checks: each looks at one picture and gives findings. They point and judge nothing; only people reject."""

from __future__ import annotations

from generation.checks.duplicates import DUPLICATES
from generation.checks.faces import FACES
from generation.checks.finding import Check, Colour, Finding, Known, Missing, Seen
from generation.checks.flat import FLAT
from generation.checks.logo import LOGO
from generation.checks.palette import PALETTE
from generation.checks.sameness import SAMENESS
from generation.checks.text import TEXT
from generation.checks.unsafe import UNSAFE

__all__ = ["CHECKS", "Check", "Colour", "Finding", "Known", "Missing", "Seen"]

CHECKS: dict[str, Check] = {
    check.name: check for check in (FLAT, TEXT, LOGO, FACES, UNSAFE, PALETTE, DUPLICATES, SAMENESS)
}
