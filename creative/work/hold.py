"""A worker's hold on what it claimed: kept by a thread that renews the lease, until the hold is let go or lost."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Generic, Self, TypeVar

from django.conf import settings
from django.db import connection, connections

from creative.work import process
from creative.work.house import CUTS
from creative.work.leases import Leased

log = logging.getLogger(__name__)

AHEAD_SECONDS = 1.0  # before the end of what is in hand, the next is claimed
STEP_SECONDS = 0.2  # how often a step is written down, and a cancel noticed
UNHEARD_SECONDS = 60.0  # that a hold may go on after it was lost, before its process is replaced

Row = TypeVar("Row", bound=Leased)


class ClaimLost(Exception):
    """Cancelled, or taken over after the lease ran out: stop and write nothing more."""


class Hold(Generic[Row]):
    """Ours for as long as the block lasts; or, handed over, until whoever it was handed to closes it."""

    def __init__(
        self,
        row: Row,
        *,
        nearly_done: Callable[[], object] | None = None,
        give_back: Callable[[], object] = lambda: None,
        overdue: Callable[[], object] = lambda: None,
    ) -> None:
        """Each is called once at most: `nearly_done` when by its steps the work has about a second to go, `give_back`
        when the worker has to stop, `overdue` when what should end `within` a time did not.
        """
        self.row = row
        self._nearly_done = nearly_done
        self._give_back = give_back
        self._overdue = overdue
        self._due = math.inf  # when it has to have ended, whatever it is at
        self._was_cut = False  # whether the last try to renew did not reach the database
        self._began: tuple[int, float] | None = None  # the first step that was done, and when
        self._lost = threading.Event()
        self._let_go = threading.Event()
        self._ends = ExitStack()
        self._shown = time.monotonic()
        self._thread = threading.Thread(target=self._renew_until_let_go, name=f"hold on {row}", daemon=True)

    def begin(self) -> None:
        """Renew from here on, perhaps before anybody is at it."""
        if self._thread.ident is None:
            self._thread.start()
            self._ends.callback(self._let_go.set)

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._ends.close()

    def hand_over(self) -> ExitStack:
        """The end of the hold, which the block then no longer is: close it, or it is held for ever."""
        return self._ends.pop_all()

    @property
    def is_lost(self) -> bool:
        return self._lost.is_set()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """The block ends in time; or its process is replaced, and the work charged."""
        self._due = time.monotonic() + seconds
        try:
            yield
        finally:
            self._due = math.inf

    def check(self) -> None:
        """Raises ClaimLost as soon as it is known."""
        if self.is_lost:
            raise ClaimLost

    def step(self, done: int, steps: int) -> None:
        """So many of all steps are done. Raises ClaimLost within one step of a cancel or a takeover."""
        if time.monotonic() - self._shown >= STEP_SECONDS:
            self._shown = time.monotonic()
            self._renew(step=done, steps=steps)
        self.check()
        if self._nearly_done and self._seconds_left(done, steps) <= AHEAD_SECONDS:
            self._nearly_done()
            self._nearly_done = None

    def _seconds_left(self, done: int, steps: int) -> float:
        """At the pace so far, which the first step alone does not tell."""
        if done >= steps:
            return 0.0
        now = time.monotonic()
        if self._began is None:
            self._began = done, now
        first, since = self._began
        return (steps - done) * (now - since) / (done - first) if done > first else math.inf

    def _renew(self, **values: int) -> None:
        """A database that is away for a moment costs nothing: the next beat may get through before the lease ends."""
        try:
            kept = self.row.renew(**values)
        except CUTS:
            log.warning("Could not renew the lease on %s", self.row, exc_info=True)
            self._was_cut = True
            connection.close_if_unusable_or_obsolete()
            return
        if not kept and self._was_cut:
            self.row.excuse()
        self._was_cut = False
        if not kept:
            self._lost.set()

    def _renew_until_let_go(self) -> None:
        try:
            while not self._let_go.wait(settings.HEARTBEAT_SECONDS):
                try:
                    self._beat()
                except Exception:  # the next beat may fare better, and until then the lease stands
                    log.warning("The hold on %s missed a beat", self.row, exc_info=True)
        finally:
            connections.close_all()

    def _beat(self) -> None:
        if time.monotonic() > self._due:
            self._end(self._overdue)
            process.replace()
        elif self.is_lost:
            self._due = min(self._due, time.monotonic() + UNHEARD_SECONDS)
        elif process.stop_is_due():
            self._end(self._give_back)
        else:
            self._renew()

    def _end(self, how: Callable[[], object]) -> None:
        if not self.is_lost:
            how()
            self._lost.set()
