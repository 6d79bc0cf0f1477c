"""Whether a picture shows one of the references again: whole, cut off, mirrored, encoded again or in other colours."""

from __future__ import annotations

from PIL import Image

from generation.checks.finding import Check, Finding, Known, Seen
from generation.checks.likeness import ALIKE, Likeness, likeness

AGREEING = 12  # key points
SPREAD = 0.03  # share of the picture that they enclose


def run(picture: Image.Image, seen: Seen) -> list[Finding]:
    """The nearest reference first."""
    found = [(reference, likeness(picture, reference.picture)) for reference in seen.references]
    findings = [_finding(reference, alike) for reference, alike in found if _is_same(alike)]
    return sorted(findings, key=lambda finding: -finding.sure)


def _is_same(alike: Likeness) -> bool:
    return alike.looks_alike or alike.shows(agreeing=AGREEING, spread=SPREAD)


def _finding(reference: Known, alike: Likeness) -> Finding:
    how = "in a mirror" if alike.mirrored else "again"
    words = f"The picture shows a reference {how}: {_distance(alike)}."
    return Finding("sameness", alike.box, _sure(alike), words, {"reference": reference.id, **alike.as_dict()})


def _distance(alike: Likeness) -> str:
    points = alike.place.agreeing if alike.place else 0
    found = f"{points} key points of it are found here" if points else "it looks the same as a whole"
    return found if alike.bits is None else f"{found}, {alike.bits} of 64 bits apart"


def _sure(alike: Likeness) -> float:
    """Half at the bound, near 1 where everything agrees."""
    points = alike.place.agreeing if alike.place else 0
    whole = 1 - alike.bits / ALIKE / 2 if alike.bits is not None and alike.looks_alike else 0.0
    return round(max(whole, points / (points + AGREEING)), 3)


SAMENESS = Check("sameness", "Likeness to references", 1, run)
