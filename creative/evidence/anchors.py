"""Every chain's head, signed and kept away from the database, so that a cut tail shows: docs/decisions/0007."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature

from creative import files, storage
from creative.evidence import keys
from creative.evidence.chain import canonical
from creative.models import AnchorCount, Chain

FOLDER = "evidence/anchors"
ALL_OF = timedelta(days=2)  # of the days before, the last anchor is kept

Link = dict[str, Any]  # number and hash of an earlier anchor


@dataclass(frozen=True)
class Anchor:
    number: int
    at: str
    key: str
    heads: dict[str, tuple[int, str]]
    previous: Link | None
    day: Link | None  # the last one of an earlier day
    hash: str
    is_signed: bool

    @property
    def link(self) -> Link:
        return {"number": self.number, "hash": self.hash}

    @property
    def date(self) -> date:
        return datetime.fromisoformat(self.at).date()


def write() -> str | None:
    """Returns the file's name; None when nothing is new, or another process was first."""
    heads = {c.scope: (c.length, c.head) for c in Chain.objects.filter(length__gt=0).order_by("scope")}
    there = numbers()
    newest = next(filter(None, map(read, reversed(there))), None)
    key = keys.signing()
    name = keys.identity(key.public_key())
    if not heads or (newest and newest.key == name and newest.heads == heads):
        return None
    keys.publish(key.public_key())
    now = datetime.now(UTC)
    number = max([0, *there, written()]) + 1
    day = _day_before(newest, now.date())
    body = {
        "number": number,
        "at": now.isoformat(timespec="seconds"),
        "key": name,
        "heads": heads,
        "previous": newest.link if newest else None,
        "day": day,
    }
    content = canonical({**body, "signature": key.sign(canonical(body)).hex()})
    if not files.keep_named(name_of(number), content, media_type="application/json"):
        return None
    AnchorCount.objects.update_or_create(pk=1, defaults={"number": number})
    _thin(there, day, now.date())
    return name_of(number)


def written() -> int:
    """How many the database knows of: a hint, for the files are the truth."""
    return AnchorCount.objects.values_list("number", flat=True).first() or 0


def numbers() -> list[int]:
    """Of the anchors that lie there: some hundreds, for older days keep one each."""
    names = (name.removeprefix(f"{FOLDER}/").removesuffix(".json") for name in files.kept_names(FOLDER))
    return sorted(int(name) for name in names if name.isdecimal())


def name_of(number: int) -> str:
    return f"{FOLDER}/{number:08}.json"


def text(number: int) -> str:
    return files.read_named(name_of(number)).decode()


def read(number: int) -> Anchor | None:
    """None where it is missing or is no anchor."""
    try:
        content = files.read_named(name_of(number))
        body = json.loads(content)
        heads = {scope: (length, head) for scope, (length, head) in body["heads"].items()}
        signature = bytes.fromhex(body.pop("signature"))
        return Anchor(
            number=body["number"],
            at=body["at"],
            key=body["key"],
            heads=heads if body["number"] == number else {},
            previous=body["previous"],
            day=body["day"],
            hash=hashlib.sha256(content).hexdigest(),
            is_signed=body["number"] == number and _is_signed(body, signature),
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_signed(body: dict[str, Any], signature: bytes) -> bool:
    key = keys.public(body["key"])
    try:
        if key:
            key.verify(signature, canonical(body))
        return bool(key)
    except InvalidSignature:
        return False


def _day_before(newest: Anchor | None, today: date) -> Link | None:
    if newest is None or newest.date < today:
        return newest.link if newest else None
    return newest.day


def _thin(there: Iterable[int], day: Link | None, today: date) -> None:
    """Every number between the last ones of two days is of the later day, and is not needed once that is long ago."""
    left = set(there)
    while day and (last := read(day["number"])):
        since = last.day["number"] if last.day else 0
        between = left.intersection(range(since + 1, last.number))
        if last.date < today - ALL_OF:
            if not between:
                return  # and so are all days before
            for number in sorted(between):
                storage.delete(name_of(number))
        day = last.day
