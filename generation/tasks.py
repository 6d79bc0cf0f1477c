from __future__ import annotations

from celery import shared_task

from creative.work import bell, kinds, loop
from generation import checking, checkings, engines, runs, scheduling


@shared_task(ignore_result=True)
def work_waiting() -> None:
    """Rung after commit and by the sweep. Losing it or ringing twice changes nothing."""
    scheduling.work(engines.load, worker=loop.this_worker())


@shared_task(ignore_result=True)
def check_waiting() -> None:
    """Rung as pictures are saved. Some at once, then again behind whatever else its worker has to do."""
    if checking.work(worker=loop.this_worker()):
        bell.ring(checkings.WORK)


@shared_task(ignore_result=True)
def sweep_batches() -> None:
    """Rung every two seconds. Safe to run anywhere, at any time, twice."""
    if scheduling.sweep():
        bell.ring(runs.WORK)


@shared_task(ignore_result=True)
def sweep_checkings() -> None:
    """Safe to run anywhere, at any time, twice."""
    if kinds.sweep([checking.Checkings]):
        bell.ring(checkings.WORK)
