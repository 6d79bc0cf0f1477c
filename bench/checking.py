"""The machine checks beside a run: what they cost the person who waits for pictures, and how long they take."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench import saving, stage
from bench.results import Measured
from bench.timing import medians, seconds_of
from creative.work import loop
from generation import checking, scheduling
from generation.models import Candidate, Checking

COUNT = 20
ROUNDS = 3
# A housekeeping worker's loop without its broker, in a process of its own.
WORKER = """
import time
import django
django.setup()
from creative.work import loop
from generation import checking
print("up", flush=True)
while True:
    checking.work(worker=loop.this_worker())
    time.sleep(0.1)
"""


def last_candidate_delay() -> Measured:
    from generation import engines

    here = stage.with_starter()

    def run() -> float:
        here.order(COUNT)
        return seconds_of(lambda: scheduling.work(engines.load, worker=loop.this_worker(), saver_threads=2))

    def checked() -> float:
        with _housekeeping():
            return run()

    def unchecked() -> float:
        seconds = run()
        Checking.objects.all().cancel()
        return seconds

    run()
    checking.work(worker="bench")  # warm, as a worker is
    Checking.objects.all().cancel()
    ours, other = medians(checked, unchecked, rounds=ROUNDS)
    what = (
        f"From first claim to the {COUNT}th candidate of the starter model: with a housekeeping worker at nice 10 that "
        f"checks them as they come / without one. Models loaded, median of {ROUNDS} rounds."
    )
    return Measured(ours / other, ours, other, "seconds a run", what)


def findings_seconds() -> Measured:
    gpu = saving.Sleeper(0.0)
    here = stage.with_stand_in(side=saving.SIDE, batch_size=1)
    here.order(COUNT)
    scheduling.work(gpu.load, worker="bench", saver_threads=2)
    newest = Candidate.objects.filter(project=here.project)
    Checking.objects.exclude(candidate__in=newest).cancel()
    seconds = seconds_of(lambda: checking.work(worker="bench"))
    done = Checking.objects.filter(candidate__in=newest, status=Checking.Status.DONE).count()
    assert done == COUNT, f"{done} of {COUNT} were checked"
    what = (
        f"All findings of {COUNT} candidates of {saving.SIDE} x {saving.SIDE} pixels, by one housekeeping worker; "
        "other: seconds a picture."
    )
    return Measured(seconds, seconds, seconds / COUNT, "seconds", what)


@contextmanager
def _housekeeping() -> Iterator[None]:
    command = ["nice", "-n", "10", sys.executable, "-c", WORKER]
    with subprocess.Popen(command, env=dict(os.environ), stdout=subprocess.PIPE) as worker:
        try:
            assert worker.stdout
            worker.stdout.readline()
            yield
        finally:
            worker.kill()
