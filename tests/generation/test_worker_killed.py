"""Real workers on a real broker, killed without warning in the middle of a batch."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest

from creative import files
from creative.evidence import verify
from creative.models import Event
from creative.work import bell
from generation import images, reproductions, runs
from generation.models import Batch, Candidate, Reproduction, Run
from tests import make
from tests.painter import Painter, picture

pytestmark = pytest.mark.services

STEP = 0.5  # seconds; a batch takes three of them
OVERTAKEN = 15  # seconds at most, from the kill to the next worker's claim


@pytest.fixture
def crew(start_worker, tmp_path):
    """Two painting workers, and one that sweeps."""
    painting = {"include": "tests.generation.painting", "env": {"WINNOW_TEST_STEP_SECONDS": str(STEP)}}
    beat = ["--pool", "solo", "--beat", "--schedule", str(tmp_path / "beat")]
    return [
        start_worker("generation", **painting, last=False),
        start_worker("generation", **painting, last=False),
        start_worker("sweeps", options=beat),
    ]


def until(happened: Callable[[], object], seconds: float) -> float:
    """How long it took."""
    begun = time.monotonic()
    while not happened():
        assert time.monotonic() - begun < seconds, f"{happened} did not happen within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - begun


def kill_whole_worker_of(held: Batch | Reproduction) -> None:
    """The pool process that renders, and the worker above it: as a power cut does."""
    pid = int(held.worker.rsplit(":", 1)[1])
    os.killpg(os.getpgid(pid), signal.SIGKILL)


def test_a_worker_killed_in_mid_batch_is_overtaken_and_nothing_is_lost_or_made_twice(crew, project, maya, preset):
    run = make.run(project, maya, preset, count=8)
    begun = Batch.objects.filter(run=run, status="running", step__gte=1)
    until(begun.exists, 30)
    victim = begun[0]

    kill_whole_worker_of(victim)
    took = until(lambda: Batch.objects.get(pk=victim.pk).attempt == 2, OVERTAKEN)
    until(lambda: Run.objects.with_state().get(pk=run.pk).state == Run.State.DONE, 60)

    assert took < OVERTAKEN
    made = list(Candidate.objects.order_by("index"))
    assert [candidate.seed for candidate in made] == [run.recipe.seed_for(index) for index in range(8)]
    for candidate in made:
        expected = images.encode(picture(candidate.seed, Painter.SIDE), **Candidate.THUMBNAILS).picture
        assert files.read(candidate.sha256) == expected
    assert Event.objects.filter(act="candidate.made").count() == 8
    assert Event.objects.filter(act="batch.done").count() == 4
    scopes = Event.objects.values_list("scope", flat=True).distinct()
    assert [problem for scope in scopes for problem in verify.chain(scope)] == []


@pytest.mark.once
def test_a_worker_killed_while_it_makes_one_again_is_overtaken(candidate, crew, maya):
    reproduction, _ = reproductions.ask(candidate, by=maya)
    until(Reproduction.objects.filter(status="running", step__gte=1).exists, 30)
    reproduction.refresh_from_db()

    kill_whole_worker_of(reproduction)
    until(Reproduction.objects.filter(attempt=2).exists, OVERTAKEN)
    until(Reproduction.objects.filter(status="done").exists, 30)

    reproduction.refresh_from_db()
    assert (reproduction.outcome, reproduction.attempt) == (Reproduction.Outcome.IDENTICAL, 2)
    assert Event.objects.filter(act="reproduction.done").count() == 1


@pytest.mark.once
def test_a_bell_that_was_lost_is_rung_again(crew, project, maya, preset):
    from creative.celery import app

    with app.connection_for_write() as broker:
        run = make.run(project, maya, preset, count=2)
        broker.default_channel.client.delete("generation")

    until(lambda: Run.objects.with_state().get(pk=run.pk).state == Run.State.DONE, 30)
    assert run.candidates.count() == 2


@pytest.mark.once
def test_a_worker_that_starts_looks_for_what_waits(start_worker, project, maya, preset):
    from creative.celery import app

    with app.connection_for_write() as broker:
        run = make.run(project, maya, preset, count=2)
        broker.default_channel.client.delete("generation")  # the bell, and nobody sweeps
    start_worker("generation", include="tests.generation.painting")

    until(lambda: Run.objects.with_state().get(pk=run.pk).state == Run.State.DONE, 15)


@pytest.mark.once
def test_a_worker_that_is_stopped_gives_back_what_takes_longer(start_worker, project, maya, preset):
    worker = start_worker("generation", include="tests.generation.painting", env={"WINNOW_TEST_STEP_SECONDS": "3600"})
    run = make.run(project, maya, preset, count=4)
    until(Batch.objects.filter(run=run, status="running").exists, 30)

    worker.send_signal(signal.SIGTERM)
    until(lambda: not Batch.objects.filter(run=run).exclude(status="queued").exists(), 30)

    assert {batch.last_attempt - batch.attempt for batch in run.batches.all()} == {3}


@pytest.mark.once
def test_a_model_that_hangs_costs_its_batch_an_attempt_and_its_process(start_worker, project, maya, preset):
    hanging = {"WINNOW_TEST_STEP_SECONDS": "3600", "WINNOW_TEST_PATIENCE_SECONDS": "1"}
    start_worker("generation", include="tests.generation.painting", env=hanging)
    run = make.run(project, maya, preset, count=2)
    until(Batch.objects.filter(run=run, attempt=1, status="queued").exists, 30)

    batch = run.batches.get()
    assert batch.error == "It did not come to an end, and was stopped."
    hung = batch.worker
    bell.send(runs.WORK)
    until(lambda: Batch.objects.get(pk=batch.pk).attempt == 2, 30)
    assert Batch.objects.get(pk=batch.pk).worker != hung
