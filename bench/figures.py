"""Every figure and what it promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench import saving
from bench.results import Bound, Measured


@dataclass(frozen=True)
class Figure:
    measure: Callable[[], Measured]
    bound: Bound


FIGURES = {
    "overlap_250": Figure(partial(saving.overlap, 250), Bound(least=1.25)),
    "overlap_100": Figure(partial(saving.overlap, 100), Bound(least=1.7)),
}
