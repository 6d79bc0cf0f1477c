"""Threads that use the database beside a worker's own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

T = TypeVar("T")


class Threads(ThreadPoolExecutor):
    """Each has its own connection to the database, which is closed when they end."""

    def __init__(self, count: int, name: str) -> None:
        super().__init__(count, name, initializer=self._begin)
        self._connections: list[BaseDatabaseWrapper] = []

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait, cancel_futures=cancel_futures)
        for connection in self._connections:
            connection.close()

    def _begin(self) -> None:
        connection = connections["default"]
        connection.inc_thread_sharing()  # for it is closed from another thread
        self._connections.append(connection)


class AtOnce(Executor):
    """In place of threads: whatever is submitted is done before `submit` returns, by the caller's thread."""

    def submit(self, call: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(call(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future
