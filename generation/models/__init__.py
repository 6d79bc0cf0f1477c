from __future__ import annotations

from generation.models.candidate import Candidate, Reproduction
from generation.models.preset import Preset
from generation.models.run import Batch, BatchQuerySet, Run

__all__ = [
    "Batch",
    "BatchQuerySet",
    "Candidate",
    "Preset",
    "Reproduction",
    "Run",
]
