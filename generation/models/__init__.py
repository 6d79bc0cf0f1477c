from __future__ import annotations

from generation.models.candidate import Candidate, Refusal, Reproduction
from generation.models.preset import Preset, Sample
from generation.models.run import Batch, Run

__all__ = [
    "Batch",
    "Candidate",
    "Preset",
    "Refusal",
    "Reproduction",
    "Run",
    "Sample",
]
