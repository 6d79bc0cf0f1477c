"""A worker's hold on what it claimed: kept by a thread that renews the lease, until the hold is let go or lost."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Generic, Self, TypeVar

from django.conf import settings
from django.db import connections

from creative.work.leases import Leased

log = logging.getLogger(__name__)

AHEAD_SECONDS = 1.0  # before the end of what is in hand, the next is claimed
STEP_SECONDS = 0.2  # how often a step is written down, and a cancel noticed

Row = TypeVar("Row", bound=Leased)


class ClaimLost(Exception):
    """Cancelled, or taken over after the lease ran out: stop and write nothing more."""


class Hold(Generic[Row]):
    """Ours for as long as the block lasts; or, handed over, until whoever it was handed to closes it."""

    def __init__(self, row: Row, *, nearly_done: Callable[[], object] | None = None) -> None:
        """`nearly_done` is called once, when by its steps the work has about a second to go."""
        self.row = row
        self._nearly_done = nearly_done
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
        if not self.row.renew(**values):
            self._lost.set()

    def _renew_until_let_go(self) -> None:
        try:
            while not self._let_go.wait(settings.HEARTBEAT_SECONDS) and not self.is_lost:
                try:
                    self._renew()
                except Exception:  # a database away for a moment: the next one may get through before the lease ends
                    log.warning("Could not renew the lease on %s", self.row, exc_info=True)
        finally:
            connections.close_all()
