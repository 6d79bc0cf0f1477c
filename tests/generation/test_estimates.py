from __future__ import annotations

from decimal import Decimal

import pytest

from generation import estimates, runs
from tests import make


def test_a_preset_that_was_never_measured_promises_nothing(preset):
    estimate = estimates.of_order(preset, 20)

    assert (estimate.pictures, estimate.seconds, estimate.money, estimate.ahead) == (20, None, None, 0)


def test_before_its_first_use_a_preset_is_as_fast_as_it_was_measured(db):
    estimate = estimates.of_order(make.preset(seconds_per_picture=1.5), 20)

    assert estimate.seconds == 30
    assert estimate.money == Decimal("0.3")


def test_after_that_its_own_history_counts(preset, run, painter):
    painter.seconds = 0.02
    made = make.candidates(run, painter)
    preset.seconds_per_picture = 99

    assert estimates.of_order(preset, 10).seconds == pytest.approx(10 * sum(c.gpu_seconds for c in made) / 5)


def test_history_with_other_weights_does_not_count(preset, candidates):
    preset.weights, preset.seconds_per_picture = "1" * 64, 2.0

    assert estimates.seconds_per_picture(preset) == 2.0


def test_only_the_newest_runs_that_made_something_count(preset, run, candidates, maya, painter, monkeypatch):
    monkeypatch.setattr(estimates, "RUNS", 1)
    more = runs.top_up(run.brief, by=maya, count=1)
    [candidate] = make.candidates(more, painter)
    runs.top_up(run.brief, by=maya, count=1)

    assert estimates.seconds_per_picture(preset) == pytest.approx(candidate.gpu_seconds)


def test_what_others_ordered_is_ahead_until_it_is_made_or_cancelled(preset, run, project, maya, dan):
    other = make.run(project, dan, preset, title="Other", count=3)
    assert estimates.of_order(preset, 1).ahead == 8

    runs.cancel(other, by=dan)
    assert estimates.of_order(preset, 1).ahead == 5

    make.candidates(run)
    assert estimates.of_order(preset, 1).ahead == 0
