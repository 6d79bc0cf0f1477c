from __future__ import annotations

from celery import shared_task

from creative.work import bell, kinds
from review import closing
from review.composing import orders
from review.delivery import building, export
from review.signing import entry


@shared_task(ignore_result=True)
def compose_waiting() -> None:
    """A bell. Losing it or ringing twice changes nothing."""
    entry.compose_waiting()


@shared_task(ignore_result=True)
def build_waiting() -> None:
    """A bell. Losing it or ringing twice changes nothing."""
    building.build_waiting()


@shared_task(ignore_result=True)
def sweep_work() -> None:
    """Safe to run anywhere, at any time, twice."""
    if kinds.sweep([entry.VersionOrders]):
        bell.ring(orders.WORK)
    if kinds.sweep([building.Exports]):
        bell.ring(export.BUILD)


@shared_task(ignore_result=True)
def close_briefs() -> None:
    """Safe to run at any time and twice."""
    closing.close_finished()
