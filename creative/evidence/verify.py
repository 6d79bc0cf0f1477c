"""Does the audit log hold? One sentence a cause, in constant memory. People may go on working meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from creative.evidence import anchors, keys
from creative.evidence.acts import Act
from creative.evidence.anchors import Anchor, Link
from creative.evidence.chain import GENESIS
from creative.evidence.rows import holds
from creative.models import Chain, Event

Head = tuple[int, str]
CHUNK = 500  # lines read at a time


@dataclass
class Report:
    problems: list[str] = field(default_factory=list)
    events: int = 0
    chains: int = 0
    anchors: int = 0


def everything() -> Report:
    report = Report()
    heads = _heads()  # before the events, so that what is written meanwhile is not taken for cut off
    scopes = set(Event.objects.order_by().values_list("scope", flat=True).distinct())
    faulty = set()
    for scope in sorted(scopes.union(heads)):
        found = list(_chain(scope, heads.get(scope, (0, GENESIS)), report))
        report.problems += found
        faulty.update([scope] if found else [])
    report.problems += _anchors(faulty, report)
    return report


def problems() -> list[str]:
    """What is wrong with the log, in sentences; empty when every chain is whole."""
    return everything().problems


def chain(scope: str) -> list[str]:
    return list(_chain(scope, _heads().get(scope, (0, GENESIS)), Report()))


def _heads() -> dict[str, Head]:
    return {chain.scope: (chain.length, chain.head) for chain in Chain.objects.all()}


@dataclass
class _Lines:
    """How many have the same fault, and which is the first."""

    count: int = 0
    first: int = 0

    def add(self, sequence: int, count: int = 1) -> None:
        self.first = self.first or sequence
        self.count += count

    def say(self, scope: str, fault: str) -> Iterator[str]:
        if self.count == 1:
            yield f"{scope}: event {self.first} {fault}."
        elif self.count:
            yield f"{scope}: {self.count} events, the first of them event {self.first}, each {fault}."


def _chain(scope: str, head: Head, report: Report) -> Iterator[str]:
    """Reads each line once. After a fault it goes on from the line it met, so that one fault is told once."""
    missing, loose, edited, silent = _Lines(), _Lines(), _Lines(), _Lines()
    wordless: set[int] = set()  # lines without a payload that no act erased (yet): few, or something is wrong
    sequence, previous, at_head = 0, GENESIS, GENESIS
    lines = Event.objects.filter(scope=scope).select_related("payload").order_by("sequence")
    for event in lines.iterator(chunk_size=CHUNK):
        if event.sequence != sequence + 1:
            missing.add(sequence + 1, event.sequence - sequence - 1)
        elif event.previous != previous:
            loose.add(event.sequence)
        if not holds(event):
            edited.add(event.sequence)
        if event.is_erased:
            wordless.add(event.sequence)
        elif event.act == Act.PAYLOAD_ERASED:
            wordless.discard(event.data["sequence"])
        sequence, previous = event.sequence, event.hash
        at_head = event.hash if sequence == head[0] else at_head
        report.events += 1
    report.chains += 1
    for number in sorted(wordless):
        silent.add(number)
    yield from missing.say(scope, "is missing")
    yield from edited.say(scope, "was edited")
    yield from loose.say(scope, "does not follow the one before it")
    yield from silent.say(scope, "lost what it said, and no act erased it")
    yield from _against_head(scope, sequence, at_head, head)


def _against_head(scope: str, stand: int, at_head: str, head: Head) -> Iterator[str]:
    latest = Chain.objects.filter(scope=scope).values_list("length", flat=True).first()
    if head[0] > stand:
        yield f"{scope}: cut off: {head[0]} events were written, {stand} stand."
    elif head[1] != at_head and latest is not None:
        yield f"{scope}: event {head[0]} differs from the one that was written."
    if latest is None:
        yield f"{scope}: its head is missing."
    elif stand > latest:
        yield f"{scope}: {stand} events stand, only {latest} were written."


def _anchors(faulty: set[str], report: Report) -> Iterator[str]:
    """From the newest one back, by the links that each has to the ones before it."""
    there = anchors.numbers()
    told = set(faulty)  # a chain's fault is told once
    known: dict[str, Head] = {}
    missing: list[int] = []
    strange: list[int] = []  # signed by keys that the settings don't name
    newest: Anchor | None = None
    is_recent = True  # of the days of which every anchor is kept
    link: Link | None = {"number": max([0, *there, anchors.written()]), "hash": None}
    while link and link["number"]:
        number = link["number"]
        anchor = anchors.read(number)
        if anchor is None or not anchor.is_signed or link["hash"] not in (None, anchor.hash):
            if anchor is None and number not in there:
                missing.append(number)
            elif anchor and not keys.is_trusted(anchor.key):
                strange.append(number)
            else:
                yield f"Anchor {number} was forged, edited or damaged."
            older = [other for other in there if other < number]
            missing += range(older[-1] + 1, number) if older and is_recent else ()
            link = {"number": older[-1], "hash": None} if older else None
            continue
        report.anchors += 1
        newest = newest or anchor
        for scope, head in anchor.heads.items():
            if scope not in told and known.get(scope) != head:
                for problem in _against_anchor(scope, head, number):
                    told.add(scope)
                    yield problem
        known = anchor.heads
        is_recent = anchor.date >= newest.date - anchors.ALL_OF
        if is_recent:
            before = anchor.previous["number"] if anchor.previous else 0
            missing += range(before + 1, number)
            link = anchor.previous
        else:
            link = anchor.day
    if strange:
        are = "anchor is" if len(strange) == 1 else "anchors are"
        last = f"the last of them number {max(strange)}"
        yield f"{len(strange)} {are} signed by a key that OLDER_EVIDENCE_KEYS does not name, {last}."
    if missing:
        are = "anchor is" if len(missing) == 1 else "anchors are"
        yield f"{len(missing)} {are} missing, the first of them number {min(missing)}."


def _against_anchor(scope: str, head: Head, number: int) -> Iterator[str]:
    length, expected = head
    found = Event.objects.filter(scope=scope, sequence=length).values_list("hash", flat=True).first()
    if found is None:
        stand = Event.objects.filter(scope=scope).count()
        yield f"{scope}: cut off: anchor {number} saw {length} events, {stand} stand."
    elif found != expected:
        yield f"{scope}: event {length} differs from the one that anchor {number} saw."
