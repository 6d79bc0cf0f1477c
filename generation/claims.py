"""What a worker holds while it renders: a batch or a reproduction, kept ours by a heartbeat."""

from __future__ import annotations

import time
from typing import Generic, TypeVar

from creative.work.leases import ClaimLost, Heartbeat
from generation.models import Batch, Reproduction

PROGRESS_SECONDS = 0.2  # how often a step is written down and a cancel noticed

Held = TypeVar("Held", Batch, Reproduction)


class Claim(Generic[Held]):
    """Ours from before the model loads until the last picture is saved."""

    def __init__(self, held: Held) -> None:
        self.held: Held = held
        self._heartbeat = Heartbeat(held)
        self._shown = time.monotonic()

    def step(self, done: int) -> None:
        """Called after every denoising step. Raises ClaimLost within one step of a cancel or a takeover."""
        if time.monotonic() - self._shown >= PROGRESS_SECONDS:
            self._shown = time.monotonic()
            self._heartbeat.renew(step=done)
        if self._heartbeat.is_lost:
            raise ClaimLost

    def close(self) -> None:
        self._heartbeat.close()
