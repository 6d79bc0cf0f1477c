"""For worker processes of tests only: Celery includes this module, and the painter stands where pipelines load."""

from __future__ import annotations

import os

from generation import engines
from tests.painter import Painter

_painter = Painter()
_painter.seconds = float(os.environ.get("WINNOW_TEST_STEP_SECONDS", "0"))
engines.load = _painter.load
