from __future__ import annotations

import datetime
import errno
import threading
import time

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from django.db import OperationalError
from django.utils.timezone import now

from creative import briefs, files, money
from creative.models import Event, Spending
from creative.work import hold as holds
from creative.work import loop
from creative.work.kinds import claim_next
from generation import engines, images, runs, saving, scheduling, tasks
from generation.models import Batch, Candidate, Run
from generation.recipe import SEEDS
from generation.rendering import Batches
from tests import make
from tests.painter import picture


@pytest.fixture
def loaded(painter, monkeypatch):
    """The painter where workers look for a pipeline."""
    monkeypatch.setattr(engines, "load", painter.load)
    return painter


@pytest.fixture
def candidates(run, painter) -> list[Candidate]:
    """By a worker, which is what is tested here."""
    return make.candidates(run, painter)


def seeds_of(run: Run) -> list[int]:
    return [run.recipe.seed_for(index) for index in range(run.first, run.first + run.count)]


def render(painter, **options) -> int:
    return scheduling.work(painter.load, worker="test", **{"saver_threads": 0, **options})


def do(batch: Batch, load) -> None:
    loop.do(Batches(load, saving.Saver(threads=0)), batch)


def test_a_bell_rung_twice_renders_each_picture_once(transactional_db, run, loaded):
    tasks.work_waiting()
    tasks.work_waiting()

    assert sorted(set(loaded.seeds)) == sorted(seeds_of(run))
    assert len(loaded.calls) == 3
    assert run.candidates.count() == run.count


def test_a_bell_with_nothing_waiting_loads_no_model(transactional_db, loaded):
    tasks.work_waiting()

    assert loaded.loaded == []


def test_each_picture_is_the_one_of_its_seed(run, candidates):
    for candidate in candidates:
        stored = files.read(candidate.sha256)
        assert stored == images.encode(picture(candidate.seed), small=256, large=1024).picture
        assert candidate.seed == (run.recipe.seed + candidate.index) % SEEDS


def test_every_slot_is_asked_for_once(run, candidates, painter):
    assert painter.calls == [[run.recipe.seed_for(index) for index in batch] for batch in ((0, 1), (2, 3), (4,))]
    assert [candidate.index for candidate in candidates] == [0, 1, 2, 3, 4]


def test_a_candidate_says_how_it_was_made(candidates, painter, run):
    last = candidates[3]

    assert (last.slot, last.width, last.height) == (1, painter.SIDE, painter.SIDE)
    assert last.environment == painter.environment
    assert last.batch.status == Batch.Status.DONE


def test_gpu_seconds_and_money_are_metered(run, painter):
    painter.seconds = 0.01
    made = make.candidates(run, painter)

    [spent] = money.spent_on([run.brief_id]).values()
    assert sum(candidate.gpu_seconds for candidate in made) == pytest.approx(float(spent.seconds), abs=1e-4)
    assert spent.money == spent.seconds * run.price
    assert Spending.objects.filter(what="batch", project=run.project_id).count() == 3
    assert all(float(c.cost) == pytest.approx(c.gpu_seconds * 0.01, abs=1e-6) for c in made)
    assert min(c.gpu_seconds for c in made) >= 0.015


def test_a_cancel_stops_before_the_next_step(run, painter, maya, monkeypatch):
    monkeypatch.setattr(holds, "STEP_SECONDS", 0)
    painter.before_each = lambda: runs.cancel(run, by=maya)

    assert render(painter) == 1

    assert painter.steps == 1
    assert not run.candidates.exists()
    assert set(run.batches.values_list("status", flat=True)) == {"cancelled"}
    assert Spending.objects.get(subject=run.batches.get(first=0).pk).seconds > 0


def test_a_cancel_keeps_what_was_made(run, painter, maya, monkeypatch):
    monkeypatch.setattr(holds, "STEP_SECONDS", 0)
    painter.before_each = lambda: runs.cancel(run, by=maya) if len(painter.calls) == 2 else None

    render(painter)

    assert [candidate.index for candidate in run.candidates.order_by("index")] == [0, 1]


def test_steps_are_written_down_for_whoever_watches(run, painter, monkeypatch):
    monkeypatch.setattr(holds, "STEP_SECONDS", 0)
    seen = []
    painter.before_each = lambda: seen.append(Batch.objects.get(run=run, first=0).step)

    render(painter)

    assert seen[:3] == [0, 1, 2]


def test_a_lost_claim_writes_nothing(run, painter, monkeypatch):
    monkeypatch.setattr(holds, "STEP_SECONDS", 3600)
    batch = claim_next(Batches, "slow")

    def taken_over():
        Batch.objects.filter(pk=batch.pk).update(attempt=2, worker="other")

    painter.before_each = taken_over
    do(batch, painter.load)

    batch.refresh_from_db()
    assert not Candidate.objects.exists()
    assert (batch.status, batch.worker, batch.attempt) == ("running", "other", 2)
    assert Spending.objects.get(subject=batch.pk).seconds > 0  # spent all the same
    assert not Event.objects.filter(act__in=["candidate.made", "batch.done", "batch.failed"]).exists()


