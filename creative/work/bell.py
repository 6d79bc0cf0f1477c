"""Ringing for workers. The database is the truth: a bell that is lost is rung again by a sweep."""

from __future__ import annotations

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

STALE = 60  # seconds after which an unheard bell is dropped


def ring(task: str) -> None:
    """Tell the workers of `task`, once this transaction stands, that something may be waiting."""
    transaction.on_commit(partial(_send, task), robust=True)


def _send(task: str) -> None:
    try:
        current_app.send_task(task, expires=STALE)
    except (OperationalError, OSError) as error:
        log.warning("The broker did not answer (%s); the sweep will ring again.", error)
