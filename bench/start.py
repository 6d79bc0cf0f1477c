"""The first start of the demo on an empty folder: until the sign-in page answers, until all stories are told."""

from __future__ import annotations

import functools
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import suppress

from django.conf import settings

from bench.results import Measured

PATIENCE = 600  # seconds
TOLD = "The demo's pictures are made"


def page() -> Measured:
    seconds, _ = _started()
    what = "manage.py launch on an empty folder, until the sign-in page answers."
    return Measured(seconds, seconds, 6, "seconds", what)


def demo() -> Measured:
    _, seconds = _started()
    what = "manage.py launch on an empty folder, until all of the demo's stories are told, made in the background."
    return Measured(seconds, seconds, 90, "seconds", what)


@functools.cache
def _started() -> tuple[float, float]:
    """Seconds until the page, and until the stories."""
    with tempfile.TemporaryDirectory(prefix="winnow-start-") as folder:
        port = _free_port()
        begun = time.monotonic()
        launcher = subprocess.Popen(
            [sys.executable, "manage.py", "launch"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "WINNOW_DATA": folder, "PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            told = threading.Event()
            threading.Thread(target=_listen, args=(launcher, told), daemon=True).start()
            while not _answers(port):
                assert time.monotonic() - begun < PATIENCE
                time.sleep(0.05)
            seconds = time.monotonic() - begun
            assert told.wait(PATIENCE)
            return seconds, time.monotonic() - begun
        finally:
            launcher.send_signal(signal.SIGINT)
            launcher.wait(60)


def _listen(launcher: subprocess.Popen[str], told: threading.Event) -> None:
    assert launcher.stdout
    for line in launcher.stdout:
        if TOLD in line:
            told.set()


def _answers(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=2) as answer:
        return bool(answer.status == 200)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
