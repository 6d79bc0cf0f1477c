"""A real housekeeping worker whose process a check takes along, each time it begins."""

from __future__ import annotations

import time

import pytest

from creative.work import bell
from generation import checkings
from generation.models import Checking
from tests import make

pytestmark = [pytest.mark.services, pytest.mark.once]

SECONDS = 60  # for two leases to run out, and the sweeps after them


def test_a_check_that_kills_its_worker_costs_its_own_findings_and_nothing_else(start_worker, tmp_path, run):
    make.to_cull(run)
    Checking.objects.exclude(candidate__index=0).cancel()
    start_worker("housekeeping", include="tests.generation.deadly", last=False)
    start_worker("sweeps", options=["--pool", "solo", "--beat", "--schedule", str(tmp_path / "beat")])
    bell.send(checkings.WORK)
    until = time.monotonic() + SECONDS
    while not Checking.objects.filter(status="done").exists():
        assert time.monotonic() < until, Checking.objects.filter(candidate__index=0).values()
        time.sleep(0.2)

    done = Checking.objects.get(status="done")
    assert done.not_run == {"deadly": "It stopped its worker 2 times."}
    assert set(done.versions) == set(done.outcomes) - {"deadly"}
    assert done.findings.exists()
