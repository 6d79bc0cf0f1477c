"""What is given to somebody outside: a chain's lines, what those of one brief say, and the anchors that cover them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO

from creative.evidence import anchors, keys
from creative.evidence.anchors import Anchor
from creative.models import Event

CHUNK = 500  # lines read at a time


def write(file: IO[str], *, scope: str, brief: int | None = None) -> None:
    """As JSON, line by line, never whole in memory. Of other briefs' lines only the digests."""
    covering = list(_covering(scope))
    parts = {
        "scope": json.dumps(scope),
        "lines": _listed(json.dumps([*event.line, event.hash]) for event in _events(scope)),
        "payloads": _listed(_payloads(scope, brief), "{}"),
        "anchors": _listed(json.dumps(anchors.text(anchor.number)) for anchor in covering),
        "keys": json.dumps(_keys(covering)),
    }
    file.write("{")
    for place, (name, chunks) in enumerate(parts.items()):
        file.write(f'{"," if place else ""}\n"{name}": ')
        file.writelines(chunks)
    file.write("\n}\n")


def _events(scope: str) -> Iterator[Event]:
    return Event.objects.filter(scope=scope).order_by("sequence").iterator(chunk_size=CHUNK)


def _payloads(scope: str, brief: int | None) -> Iterator[str]:
    told = Event.objects.filter(scope=scope, payload__isnull=False).select_related("payload").order_by("sequence")
    for event in (told if brief is None else told.filter(brief_id=brief)).iterator(chunk_size=CHUNK):
        yield f'"{event.sequence}": {json.dumps({"salt": event.payload.salt, "data": event.payload.data})}'


def _covering(scope: str) -> Iterator[Anchor]:
    """The first anchor that saw each head of this chain: it says when a line stood at the latest."""
    seen = None
    for number in anchors.numbers():
        anchor = anchors.read(number)
        if anchor and anchor.heads.get(scope, seen) != seen:
            seen = anchor.heads[scope]
            yield anchor


def _keys(covering: list[Anchor]) -> dict[str, str]:
    found = {name: keys.public(name) for name in {anchor.key for anchor in covering}}
    return {name: keys.pem(key).decode() for name, key in found.items() if key}


def _listed(entries: Iterator[str], brackets: str = "[]") -> Iterator[str]:
    yield brackets[0]
    for place, entry in enumerate(entries):
        yield f"{',' if place else ''}\n{entry}"
    yield brackets[1]
