"""For worker processes of tests only: Celery includes this module, and the painter stands where pipelines load."""

from __future__ import annotations

import os

from generation import engines, estimates
from tests.painter import Painter

_painter = Painter()
_painter.seconds = float(os.environ.get("WINNOW_TEST_STEP_SECONDS", "0"))
engines.load = _painter.load
if patience := os.environ.get("WINNOW_TEST_PATIENCE_SECONDS"):
    estimates.LEAST_SECONDS = estimates.UNKNOWN_SECONDS = float(patience)
    estimates.TIMES = 0
