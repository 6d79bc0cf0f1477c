"""The loop of a worker: claim and do until nothing waits."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from typing import Any

from creative.work.hold import Hold, Row
from creative.work.kinds import Kind, claim_next, failures_recorded


def this_worker() -> str:
    """Its name: the machine and the process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def work(kinds: Sequence[Kind[Any]], *, worker: str) -> int:
    """Whatever waits of the first kind, then of the next; the first again after each. Returns how much was done."""
    done = 0
    while any(_do_one(kind, worker) for kind in kinds):
        done += 1
    return done


def _do_one(kind: Kind[Any], worker: str) -> bool:
    row = claim_next(type(kind), worker)
    if row:
        do(kind, row)
    return row is not None


def do(kind: Kind[Row], row: Row) -> None:
    """Do what we have claimed, and record how it ended."""
    with Hold(row) as hold, failures_recorded(type(kind), row):
        kind.do(hold)
