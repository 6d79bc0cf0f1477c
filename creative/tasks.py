from __future__ import annotations

import time

from celery import shared_task
from django.conf import settings
from django.utils.timezone import now

from creative import garbage, presses
from creative.evidence import anchors


@shared_task(ignore_result=True)
def anchor_audit() -> None:
    """Safe to run at any time and twice: nothing new, no new anchor."""
    anchors.write()


@shared_task(ignore_result=True)
def collect_files() -> None:
    """Safe to run at any time and twice. A shelf whose turn is missed is looked at in the next round."""
    garbage.collect(garbage.shelf_at(time.time()), before=now() - settings.FILE_GRACE)


@shared_task(ignore_result=True)
def forget_presses() -> None:
    """Safe to run at any time and twice."""
    presses.forget(before=now() - presses.KEPT)