def test_the_heartbeat_notices_a_takeover_between_steps(transactional_db, run, painter, settings, monkeypatch):
    settings.HEARTBEAT_SECONDS = 0.01
    monkeypatch.setattr(holds, "STEP_SECONDS", 3600)
    batch = claim_next(Batches, "slow")
    Batch.objects.filter(pk=batch.pk).update(attempt=2, worker="other")
    painter.seconds = 0.3

    do(batch, painter.load)

    assert painter.steps == 1
    assert not Candidate.objects.exists()


def test_the_heartbeat_keeps_the_lease_while_a_model_loads(transactional_db, run, painter, settings):
    settings.HEARTBEAT_SECONDS, settings.LEASE_SECONDS = 0.05, 0.5
    rivals = []

    def slow_load(preset):
        time.sleep(1.2)
        rivals.append(Batch.objects.lapsed().exists())
        return painter

    batch = claim_next(Batches, "slow")
    do(batch, slow_load)

    assert rivals == [False]
    assert Candidate.objects.count() == 2


def test_no_heartbeat_outlives_its_batch(transactional_db, run, painter, settings):
    settings.HEARTBEAT_SECONDS = 0.01
    render(painter)
    time.sleep(0.1)

    assert not [thread for thread in threading.enumerate() if thread.name.startswith("hold")]


def test_a_model_that_breaks_is_tried_three_times_and_then_said_in_a_sentence(run, painter, caplog):
    def broken():
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    painter.before_each = broken
    render(painter)

    assert len(painter.calls) == 9
    said = {str(batch): (batch.status, batch.error) for batch in run.batches.all()}
    assert said == {
        row: ("failed", f"Something broke. Whoever runs this site finds it in the worker's log, under '{row}'.")
        for row in said
    }
    assert Run.objects.with_state().get().state == Run.State.FAILED
    assert Event.objects.filter(act="batch.failed").count() == 9
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("CUDA out of memory. Tried to allocate 20 GiB")])
def test_a_worker_out_of_memory_says_so_and_what_may_help(run, painter, error):
    def broken():
        raise error

    painter.before_each = broken
    render(painter)

    assert "A smaller batch of the preset" in run.batches.first().error


def test_a_model_that_breaks_once_loses_nothing(run, painter, caplog):
    hiccup = iter([RuntimeError("device lost")])

    def broken_once():
        for error in hiccup:
            raise error

    painter.before_each = broken_once
    made = make.candidates(run, painter)

    assert [candidate.seed for candidate in made] == seeds_of(run)
    assert run.batches.get(first=0).attempt == 2


def test_weights_that_will_not_load_fail_the_run_in_their_own_words(run, painter, caplog):
    from generation.engines.engine import UnusableSource

    def refuse(preset):
        raise UnusableSource("The weights changed.")

    scheduling.work(refuse, worker="test", saver_threads=0)

    assert run.batches.first().error == "The weights changed."


def test_a_full_disk_is_tried_again_and_nothing_is_lost(run, painter, full_disk, caplog):
    full_disk(1)
    made = make.candidates(run, painter)

    assert [candidate.seed for candidate in made] == seeds_of(run)
    assert run.batches.get(first=0).attempt == 2
    assert set(run.batches.values_list("status", flat=True)) == {"done"}


def test_while_the_disk_is_full_a_batch_waits_longer_each_time_and_no_attempt_is_lost(
    run, painter, full_disk, settings, caplog
):
    full_disk(*range(1, 31))  # two pictures a batch, three batches, five times
    settings.PAUSE_SECONDS = 5
    for seconds in (5, 10, 20, 40, 80):
        begun = now()
        make.candidates(run, painter)
        batch = run.batches.get(first=0)
        assert (batch.status, batch.error) == ("queued", "The disk is full.")
        assert (batch.waits_until - begun).total_seconds() >= seconds - 0.01  # SQLite's clock has milliseconds
        Batch.objects.update(waits_until=now() - datetime.timedelta(seconds=1))
    make.candidates(run, painter)
    Batch.objects.update(waits_until=None)

    assert len(make.candidates(run, painter)) == 5
    assert set(run.batches.values_list("status", "error")) == {("done", "")}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.EROFS, "Read-only file system", "/srv/winnow/files"), "A folder of the storage can't be"),
        (EndpointConnectionError(endpoint_url="http://10.0.0.1:9000"), "The storage can't be reached"),
        (ClientError({"Error": {"Code": "InvalidAccessKeyId"}}, "PutObject"), "The storage can't be reached"),
        (OperationalError("connection to server at 10.0.0.2 failed"), "The database is busy"),
    ],
)
def test_a_fault_of_the_house_is_no_fault_of_the_work(run, painter, settings, error, said, caplog):
    """Nothing of paths and addresses is on the page."""

    def broken():
        raise error

    painter.before_each = broken
    render(painter)

    assert len(painter.calls) == 3
    for batch in run.batches.all():
        assert (batch.status, batch.attempt, batch.last_attempt) == ("queued", 1, 1 + settings.ATTEMPTS)
        assert batch.error.startswith(said)
        assert "10.0.0" not in batch.error and "/srv" not in batch.error


