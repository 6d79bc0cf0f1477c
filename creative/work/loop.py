"""The loop of a worker: claim and do until nothing waits."""

from __future__ import annotations

import math
import os
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from types import TracebackType
from typing import Any, Self

from django.utils.translation import gettext as _

from creative.work import process
from creative.work.hold import Hold, Row
from creative.work.kinds import Kind, claim_next, fail, failures_recorded, give_back
from creative.work.threads import Threads

Claim = tuple[Kind[Any], Hold[Any]]


def this_worker() -> str:
    """Its name: the machine and the process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def work(kinds: Sequence[Kind[Any]], *, worker: str, ahead: bool = False, most: float = math.inf) -> int:
    """Whatever waits of the first kind, then of the next; the first again after each. Returns how much was done.

    A worker that is asked to stop, or has done `most`, ends what it has in hand and claims no more.
    With `ahead` the next is claimed on a thread while the one in hand is in its last second, by its own steps, so that
    a GPU need not wait for the database. What was tried before is neither claimed ahead nor has company: should its
    process die of it, nothing else is charged.
    """
    with _Claims(kinds, worker, Threads(1, "claimer") if ahead else None) as claims:
        done = 0
        while done < most and (claim := claims.take()):
            _do(*claim)
            done += 1
        return done


def do(kind: Kind[Row], row: Row) -> None:
    """Do what we have claimed, and record how it ended."""
    _do(kind, _hold(kind, row))


def _do(kind: Kind[Any], hold: Hold[Any]) -> None:
    with hold, failures_recorded(type(kind), hold.row):
        kind.do(hold)


def _hold(kind: Kind[Row], row: Row, nearly_done: Callable[[], object] | None = None) -> Hold[Row]:
    too_long = _("It did not come to an end, and was stopped.")
    return Hold(
        row,
        nearly_done=nearly_done,
        give_back=partial(give_back, type(kind), row),
        overdue=partial(fail, type(kind), row, too_long),
    )


class _Claims:
    """What this worker claims, one after the other. What it claimed ahead and will not do, it gives back at the end."""

    def __init__(self, kinds: Sequence[Kind[Any]], worker: str, thread: Threads | None) -> None:
        self._kinds = kinds
        self._worker = worker
        self._thread = thread
        self._next: Future[Claim | None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        left = self._next.result() if self._next else None
        if self._thread:
            self._thread.shutdown()
        if left:
            kind_of_it, hold = left
            with hold:
                give_back(type(kind_of_it), hold.row)

    def take(self) -> Claim | None:
        if process.stop_is_asked():
            return None
        ahead, self._next = self._next, None
        return (ahead.result() if ahead else None) or self._claim()

    def _claim_ahead(self) -> None:
        if self._thread and self._next is None and not process.stop_is_asked():
            self._next = self._thread.submit(self._claim, untried=True)

    def _claim(self, *, untried: bool = False) -> Claim | None:
        for kind in self._kinds:
            if row := claim_next(type(kind), self._worker, untried=untried):
                hold = _hold(kind, row, self._claim_ahead if row.attempt == 1 else None)
                hold.begin()
                return kind, hold
        return None
