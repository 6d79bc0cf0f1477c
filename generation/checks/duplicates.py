"""Whether another candidate of the brief is all but the same picture."""

from __future__ import annotations

from PIL import Image

from generation.checks.finding import Check, Finding, Known, Seen
from generation.checks.likeness import Likeness, likeness

AGREEING = 40  # key points
SPREAD = 0.35  # share of the picture that they enclose: one thing in both, such as the product, is less


def run(picture: Image.Image, seen: Seen) -> list[Finding]:
    """The nearest candidate first."""
    found = [(candidate, likeness(picture, candidate.picture)) for candidate in seen.candidates]
    findings = [_finding(candidate, alike) for candidate, alike in found if _is_duplicate(alike)]
    return sorted(findings, key=lambda finding: -finding.sure)


def _is_duplicate(alike: Likeness) -> bool:
    return alike.looks_alike or alike.shows(agreeing=AGREEING, spread=SPREAD)


def _finding(candidate: Known, alike: Likeness) -> Finding:
    mirrored = ", mirrored" if alike.mirrored else ""
    apart = "" if alike.bits is None else f" ({alike.bits} of 64 bits apart)"
    words = f"All but the same picture as another candidate{mirrored}{apart}."
    return Finding("duplicate", None, _sure(alike), words, {"candidate": candidate.id, **alike.as_dict()})


def _sure(alike: Likeness) -> float:
    spread = min(1.0, alike.place.spread) if alike.place else 0.0
    return round(max(spread, 1 - (64 if alike.bits is None else alike.bits) / 64), 3)


DUPLICATES = Check("duplicates", "Near-duplicates", 1, run)
