"""What a worker's processes know of each other: whether the worker is to stop, and how to be replaced."""

from __future__ import annotations

import logging
import mmap
import os
import signal
import struct
import time

from billiard import current_process

log = logging.getLogger(__name__)

FINISHING_SECONDS = 3.0  # that work in hand has to end by itself once a stop was asked for

# When, by the machine's monotonic clock; 0 for never. Memory that a worker shares with the processes it forks: a lock
# could be held by one that was killed.
_asked = mmap.mmap(-1, 8)


def ask_to_stop() -> None:
    """Claim no more; what does not end within FINISHING_SECONDS is given back. Safe in a signal handler."""
    struct.pack_into("d", _asked, 0, time.monotonic())


def forget_stop() -> None:
    struct.pack_into("d", _asked, 0, 0.0)


def stop_is_asked() -> bool:
    return _asked_at() > 0


def stop_is_due() -> bool:
    """What is in hand is to be given back now."""
    return stop_is_asked() and time.monotonic() - _asked_at() >= FINISHING_SECONDS


def replace() -> None:
    """End this process at once, whatever hangs in it; its worker starts another. Of what is no worker, nothing ends."""
    if current_process().daemon:
        log.error("This process does not come back from what it does, and is replaced.")
        os.kill(os.getpid(), signal.SIGKILL)


def _asked_at() -> float:
    return float(struct.unpack_from("d", _asked, 0)[0])
