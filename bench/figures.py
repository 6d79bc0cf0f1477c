"""Every figure and what it promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench import pages, saving, starter
from bench.results import Bound, Measured


@dataclass(frozen=True)
class Figure:
    measure: Callable[[], Measured]
    bound: Bound


FIGURES = {
    "overlap_250": Figure(partial(saving.overlap, 250), Bound(least=1.25)),
    "overlap_100": Figure(partial(saving.overlap, 100), Bound(least=1.7)),
    "naive": Figure(starter.naive, Bound(least=1.5)),
    "overhead": Figure(starter.overhead, Bound(most=1.10)),
    "text_encodes": Figure(starter.text_encodes, Bound(least=1, most=1)),
    "denoise_calls": Figure(starter.denoise_calls, Bound(least=1, most=1)),
    "not_modified": Figure(pages.not_modified, Bound(most=0.15)),
    "sheet_queries": Figure(pages.sheet_queries, Bound(least=1, most=1)),
    "deep_page": Figure(pages.deep_page, Bound(most=1.3)),
}
