"""Do rows still say what the audit log tells of them? Read some briefs at a time, so in bounded memory.

People may go on working meanwhile: what does not agree is read again before it is said.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.apps import apps

from creative.evidence.chain import digest_of, hash_of
from creative.evidence.evident import Evident
from creative.models import Brief, Event

BRIEFS = 50  # looked at together; a brief has some thousand rows at most
CHUNK = 500  # rows read at a time
READ_AGAIN = 3

Model = type[Evident]
Where = int | str  # a brief's id, or a chain of which the lines of no brief are meant


class Fault(enum.StrEnum):
    CHANGED = "says something else than the log tells of it"
    UNTOLD = "is told of by no line of the log"
    GONE = "is gone, and no act took it away"
    ERASED = "can't be compared: what a line told of it was erased"


@dataclass(frozen=True)
class Found:
    model: Model
    pk: str
    fault: Fault


@dataclass
class Report:
    rows: int = 0
    faults: list[Found] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """One sentence a model and fault."""
        return _sentences([found for found in self.faults if found.fault != Fault.ERASED])

    @property
    def erased(self) -> list[str]:
        """What nobody can tell any more; no problem by itself."""
        return _sentences([found for found in self.faults if found.fault == Fault.ERASED])


@dataclass
class _Lines:
    """What the newest line that speaks of it tells of each row: its digest, or None where it was taken away."""

    told: dict[tuple[Model, str, Where], str | None] = field(default_factory=dict)
    erased: set[tuple[Where, str]] = field(default_factory=set)  # places and acts whose lines say nothing any more


def everything() -> Report:
    report = Report()
    models = evident_models()
    _compare([model for model in models if not model.evident_brief], None, report)
    of_briefs = [model for model in models if model.evident_brief]
    after = 0
    while page := _briefs(after):
        _compare(of_briefs, page, report)
        after = page[-1]
    return report


def evident_models() -> list[Model]:
    return [model for model in apps.get_models() if issubclass(model, Evident)]


def agree(models: Sequence[Model], briefs: Collection[int]) -> bool:
    """Whether every row of these models in these briefs is as it was told. What can't be compared does not agree."""
    report = Report()
    _compare(models, briefs, report)
    return not report.faults


def _briefs(after: int) -> list[int]:
    """The next ones, also of those that only lines know."""
    rows = Brief.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
    lines = Event.objects.filter(brief_id__gt=after).order_by("brief_id").values_list("brief_id", flat=True).distinct()
    return sorted({*rows[:BRIEFS], *(pk for pk in lines[:BRIEFS] if pk)})[:BRIEFS]


def _compare(models: Sequence[Model], briefs: Collection[int] | None, report: Report) -> None:
    found: set[Found] = set()
    for attempt in range(READ_AGAIN):
        rows, faults = _faults(models, briefs)
        found = faults if attempt == 0 else found & faults
        if not found:
            break
    report.rows += rows
    report.faults += found


def _faults(models: Sequence[Model], briefs: Collection[int] | None) -> tuple[int, set[Found]]:
    lines, count, found = _lines(models, briefs), 0, set()
    for model in models:
        seen = set()
        for row in _rows(model, briefs).iterator(chunk_size=CHUNK):
            key = (model, str(row.pk), row.told_in)
            seen.add(key)
            count += 1
            if key not in lines.told:
                found.add(_found(key, Fault.UNTOLD, lines))
            elif lines.told[key] != row.evidence_digest:
                found.add(_found(key, Fault.CHANGED, lines))
        left = {key for key, digest in lines.told.items() if key[0] is model and digest} - seen
        found.update(_found(key, Fault.GONE, lines) for key in left)
    return count, found


def _found(key: tuple[Model, str, Where], fault: Fault, lines: _Lines) -> Found:
    model, pk, where = key
    is_erased = any((where, act) in lines.erased for act in model.told_by)
    return Found(model, pk, Fault.ERASED if is_erased else fault)


def _rows(model: Model, briefs: Collection[int] | None):  # type: ignore[no-untyped-def]
    rows = model.evident_rows()
    return rows if briefs is None else rows.filter(told_brief__in=briefs)


def _lines(models: Sequence[Model], briefs: Collection[int] | None) -> _Lines:
    by_label = {model._meta.label_lower: model for model in models}
    acts = {act for model in models for act in model.told_by}
    events = Event.objects.filter(act__in=acts).select_related("payload")
    if briefs is None:
        events = events.filter(brief_id=None).order_by("scope", "sequence")
    else:
        events = events.filter(brief_id__in=briefs).order_by("brief_id", "sequence")
    lines = _Lines()
    for event in events.iterator(chunk_size=CHUNK):
        where: Where = event.brief_id or event.scope
        if event.is_erased:
            lines.erased.add((where, event.act))
        elif holds(event):
            for label in event.rows.keys() & by_label.keys():
                told = event.rows[label].items()
                lines.told.update(((by_label[label], pk, where), digest) for pk, digest in told)
    return lines


def holds(event: Event) -> bool:
    """By its own hashes; `verify` asks for its place in the chain."""
    return hash_of(event.line) == event.hash and (
        event.is_erased or digest_of(event.payload.salt, event.payload.data) == event.payload_digest
    )


def _sentences(faults: list[Found]) -> list[str]:
    counts = Counter((found.model, found.fault) for found in faults)
    return sorted(_sentence(model, fault, count, faults) for (model, fault), count in counts.items())


def _sentence(model: Model, fault: Fault, count: int, faults: list[Found]) -> str:
    first = min((found.pk for found in faults if (found.model, found.fault) == (model, fault)), key=_by_number)
    name = str(model._meta.verbose_name)
    if count == 1:
        return f"{name.capitalize()} {first} {fault}."
    return f"{count} {model._meta.verbose_name_plural}, the first of them {first}, each {fault}."


def _by_number(pk: str) -> tuple[int, str]:
    return len(pk), pk
