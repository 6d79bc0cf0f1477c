from __future__ import annotations

import os
import socket

from celery import shared_task

from creative.work import bell
from generation import pipelines, rendering, reproductions, runs, scheduling


@shared_task(ignore_result=True)
def work_waiting() -> None:
    """Rung after commit and by the sweep. Losing it or ringing twice changes nothing."""
    rendering.work(pipelines.load, worker=f"{socket.gethostname()}:{os.getpid()}")


@shared_task(ignore_result=True)
def sweep_batches() -> None:
    """Rung every two seconds. Safe to run anywhere, at any time, twice."""
    if any([scheduling.sweep(), reproductions.sweep()]):  # both, whatever the first one says
        bell.ring(runs.WORK)
