"""What the culling room shows: everything, or what changed since. A fixed number of queries, however much there is.

The cursor is the newest line of this brief in the audit chain: every change is an event, and events stand in the order
in which they were committed, whatever worker or person made them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from creative.evidence import history
from creative.evidence.acts import Act
from creative.models import Brief, Event, User
from creative.roles import ROLES_THAT, Action
from generation import checkings
from generation.models import Batch, Candidate, Finding
from review.culling import blind_pass, marking
from review.models import BlindPass, Dismissal, Flag, Shortlisting

FAR = 2000  # events behind: everything is sooner sent than what changed
ANOTHER_VIEW = {Act.BLIND_PASS_STARTED, Act.BLIND_PASS_FINISHED, Act.BLIND_PASS_ENDED}
UNMARKED = Q(value=Flag.Value.UNFLAGGED, rating=0, label="")
RIGHTS = ("cull", "compose", "brief")
# The columns of what is told, by the fields that they are read from: their names are told once, each row is values.
CANDIDATES = {"id": "pk", "index": "index", "width": "width", "height": "height", "hash": "phash"}
FINDINGS = {
    "id": "pk",
    "candidate": "candidate",
    "kind": "kind",
    **{name: name for name in Finding.BOX},
    "sure": "sure",
    "words": "words",
    "fine": "fine",
}
MARKS = {"candidate": "candidate", "person": "person", **{name: name for name in marking.UNJUDGED}}

Rows = list[tuple[Any, ...]]


def of(brief: Brief, person: User, rights: dict[str, bool]) -> dict[str, Any]:
    """The room as its page opens it."""
    return {
        "person": {"id": person.pk},
        "rights": {name: rights[name] for name in RIGHTS},
        "urls": _urls(brief),
        "kinds": Finding.Kind.choices,
        **_everything(brief, person, _cursor(brief)),
    }


def feed(brief: Brief, person: User, *, since: int) -> dict[str, Any] | None:
    """What changed since the cursor; None when nothing did. When it is `whole`, what is not in it is gone."""
    cursor = _cursor(brief)
    if cursor == since:
        return None
    if not 0 < since < cursor:  # a new room, or a restored backup
        return _everything(brief, person, cursor)
    changes = _changes(brief, person, since, cursor)
    return _changed(brief, person, cursor, changes) if changes else _everything(brief, person, cursor)


def mine(brief: Brief, person: User, candidates: Collection[int]) -> dict[str, Any]:
    """This person's marks on these candidates of the brief, as a feed tells them; also that they made none."""
    of_brief = Candidate.objects.filter(brief=brief)
    if len(candidates) <= marking.MOST:
        of_brief = of_brief.filter(pk__in=candidates)
    ids = sorted(set(candidates).intersection(of_brief.values_list("pk", flat=True)))
    marked = {row[0]: row for row in _marks(Flag.objects.filter(person=person, candidate__in=ids))}
    rows = [marked.get(pk, (pk, person.pk, *marking.UNJUDGED.values())) for pk in ids]
    return {"columns": {"marks": list(MARKS)}, "marks": rows}


def first_unflagged(shown: dict[str, Any]) -> int | None:
    """Of a room as `of` shows it: where the way page by page begins."""
    marks = [dict(zip(MARKS, row, strict=True)) for row in shown["marks"]]
    mine = [mark for mark in marks if mark["person"] == shown["person"]["id"]]
    flagged = {mark["candidate"] for mark in mine if mark["value"] != Flag.Value.UNFLAGGED}
    order = [dict(zip(CANDIDATES, row, strict=True))["id"] for row in shown["candidates"]]
    return next((pk for pk in order if pk not in flagged), order[0] if order else None)


def _cursor(brief: Brief) -> int:
    """Read before anything else: what changes while we look comes with the next feed."""
    return history.newest(brief.pk)


def _everything(brief: Brief, person: User, cursor: int) -> dict[str, Any]:
    blind = _Blind.of(brief, person)
    flags = blind.visible(Flag.objects.filter(candidate__brief=brief).exclude(UNMARKED))
    shapes = _shapes(Candidate.objects.filter(brief=brief).order_by("index"))
    found = _findings(Finding.objects.filter(candidate__brief=brief), person)
    return _told(brief, cursor, blind, blind.shuffled(shapes), _marks(flags), found, whole=True)


@dataclass
class _Changes:
    made: list[int] = field(default_factory=list)  # candidates, in the order of their commits
    marked: set[int] = field(default_factory=set)
    people: set[int | None] = field(default_factory=set)  # who marked
    checked: set[int] = field(default_factory=set)


def _changes(brief: Brief, person: User, since: int, cursor: int) -> _Changes | None:
    """None when everything is to be told anew."""
    changes = _Changes()
    events = Event.objects.filter(brief_id=brief.pk, sequence__gt=since, sequence__lte=cursor).order_by("sequence")
    told = list(events.values_list("act", "actor_id", "payload__data")[: FAR + 1])
    # Somebody was away for long; or they may see something else now, or what changed was erased.
    if len(told) > FAR or any(act in ANOTHER_VIEW or data is None for act, _, data in told):
        return None
    for act, actor, data in told:
        if act == Act.CANDIDATE_MADE:
            changes.made.append(data["candidate"])
        elif act == Act.CANDIDATES_MARKED:
            changes.marked.update(pk for change in data["changes"] for pk in change["candidates"])
            changes.people.add(actor)
        elif act == Act.CHECKING_DONE or (act in (Act.FINDING_DISMISSED, Act.FINDING_RESTORED) and actor == person.pk):
            changes.checked.add(data["candidate"])
    return changes


