"""Which work a free worker takes: new pictures first, then those that are made again."""

from __future__ import annotations

from creative.work import kinds, loop
from generation.renderer import Load
from generation.rendering import Batches
from generation.reproductions import Reproductions
from generation.saving import Saver


def work(load: Load, *, worker: str, saver_threads: int = 2) -> int:
    """Claim and do until nothing waits. Returns how much was done."""
    with Saver(saver_threads) as saver:
        return loop.work([Batches(load, saver), Reproductions(load)], worker=worker, ahead=saver_threads > 0)


def sweep() -> bool:
    """End what has no attempts left; say whether anything waits."""
    return kinds.sweep([Batches, Reproductions])
