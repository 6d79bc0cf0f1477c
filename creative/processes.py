"""Processes that never outlive the process that started them, whatever ends it (Linux; elsewhere a no-op)."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from celery.signals import beat_embedded_init, worker_process_init

PR_SET_PDEATHSIG = 1

# Loaded here, because between fork and exec nothing may be.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def ends_with_parent(how: signal.Signals = signal.SIGKILL) -> Callable[[], None]:
    """For `Popen(preexec_fn=...)` in the main thread: the kernel sends `how` when we die."""
    parent = os.getpid()

    def tie() -> None:
        if _libc:
            _libc.prctl(PR_SET_PDEATHSIG, int(how))
        if os.getppid() != parent:  # we died in between
            os._exit(1)

    return tie


# A worker's pool and its beat are children of its own; a launcher that includes this module ties them too.
@worker_process_init.connect
@beat_embedded_init.connect
def _end_with_worker(**_: Any) -> None:
    if _libc:
        _libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