def _changed(brief: Brief, person: User, cursor: int, changes: _Changes) -> dict[str, Any]:
    blind = _Blind.of(brief, person)
    shapes = {shape[0]: shape for shape in _shapes(Candidate.objects.filter(brief=brief, pk__in=changes.made))}
    arrived = [shapes[pk] for pk in changes.made if pk in shapes]
    flags = blind.visible(Flag.objects.filter(candidate__in=changes.marked, person__in=changes.people))
    found = _findings(Finding.objects.filter(candidate__in=changes.checked), person)
    return _told(brief, cursor, blind, arrived, _marks(flags), found, whole=False, checked=sorted(changes.checked))


def _told(
    brief: Brief,
    cursor: int,
    blind: _Blind,
    candidates: Rows,
    marks: Rows,
    found: Rows,
    *,
    whole: bool,
    checked: Collection[int] = (),
) -> dict[str, Any]:
    """`checked` are those whose findings are told anew, where it is not the whole room."""
    return {
        "cursor": cursor,
        "whole": whole,
        "open": Batch.objects.open().filter(run__brief=brief).exists(),
        "columns": {"candidates": list(CANDIDATES), "marks": list(MARKS), "findings": list(FINDINGS)},
        "candidates": candidates,
        "marks": marks,
        "findings": found,
        "checked": checked,
        "silent": checkings.silent_of(brief),
        "listed": list(Shortlisting.objects.filter(brief=brief).values_list("candidate", flat=True)),
        "people": _people(brief, {mark[1] for mark in marks} | blind.finished.keys()),
        "blind": blind.told(),
    }


def _shapes(candidates: QuerySet[Candidate]) -> Rows:
    return list(candidates.values_list(*CANDIDATES.values()))


def _marks(flags: QuerySet[Flag]) -> Rows:
    return list(flags.values_list(*MARKS.values()))


def _findings(found: QuerySet[Finding], person: User) -> Rows:
    """Those that count. A blind pass hides none of them: they are no person's."""
    dismissed = Dismissal.objects.filter(finding=OuterRef("pk"), person=person)
    standing = found.filter(checking__stands=True).annotate(fine=Exists(dismissed))
    return list(standing.order_by("candidate__index", "pk").values_list(*FINDINGS.values()))


def _people(brief: Brief, more: Collection[int]) -> dict[int, str]:
    """Names by id: of who may cull here, and of who else has a part in what is told."""
    cullers = Q(memberships__project=brief.project_id, memberships__role__in=ROLES_THAT[Action.CULL])
    return {person.pk: str(person) for person in User.objects.filter(cullers | Q(pk__in=more)).distinct()}


@dataclass(frozen=True)
class _Blind:
    """The standing blind pass, if any, as it is for one person."""

    person: int
    found: BlindPass | None
    finished: dict[int, bool]  # by person

    @classmethod
    def of(cls, brief: Brief, person: User) -> _Blind:
        found = blind_pass.standing(brief)
        judges = found.judges.order_by("person").values_list("person", "finished_at") if found else []
        return cls(person.pk, found, {judge: at is not None for judge, at in judges})

    @property
    def hides(self) -> bool:
        return self.person in self.finished

    def visible(self, flags: QuerySet[Flag]) -> QuerySet[Flag]:
        return flags.filter(person=self.person) if self.hides else flags

    def shuffled(self, shapes: Rows) -> Rows:
        """In this person's own order, the same at each visit; what came after it began stays at the end."""
        if self.found is None or not self.hides:
            return shapes
        began = self.found.started_at
        earlier = set(
            Candidate.objects.filter(brief=self.found.brief_id, made_at__lte=began).values_list("pk", flat=True)
        )
        key = f"{self.found.pk}:{self.person}"
        hands = sorted((shape for shape in shapes if shape[0] in earlier), key=lambda shape: _digest(key, shape[0]))
        return hands + [shape for shape in shapes if shape[0] not in earlier]

    def told(self) -> dict[str, Any] | None:
        if self.found is None:
            return None
        return {
            "people": list(self.finished),
            "finished": [person for person, finished in self.finished.items() if finished],
            "mine": self.finished.get(self.person) is False,
            "started_by": self.found.started_by_id,
        }


def _digest(key: str, candidate: int) -> str:
    return hashlib.sha256(f"{key}:{candidate}".encode()).hexdigest()


def _urls(brief: Brief) -> dict[str, str]:
    """Addresses; those of a candidate with 0 in place of its id."""
    return {
        "marks": reverse("review:marks", args=[brief.pk]),
        "tray": reverse("review:shortlist", args=[brief.pk]),
        "info": reverse("review:info", args=[0]),
        "shortlisting": reverse("review:shortlisting", args=[0]),
        "picture": reverse("generation:picture", args=[0]),
        "thumbnail": reverse("generation:thumbnail", args=[0, "small"]),
        "large": reverse("generation:thumbnail", args=[0, "large"]),
    }
