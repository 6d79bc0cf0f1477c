"""Real worker processes on the test's own database, broker and storage. For tests with `transactional_db`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from creative.celery import app
from creative.processes import ends_with_parent
from tests.services import wait_for

StartWorker = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start_worker(transactional_db: None, tmp_path: Path) -> Iterator[StartWorker]:
    """`start_worker("generation")` returns the running worker; the test may kill it, its end is seen to.

    `include` names one more module that the worker loads, `options` are Celery's own, `env` is its alone. With `last`
    False it does not wait until the worker answers: the next one with `last` waits for all of them.
    """
    with app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()
    starting: list[Callable[[], None]] = []

    def start(queues: str, *, last: bool = True, **more: Any) -> subprocess.Popen[bytes]:
        process, ready = stack.enter_context(worker(queues, tmp_path, **more))
        starting.append(ready)
        while last and starting:
            starting.pop()()
        return process

    with ExitStack() as stack:
        yield start


@contextmanager
def worker(
    queues: str,
    folder: Path,
    *,
    include: str = "",
    options: Sequence[str] = (),
    env: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[], None]]]:
    """The process, and what returns once it answers."""
    name = f"{queues.replace(',', '-')}-{len(list(folder.glob('*.log')))}@test"
    log = folder / f"{name}.log"
    command = [sys.executable, "-m", "celery", "--app", "creative.celery:app", "worker"]
    command += [
        "--include",
        ",".join(filter(None, ["creative.processes", include])),
        "--concurrency",
        "1",
        "--queues",
        queues,
        "--hostname",
        name,
        *options,
    ]
    settled = {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "creative.settings"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env={**os.environ, **settled, **env},
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=ends_with_parent(),
        )
    try:
        yield process, lambda: wait_for(lambda: answers(name), process, log)
    finally:
        process.kill()
        process.wait()


def answers(name: str) -> None:
    if not app.control.ping(destination=[name], timeout=0.5):
        raise TimeoutError(f"{name} does not answer")


def database_url() -> str:
    """Of the test database, which Django made beside the one that DATABASE_URL names."""
    test = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{test}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{test}"
