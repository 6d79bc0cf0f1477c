"""Two sides in turn, so that whatever else the machine does meets both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

Side = Callable[[], float]  # does the work and returns the seconds that count


def alternated(ours: Side, other: Side, *, rounds: int) -> tuple[list[float], list[float]]:
    """The seconds of each side in `rounds`; who goes first changes every round. The caller has warmed both up."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds):
        for side in (1, 0) if turn % 2 else (0, 1):
            times[side].append((ours, other)[side]())
    return times


def medians(ours: Side, other: Side, *, rounds: int) -> tuple[float, float]:
    first, second = alternated(ours, other, rounds=rounds)
    return statistics.median(first), statistics.median(second)


def seconds_of(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
