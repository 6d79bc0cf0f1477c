from __future__ import annotations

from generation.models.candidate import Candidate, Refusal, Reproduction
from generation.models.checking import Checking, Finding
from generation.models.preset import Preset, Sample
from generation.models.run import Batch, Run

__all__ = [
    "Batch",
    "Candidate",
    "Checking",
    "Finding",
    "Preset",
    "Refusal",
    "Reproduction",
    "Run",
    "Sample",
]
