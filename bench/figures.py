"""Every figure and what it promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench import checking, checks, doors, families, fuzz, history, pages, room, saving, start, starter, uploads
from bench.results import Bound, Measured
from generation.checks import CHECKS


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
    **{name: Figure(partial(history.history, name), Bound(most=1.3)) for name in history.WHAT},
    "key_to_paint_p75_ms": Figure(partial(room.key_to_paint, 75), Bound(most=50)),
    "key_to_paint_p95_ms": Figure(partial(room.key_to_paint, 95), Bound(most=100)),
    "key_to_paint_vs_page_load": Figure(room.key_to_paint_vs_page_load, Bound(least=8)),
    "key_to_paint_grid_p95_ms": Figure(room.key_to_paint_grid, Bound(most=100)),
    "room_open": Figure(room.room_open, Bound(most=1.5)),
    "room_nodes": Figure(room.room_nodes, Bound(most=1.1)),
    "room_bytes": Figure(room.room_bytes, Bound(most=1.1)),
    "room_scroll": Figure(room.room_scroll, Bound(most=50)),
    "cull_session": Figure(room.cull_session, Bound(least=1)),
    "families": Figure(families.families, Bound(least=1)),
    "refused_when_saved": Figure(families.refused_when_saved, Bound(least=1)),
    "reload_models": Figure(families.reload_models, Bound(most=1)),
    "slow_bodies": Figure(doors.slow_bodies, Bound(most=1.5)),
    "bomb_seconds": Figure(doors.bomb_seconds, Bound(most=0.5)),
    "bomb_megabytes": Figure(doors.bomb_megabytes, Bound(most=50)),
    "upload_bomb_ms": Figure(uploads.bomb, Bound(most=20)),
    "check_text_recall": Figure(partial(checks.recall, "text"), Bound(least=0.95)),
    "check_text_precision": Figure(partial(checks.precision, "text"), Bound(least=0.95)),
    "check_text_read": Figure(checks.read, Bound()),
    "check_logo_recall": Figure(partial(checks.recall, "logo"), Bound(least=0.9)),
    "check_logo_precision": Figure(partial(checks.precision, "logo"), Bound(least=0.95)),
    "check_reference_recall": Figure(partial(checks.recall, "reference"), Bound(least=0.95)),
    "check_reference_precision": Figure(partial(checks.precision, "reference"), Bound(least=0.95)),
    "check_duplicates_f1": Figure(partial(checks.f1, "duplicates"), Bound(least=0.95)),
    "check_faces_recall": Figure(partial(checks.recall, "faces"), Bound()),
    "check_faces_precision": Figure(partial(checks.precision, "faces"), Bound()),
    **{f"check_ms_{name}": Figure(partial(checks.milliseconds, name), Bound()) for name in CHECKS},
    "last_candidate_delay": Figure(checking.last_candidate_delay, Bound(most=1.15)),
    "findings_s": Figure(checking.findings_seconds, Bound()),
    "start_page_s": Figure(start.page, Bound(most=6)),
    "start_demo_s": Figure(start.demo, Bound(most=90)),
    "fuzz_requests": Figure(fuzz.requests, Bound(least=20_000)),
    "fuzz_500": Figure(fuzz.faults, Bound(most=0)),
}
