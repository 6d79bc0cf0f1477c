"""What `make bench` writes, and one real figure from start to finish."""

import json
import re
from pathlib import Path

import pytest

from bench import figures, history, pages, results, starter
from bench.results import Bound, Measured
from bench.timing import alternated
from generation import presets
from generation.checks import CHECKS

KEYS = {"value", "ours", "other", "unit", "what", "hardware", "date"}
NAMES = {
    "bomb_megabytes",
    "bomb_seconds",
    "check_duplicates_f1",
    "check_faces_precision",
    "check_faces_recall",
    "check_logo_precision",
    "check_logo_recall",
    "check_reference_precision",
    "check_reference_recall",
    "check_text_precision",
    "check_text_read",
    "check_text_recall",
    *(f"check_ms_{name}" for name in CHECKS),
    "cull_session",
    "deep_page",
    "denoise_calls",
    "families",
    "findings_s",
    "fuzz_500",
    "fuzz_requests",
    "history_claim",
    "history_feed",
    "history_home",
    "history_queue",
    "key_to_paint_grid_p95_ms",
    "key_to_paint_p75_ms",
    "key_to_paint_p95_ms",
    "key_to_paint_vs_page_load",
    "last_candidate_delay",
    "naive",
    "not_modified",
    "overhead",
    "overlap_100",
    "overlap_250",
    "refused_when_saved",
    "reload_models",
    "room_bytes",
    "room_nodes",
    "room_open",
    "room_scroll",
    "sheet_queries",
    "slow_bodies",
    "upload_bomb_ms",
    "start_demo_s",
    "start_page_s",
    "text_encodes",
}
MEASURED = Measured(value=2.0, ours=1.0, other=2.0, unit="seconds", what="Theirs / ours.")


def test_every_promised_figure_is_measured():
    assert set(figures.FIGURES) == NAMES


def test_an_entry_has_both_sides_and_names_the_hardware():
    entry = results.entry(MEASURED)

    assert set(entry) == KEYS
    assert set(entry["hardware"]) == {"cpu", "cores", "memory", "device"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", entry["date"])


def test_a_figure_measured_again_replaces_itself_and_no_other(tmp_path: Path):
    file = tmp_path / "results" / "latest.json"
    old, new = results.entry(MEASURED), results.entry(Measured(3.0, 1.0, 3.0, "seconds", "Theirs / ours."))

    results.merge(file, {"b": old, "a": old}, order=["a", "b"])
    results.merge(file, {"b": new}, order=["a", "b"])

    assert json.loads(file.read_text()) == {"a": old, "b": new}
    assert list(json.loads(file.read_text())) == ["a", "b"]


def test_a_figure_that_no_longer_exists_is_dropped(tmp_path: Path):
    file = tmp_path / "latest.json"
    results.merge(file, {"gone": results.entry(MEASURED)}, order=["gone"])

    results.merge(file, {}, order=["a"])

    assert json.loads(file.read_text()) == {}


@pytest.mark.parametrize(
    "bound, met, missed",
    [(Bound(least=1.5), 1.5, 1.49), (Bound(most=1.1), 1.1, 1.11), (Bound(least=1, most=1), 1, 1.2)],
    ids=str,
)
def test_the_table_says_which_bound_is_missed(bound, met, missed):
    for value, verdict in ((met, "met"), (missed, "missed")):
        entry = results.entry(Measured(value, 1.0, 1.0, "seconds", ""))
        line = results.table({"figure": entry}, {"figure": bound}).splitlines()[1]
        assert re.search(rf"\b{verdict}\b", line), line
        assert str(bound) in line


def test_the_sides_take_turns_at_going_first():
    went = []

    def side(name, seconds):
        def go():
            went.append(name)
            return seconds

        return go

    assert alternated(side("ours", 1), side("other", 2), rounds=2) == ([1, 1], [2, 2])
    assert went == ["ours", "other", "other", "ours"]


def test_committed_results_are_whole():
    """The starter model's own figures have another shape: tests/generation/test_starter_evaluation.py."""
    for file in [results.LATEST, *results.LATEST.parent.glob("20*.json")]:
        found = json.loads(file.read_text())
        assert set(found) <= NAMES, file
        assert all(set(entry) == KEYS for entry in found.values()), file


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # numpy 2 in a scheduler of diffusers
@pytest.mark.django_db(transaction=True)
@pytest.mark.once
def test_a_run_on_one_worker_encodes_its_prompt_once(monkeypatch):
    hasty = presets.starter()
    hasty.parameters["steps"] = 2
    monkeypatch.setattr(presets, "starter", lambda: hasty)

    measured = starter.text_encodes(count=8)

    assert (measured.value, measured.other) == (1, 2)


def test_no_sheet_asks_more_for_more_candidates(db):
    assert pages.sheet_queries(rows=(5, 75)).value == 1


def test_the_database_takes_the_history_that_pages_are_measured_over(db):
    world = history.World(share=0.002)

    for name in history.WHAT:
        getattr(world, name)()
