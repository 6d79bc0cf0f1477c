"""Saving pictures beside the denoising of the next."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

from django.db import transaction

from creative.evidence import audit
from creative.evidence.acts import Act
from creative.work import house
from creative.work.hold import ClaimLost
from creative.work.threads import AtOnce, Threads
from generation import checkings, images, renderer
from generation.models import Batch, Candidate, Refusal
from generation.renderer import Picture

log = logging.getLogger(__name__)

BATCHES_IN_HAND = 2  # one denoising, one being saved: bounds memory, and hides saving whenever it is the faster
CUT_SECONDS = 60.0  # that a picture waits for a database which is away

Saving = Sequence[Future[None]]


@dataclass(frozen=True)
class Slot:
    """A place in a batch and what the engine gave for it."""

    batch: Batch
    index: int  # within the brief
    place: int
    given: Picture | renderer.Refusal
    gpu_seconds: float
    environment: dict[str, Any]

    def save(self) -> None:
        """Once, however often it is tried: a candidate, or the refusal that stands where it would be."""
        row = _candidate(self, self.given) if isinstance(self.given, Picture) else _refusal(self, self.given)
        with transaction.atomic():
            if not self.batch.renew():  # the fence; it also holds the row until this commits
                raise ClaimLost
            if self.index not in self.batch.ended():
                row.save(force_insert=True)
                _record(row)
                if isinstance(row, Candidate):
                    checkings.begin(row)

    def of(self) -> dict[str, Any]:
        run = self.batch.run
        return {"project": run.project, "brief": run.brief, "run": run, "batch": self.batch, "index": self.index}


def _candidate(slot: Slot, given: Picture) -> Candidate:
    """Unsaved, but encoded and stored: the row comes last, so a row always has its files."""
    encoded = images.encode(given.pixels, given.received, **Candidate.THUMBNAILS)
    return Candidate(
        **slot.of(),
        slot=slot.place,
        seed=given.seed,
        picture=images.put(encoded.picture),
        small=images.put(encoded.small),
        large=images.put(encoded.large),
        width=encoded.width,
        height=encoded.height,
        gpu_seconds=slot.gpu_seconds,
        cost=Decimal(str(slot.gpu_seconds)) * slot.batch.run.price,
        environment=slot.environment,
        receipt=given.receipt,
        phash=images.perceptual_hash(given.pixels),
    )


def _refusal(slot: Slot, given: renderer.Refusal) -> Refusal:
    return Refusal(**slot.of(), reason=given.reason[:500], receipt=given.receipt)


def _record(row: Candidate | Refusal) -> None:
    told: dict[str, Any]
    if isinstance(row, Candidate):
        act, told = Act.CANDIDATE_MADE, {"candidate": row.pk, "sha256": row.sha256}
    else:
        act, told = Act.SLOT_REFUSED, {"refusal": row.pk, "number": row.number, "reason": row.reason}
    audit.record(row.project, None, act, brief=row.brief_id, rows=[row], run=row.run_id, **told)


class Saver:
    """Saves pictures on threads of its own. With `threads=0` it saves at once, in the caller's thread."""

    def __init__(self, threads: int) -> None:
        self._pictures: Executor = Threads(threads, "saver") if threads else AtOnce()
        self._batches: Executor = Threads(1, "finisher") if threads else AtOnce()
        self._in_hand: list[Future[None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.finish()
        self._pictures.shutdown()
        self._batches.shutdown()

    def save(self, slots: Sequence[Slot], then: Callable[[Saving], None]) -> None:
        """Returns at once, unless too many batches are in hand already; `then` is called when all had their try."""
        saving = [self._pictures.submit(house.despite_cuts, slot.save, seconds=CUT_SECONDS) for slot in slots]
        self._in_hand.append(self._batches.submit(_finish, saving, then))
        while len(self._in_hand) >= BATCHES_IN_HAND:
            wait([self._in_hand.pop(0)])

    def finish(self) -> None:
        """Returns once nothing is in hand."""
        while self._in_hand:
            wait([self._in_hand.pop(0)])


def _finish(saving: Saving, then: Callable[[Saving], None]) -> None:
    wait(saving)
    try:
        then(saving)
    except Exception:
        log.exception("How a batch ended could not be written down; it is taken over when its lease runs out.")
