"""Kinds of leased work: what each is, and what they have in common: claim, end well or badly, give back, sweep."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Generic

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creative.errors import Refused
from creative.evidence.acts import Act
from creative.work import house
from creative.work.hold import ClaimLost, Hold, Row
from creative.work.leases import Leased, LeasedQuerySet

log = logging.getLogger(__name__)

SKEW = datetime.timedelta(seconds=5)  # between two clocks that is worth a line in the log
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
        """Do it and `succeed`.

        Refused fails it for good. What the house is at fault for is put off, however often; another exception is tried
        again while attempts are left.
        """
        raise NotImplementedError


def claim_next(kind: type[Kind[Row]], worker: str, *, untried: bool = False) -> Row | None:
    """The first that waits, claimed for `worker`; None when nothing does. What is forbidden by now fails for good."""
    queue = _queue(kind).filter(attempt=0) if untried else _queue(kind)
    while waiting := list(queue.all()[:RIVALS]):
        for row in waiting:
            with transaction.atomic():
                if not row.claim(worker=worker):
                    continue
                _name_skew(row, worker)
                if because := kind.objection(row):
                    fail(kind, row, because, for_good=True)
                    continue
                kind.record(row, kind.acts.claimed, attempt=row.attempt, worker=worker)
                return row
    return None


def _name_skew(row: Leased, worker: str) -> None:
    """The database stamps a lease, so a claim tells how far our clock is off, which does the work no harm."""
    assert row.lease_until is not None
    ahead = now() + datetime.timedelta(seconds=settings.LEASE_SECONDS) - row.lease_until
    if abs(ahead) > SKEW:
        log.warning("The clock of %s is %.0f s ahead of the database's.", worker, ahead.total_seconds())


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


def put_off(kind: type[Kind[Row]], row: Row, because: str) -> None:
    """Where it was taken over meanwhile, that attempt does not count either."""
    with transaction.atomic():
        if row.put_off(because):
            kind.record(row, kind.acts.released, attempt=row.attempt)
        else:
            row.excuse()


@contextmanager
def failures_recorded(kind: type[Kind[Row]], row: Row) -> Iterator[None]:
    """What is raised within is how it ended: written down on the row and in the log, and over.

    Unless it is a stop that was asked for: then the row is given back, and the stop goes on.
    """
    try:
        yield
    except ClaimLost:
        log.info("%s was cancelled, taken over or given back", row)
    except Refused as refusal:
        house.despite_cuts(partial(fail, kind, row, str(refusal), for_good=True))
    except Exception as error:
        if because := house.fault(error):
            log.warning("%s is put off", row, exc_info=True)
            house.despite_cuts(partial(put_off, kind, row, because))
        else:
            log.exception("%s failed", row)
            house.despite_cuts(partial(fail, kind, row, in_words(row, error)))
    except BaseException:
        give_back(kind, row)
        raise


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


def in_words(row: Leased, error: Exception) -> str:
    """For the page; what happened is in the worker's log, under the same name."""
    if isinstance(error, MemoryError) or "out of memory" in str(error).lower():  # torch has no class of its own for it
        return _("The worker is out of memory. A smaller batch of the preset, or a smaller picture, may fit.")
    return _("Something broke. Whoever runs this site finds it in the worker's log, under '%(row)s'.") % {"row": row}
