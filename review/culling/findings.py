"""What the machine checks saw in a candidate, as one person sees it, and as a version freezes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from creative.models import Reference, User
from generation import checkings
from generation.checks.finding import Box
from generation.models import Candidate, Checking, Finding
from review.models import Dismissal

AROUND = 0.35  # of the longer side of a box, shown on each side of it
LEAST = 0.12  # of the picture's longer side


@dataclass(frozen=True)
class Shown:
    """One finding, and what it is held against."""

    finding: Finding
    mine: Dismissal | None
    others: list[Dismissal]
    candidate: Candidate | None  # that it is like
    reference: Reference | None

    @property
    def window(self) -> Box | None:
        """The part of the picture that shows it, with something around: x, y, width, height in pixels."""
        box, candidate = self.finding.box, self.finding.candidate
        return window(box, candidate.width, candidate.height) if box else None


def window(box: Box, width: int, height: int) -> Box:
    """A square around the box, inside the picture where that is large enough."""
    x, y, wide, high = box
    side = max(round(max(wide, high) * (1 + 2 * AROUND)), round(LEAST * max(width, height)))
    side = min(side, max(width, height))
    return _inside(x + wide // 2 - side // 2, side, width), _inside(y + high // 2 - side // 2, side, height), side, side


def _inside(at: int, side: int, length: int) -> int:
    return (length - side) // 2 if side > length else max(0, min(at, length - side))


def of(candidate: Candidate, person: User) -> list[Shown]:
    """In the order of kinds, the surest first."""
    found = list(candidate.findings.standing().prefetch_related("dismissals__person"))
    kinds = list(Finding.Kind)
    found.sort(key=lambda each: (kinds.index(Finding.Kind(each.kind)), -each.sure, each.pk))
    like = Candidate.objects.in_bulk([each.detail["candidate"] for each in found if "candidate" in each.detail])
    known = Reference.objects.prefetch_related("attestations__withdrawal", "attestations__attested_by")
    references = known.in_bulk([each.detail["reference"] for each in found if "reference" in each.detail])
    shown = []
    for each in found:
        each.candidate = candidate
        said = list(each.dismissals.all())
        shown.append(
            Shown(
                each,
                next((one for one in said if one.person_id == person.pk), None),
                [one for one in said if one.person_id != person.pk],
                like.get(each.detail.get("candidate", 0)),
                references.get(each.detail.get("reference", 0)),
            )
        )
    return shown


def checking_of(candidate: Candidate) -> Checking | None:
    """The one whose findings count."""
    return candidate.checkings.standing().first()


def frozen(candidate: Candidate) -> dict[str, Any]:
    """Plain values: what was seen, who called it fine, which checks ran and which had not."""
    checking = checking_of(candidate)
    found = candidate.findings.standing().prefetch_related("dismissals").order_by("pk")
    return {
        "found": [{**each.as_values(), "fine": [_said(one) for one in each.dismissals.all()]} for each in found],
        "ran": checking.versions if checking else {},
        "not_run": checkings.not_run(checking),
    }


@dataclass(frozen=True)
class Frozen:
    """A finding as a version holds it, for its page."""

    kind: str
    words: str
    box: Box | None
    window: Box | None
    fine: list[str]  # who calls it so, and why


def thawed(content: dict[str, Any], candidate: Candidate) -> tuple[list[Frozen], list[tuple[str, str]]]:
    """What `frozen` gave: the findings, and the checks that had not run, each with the reason."""
    said = {one["person"] for each in content["found"] for one in each["fine"]}
    people = User.objects.in_bulk(said)
    found = [
        Frozen(
            kind=str(Finding.Kind(each["kind"]).label),
            words=each["words"],
            box=tuple(each["box"]) if each["box"] else None,
            window=window(tuple(each["box"]), candidate.width, candidate.height) if each["box"] else None,
            fine=[
                _("%(person)s calls it fine: %(reason)s") % {"person": people[one["person"]], "reason": one["reason"]}
                for one in each["fine"]
            ],
        )
        for each in content["found"]
    ]
    return found, checkings.labelled(content["not_run"])


def _said(dismissal: Dismissal) -> dict[str, Any]:
    return {"person": dismissal.person_id, "reason": dismissal.reason}
