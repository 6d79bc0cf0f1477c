"""Kinds of leased work: what each is, and what they have in common: claim, end well or badly, give back, sweep."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Generic

from django.db import transaction

from creative.errors import Refused
from creative.evidence.acts import Act
from creative.work.hold import ClaimLost, Hold, Row
from creative.work.leases import Leased, LeasedQuerySet

log = logging.getLogger(__name__)

RIVALS = 8  # workers that may look at the same head of the queue; a loser tries the next row


@dataclass(frozen=True)
class Acts:
    """The lines that a kind of work leaves in the audit log."""

    claimed: Act
    done: Act
    failed: Act
    released: Act


class Kind(Generic[Row]):
    """One kind of leased work. The class says what it is; an instance, made with whatever that needs, does it."""

    model: ClassVar[type[Leased]]
    order: ClassVar[tuple[str, ...]] = ("pk",)  # of the queue, and of the model's open_index
    select: ClassVar[tuple[str, ...]] = ()  # what claiming, recording and doing read beside the row
    acts: ClassVar[Acts]
    silent: ClassVar[str]  # what is said when its workers stopped without a word `attempt` times

    @classmethod
    def objection(cls, row: Row) -> str:
        """Why it may not be done today, in a sentence for people; asked at claim time, and empty where it may."""
        return ""

    @classmethod
    def record(cls, row: Row, act: Act, /, **data: Any) -> None:
        """A line of the audit log, which names the row and what it belongs to."""
        raise NotImplementedError

    def do(self, hold: Hold[Row]) -> None:
        """Do it and `succeed`. Refused fails it for good; another exception is tried again while attempts are left."""
        raise NotImplementedError


def claim_next(kind: type[Kind[Row]], worker: str) -> Row | None:
    """The first that waits, claimed for `worker`; None when nothing does. What is forbidden by now fails for good."""
    while waiting := list(_queue(kind)[:RIVALS]):
        for row in waiting:
            with transaction.atomic():
                if not row.claim(worker=worker):
                    continue
                if because := kind.objection(row):
                    fail(kind, row, because, for_good=True)
                    continue
                kind.record(row, kind.acts.claimed, attempt=row.attempt, worker=worker)
                return row
    return None


def _queue(kind: type[Kind[Row]]) -> LeasedQuerySet[Row]:
    return _rows(kind).claimable().select_related(*kind.select).order_by(*kind.order)


def succeed(kind: type[Kind[Row]], row: Row, /, *, told: dict[str, Any] | None = None, **values: Any) -> bool:
    """Done, with `values` for the row and what is `told` in the audit log; False where it is not ours any more."""
    with transaction.atomic():
        done = row.succeed(**values)
        if done:
            kind.record(row, kind.acts.done, attempt=row.attempt, **(told or {}))
    return done


def fail(kind: type[Kind[Row]], row: Row, error: str, *, for_good: bool = False) -> None:
    with transaction.atomic():
        if row.fail(error, for_good=for_good):
            kind.record(row, kind.acts.failed, attempt=row.attempt)


def give_back(kind: type[Kind[Row]], row: Row) -> None:
    with transaction.atomic():
        if row.release():
            kind.record(row, kind.acts.released, attempt=row.attempt)


@contextmanager
def failures_recorded(kind: type[Kind[Row]], row: Row) -> Iterator[None]:
    """What is raised within is how it ended: written down on the row and in the log, and over."""
    try:
        yield
    except ClaimLost:
        log.info("%s was cancelled or taken over", row)
    except Refused as refusal:
        fail(kind, row, str(refusal), for_good=True)
    except Exception as error:
        log.exception("%s failed", row)
        fail(kind, row, in_words(error))


def sweep(kinds: Iterable[type[Kind[Any]]]) -> bool:
    """End what has no attempts left; say whether anything waits. Safe anywhere, at any time, twice."""
    waiting = [_sweep(kind) for kind in kinds]  # all of them, whatever the first one says
    return any(waiting)


def _sweep(kind: type[Kind[Row]]) -> bool:
    for row in _rows(kind).exhausted().select_related(*kind.select):
        fail(kind, row, kind.silent.format(attempt=row.attempt), for_good=True)
    return _rows(kind).claimable().exists()


def _rows(kind: type[Kind[Row]]) -> LeasedQuerySet[Row]:
    return kind.model._default_manager.all()  # type: ignore[return-value]


def in_words(error: BaseException) -> str:
    """One sentence for the page; the traceback is in the worker's log."""
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
