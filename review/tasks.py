from __future__ import annotations

from celery import shared_task

from creative.work import bell, kinds
from review.delivery import building, export


@shared_task(ignore_result=True)
def build_waiting() -> None:
    """A bell. Losing it or ringing twice changes nothing."""
    building.build_waiting()


@shared_task(ignore_result=True)
def sweep_exports() -> None:
    """Safe to run anywhere, at any time, twice."""
    if kinds.sweep([building.Exports]):
        bell.ring(export.BUILD)
