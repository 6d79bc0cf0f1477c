"""Ringing for workers. The database is the truth: a bell that is lost is rung again by a sweep.

A bell that nobody has heard yet is enough, so without a worker none pile up, and none needs to expire by a clock.
"""

from __future__ import annotations

import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Any

from celery import current_app
from celery.beat import PersistentScheduler
from django.db import transaction
from kombu.connection import Connection
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

SECONDS = 1  # that a broker has to answer
PATIENCE = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS, "max_retries": 1}


def ring(task: str) -> None:
    """Tell the workers of `task`, once this transaction stands, that something may be waiting.

    It is told on a thread of its own: no page and no worker waits for the broker.
    """
    transaction.on_commit(partial(_ring_soon, task), robust=True)


def is_unheard(broker: Connection, task: str) -> bool:
    """Whether the queue holds as many messages already as there are tasks that lead to it."""
    app = current_app
    queue = app.amqp.router.route({}, task)["queue"]
    tasks = [route for route in app.conf.task_routes.values() if route["queue"] == queue.name]
    return bool(queue(broker.default_channel).queue_declare().message_count >= len(tasks))


class Scheduler(PersistentScheduler):  # type: ignore[misc]
    """Beat's, which rings as everybody else: not where its bells are unheard."""

    def apply_async(self, entry: Any, producer: Any = None, advance: bool = True, **kwargs: Any) -> Any:
        if producer and is_unheard(producer.connection, entry.task):
            return None
        return super().apply_async(entry, producer=producer, advance=advance, **kwargs)


class _Ringer:
    """Of one process. While a bell waits to be rung, another of its kind is the same one."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "ringer")
        self._lock = threading.Lock()
        self._waiting: set[str] = set()

    def ring(self, task: str) -> None:
        with self._lock:
            if task not in self._waiting:
                self._waiting.add(task)
                self._thread.submit(self._ring, task)

    def _ring(self, task: str) -> None:
        with self._lock:
            self._waiting.discard(task)
        send(task)


@lru_cache(maxsize=1)
def _ringer_of(pid: int) -> _Ringer:
    """A process that was forked has the memory of its parent, and none of its threads."""
    return _Ringer()


def _ring_soon(task: str) -> None:
    _ringer_of(os.getpid()).ring(task)


def send(task: str) -> None:
    """Ring now. A broker that does not answer within seconds is left to the sweep."""
    with current_app.connection_for_write(connect_timeout=SECONDS, transport_options=PATIENCE) as broker:
        try:
            if not is_unheard(broker, task):
                current_app.send_task(task, connection=broker)
        except (*broker.connection_errors, *broker.channel_errors, OperationalError, OSError) as error:
            log.warning("The broker did not answer (%s); the sweep will ring again.", error)
