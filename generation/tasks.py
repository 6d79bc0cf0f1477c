from __future__ import annotations

from celery import shared_task

from creative.work import bell, loop
from generation import engines, runs, scheduling


@shared_task(ignore_result=True)
def work_waiting() -> None:
    """Rung after commit and by the sweep. Losing it or ringing twice changes nothing."""
    scheduling.work(engines.load, worker=loop.this_worker())


@shared_task(ignore_result=True)
def sweep_batches() -> None:
    """Rung every two seconds. Safe to run anywhere, at any time, twice."""
    if scheduling.sweep():
        bell.ring(runs.WORK)