def test_a_batch_that_was_tried_before_has_no_company(transactional_db, run, painter, caplog):
    """Should the process die of it, the other one would be charged as well."""
    hiccup = iter([RuntimeError("device lost")])
    beside = []

    def look():
        for error in hiccup:
            raise error
        if Batch.objects.filter(attempt=2, status="running").exists():
            beside.append(Batch.objects.filter(status="running").count())

    painter.before_each = look
    painter.seconds = 0.05
    render(painter, saver_threads=2)

    assert set(beside) == {1}
    assert run.candidates.count() == 5


def test_pages_say_why_a_run_waits(client, run, painter, full_disk, settings, maya, caplog):
    full_disk(1)
    settings.PAUSE_SECONDS = 5
    make.candidates(run, painter)
    client.force_login(maya)

    page = client.get(run.brief.get_absolute_url()).content.decode()

    assert "The disk is full." in page
    assert "goes on by itself" in page


def test_a_batch_half_saved_makes_only_what_is_missing(run, painter, full_disk, caplog):
    full_disk(4)  # the first picture and its two thumbnails fit
    made = make.candidates(run, painter)

    assert [candidate.index for candidate in made] == [0, 1, 2, 3, 4]
    assert Event.objects.filter(act="candidate.made").count() == 5
    assert painter.calls[1] == painter.calls[0][1:]


def test_a_batch_whose_pictures_are_all_there_is_not_rendered_again(run, candidates, painter):
    batch = run.batches.get(first=0)
    Batch.objects.filter(pk=batch.pk).update(status="queued", finished_at=None)
    calls = len(painter.calls)

    render(painter)

    batch.refresh_from_db()
    assert (batch.status, len(painter.calls)) == ("done", calls)


def test_pictures_are_encoded_on_other_threads_while_the_next_batch_is_denoised(
    transactional_db, run, painter, monkeypatch
):
    encode, encoders, overlapped = images.encode, set(), threading.Event()

    def slow_encode(*args, **options):
        encoders.add(threading.current_thread().name)
        if len(painter.calls) < 2:
            overlapped.wait(5)  # for the next batch to begin
        return encode(*args, **options)

    monkeypatch.setattr(images, "encode", slow_encode)
    painter.before_each = lambda: overlapped.set() if len(painter.calls) == 2 else None

    render(painter, saver_threads=2)

    assert overlapped.is_set()
    assert encoders.isdisjoint(painter.threads)
    assert run.candidates.count() == 5


def test_saving_on_threads_makes_what_saving_at_once_makes(transactional_db, run, painter, project, maya, preset):
    render(painter, saver_threads=2)

    made = list(run.candidates.order_by("index"))
    assert [candidate.seed for candidate in made] == seeds_of(run)
    assert [c.sha256 for c in made] == [
        files.digest_of(images.encode(picture(c.seed), small=256, large=1024).picture) for c in made
    ]
    assert set(run.batches.values_list("status", flat=True)) == {"done"}


def test_a_save_that_fails_on_a_thread_is_tried_again(transactional_db, run, painter, full_disk, caplog):
    full_disk(2, 5)
    render(painter, saver_threads=2)
    render(painter, saver_threads=2)

    assert [candidate.seed for candidate in run.candidates.order_by("index")] == seeds_of(run)


def test_only_so_many_batches_are_in_hand_at_once(transactional_db, project, maya, preset, painter, monkeypatch):
    run = make.run(project, maya, preset, count=12)
    encode = images.encode
    waiting = []

    def slow_encode(*args, **options):
        time.sleep(0.05)
        return encode(*args, **options)

    monkeypatch.setattr(images, "encode", slow_encode)
    painter.before_each = lambda: waiting.append(2 * (len(painter.calls) - 1) - Candidate.objects.count())
    render(painter, saver_threads=1)

    assert max(waiting) <= 2 * saving.BATCHES_IN_HAND
    assert run.candidates.count() == 12


def test_a_hold_ends_even_when_its_failure_cannot_be_recorded(transactional_db, run, painter, monkeypatch, settings):
    """Else it would keep the batch from everyone, for as long as the process lives."""
    settings.HEARTBEAT_SECONDS = 0.01
    batch = claim_next(Batches, "worker")
    monkeypatch.setattr(Batch, "fail", lambda batch, error, for_good: 1 / 0)
    painter.before_each = lambda: [][0]

    with pytest.raises(ZeroDivisionError):
        do(batch, painter.load)

    time.sleep(0.1)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("hold")]


def test_a_brief_that_was_archived_meanwhile_costs_no_more(run, painter, maya):
    briefs.archive(run.brief, by=maya)
    render(painter)

    assert painter.calls == []
    assert set(run.batches.values_list("status", "error")) == {
        ("failed", "This brief is archived. Bring it back, then try again.")
    }

    briefs.restore(run.brief, by=maya)
    runs.retry(run, by=maya)
    render(painter)
    assert run.candidates.count() == run.count
