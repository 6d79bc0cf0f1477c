"""What a worker loads to have a check that takes its process along, before all others."""

from __future__ import annotations

import os
import signal

from django.conf import settings

from generation.checks import CHECKS, Check


def _kill(picture, seen):
    os.kill(os.getpid(), signal.SIGKILL)


others = dict(CHECKS)
CHECKS.clear()
CHECKS.update({"deadly": Check("deadly", "Nothing", 1, _kill), **others})
settings.LEASE_SECONDS, settings.HEARTBEAT_SECONDS = 2, 0.5
