"""What diffusers itself complains of while it loads or makes pictures, kept for whoever keeps the preset."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

MOST, LONGEST = 10, 400  # complaints, and characters of one


class _Listener(logging.Handler):
    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        complaint = " ".join(record.getMessage().split())[:LONGEST]
        if complaint not in self.heard and len(self.heard) < MOST:
            self.heard.append(complaint)


@contextmanager
def heard() -> Iterator[list[str]]:
    """Each once, in order."""
    listener = _Listener([])
    logger = logging.getLogger("diffusers")
    logger.addHandler(listener)
    try:
        yield listener.heard
    finally:
        logger.removeHandler(listener)
