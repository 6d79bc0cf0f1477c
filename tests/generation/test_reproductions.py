"""A candidate made again and compared: by the painter for what workers do, by real models for the bits."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings as configured
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils.timezone import now
from PIL import Image

from creative import files, policy
from creative.errors import Refused
from creative.models import Event, Spending
from creative.work import hold as holds
from creative.work import kinds, loop
from creative.work.kinds import claim_next
from generation import engines, images, presets, reproductions, runs, scheduling, tasks
from generation.models import Batch, Candidate, Preset, Reproduction, Run
from generation.renderer import Picture
from generation.reproductions import Reproductions
from tests import make
from tests.painter import Painter
from tests.plugins.flush import without_triggers

Outcome = Reproduction.Outcome


def work(painter: Painter) -> int:
    return scheduling.work(painter.load, worker="test", saver_threads=0)


def ask(candidate: Candidate, by) -> Reproduction:
    reproduction, _ = reproductions.ask(candidate, by=by)
    return reproduction


def made_again(candidate: Candidate, by, painter) -> Reproduction:
    reproduction = ask(candidate, by)
    work(painter)
    reproduction.refresh_from_db()
    return reproduction


class Faulty(Painter):
    """Paints what it should with `levels` added to each pixel."""

    def __init__(self, levels: int) -> None:
        super().__init__()
        self.levels = levels
        self.environment = {"device": "another painter", "dtype": "none"}

    def __call__(self, recipe, seeds, on_step):
        pictures = super().__call__(recipe, seeds, on_step)
        return [Picture(each.pixels.point(lambda value: min(255, value + self.levels)), each.seed) for each in pictures]


# Asking


def test_asking_opens_one_and_rings(candidate, maya, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as bells:
        reproduction, opened = reproductions.ask(candidate, by=maya)

    assert opened
    assert len(bells) == 1
    assert (reproduction.status, reproduction.asked_by, reproduction.sentence) == (
        "queued",
        maya,
        "Waiting to be made again.",
    )
    event = Event.objects.get(act="reproduction.asked")
    assert (event.actor_id, event.data) == (maya.pk, {"reproduction": reproduction.pk, "candidate": candidate.pk})


def test_asked_twice_at_once_it_is_made_once(candidate, maya, dan, painter):
    first, opened = reproductions.ask(candidate, by=maya)
    second, opened_again = reproductions.ask(candidate, by=dan)

    assert (opened, opened_again, second) == (True, False, first)
    calls = len(painter.calls)
    work(painter)
    assert len(painter.calls) == calls + 1
    assert Event.objects.filter(act="reproduction.asked").count() == 1


def test_one_that_ends_while_another_is_asked_for_is_not_taken_for_open(candidate, maya):
    first = ask(candidate, maya)

    def ended_before_it_is_looked_for(execute, sql, *more):
        if sql.startswith("SELECT") and "generation_reproduction" in sql:
            Reproduction.objects.filter(pk=first.pk).update(status="failed", finished_at=now())
        return execute(sql, *more)

    with connection.execute_wrapper(ended_before_it_is_looked_for):
        second, opened = reproductions.ask(candidate, by=maya)

    assert (opened, second.is_open) == (True, True)
    assert second != first


def test_the_database_holds_one_open_a_candidate_and_as_many_done_as_were_asked(candidate, maya, painter):
    made_again(candidate, maya, painter)
    made_again(candidate, maya, painter)
    ask(candidate, maya)

    with pytest.raises(IntegrityError), transaction.atomic():
        Reproduction.objects.create(candidate=candidate, asked_by=maya)
    assert candidate.reproductions.count() == 3


def test_another_candidate_has_one_of_its_own(candidates, maya):
    assert [reproductions.ask(candidate, by=maya)[1] for candidate in candidates] == [True] * 5


@pytest.fixture
def forbidden(project, preset, painter, maya, pia, leo) -> Candidate:
    """Made while policy allowed it; asked for again before it changed."""
    make.agreed_policy(make.REGULATED_ALLOWED, written_by=pia, agreed_by=leo)
    [made, *_] = make.candidates(make.run(project, maya, preset, use_class="regulated"), painter)
    ask(made, maya)
    make.agreed_policy(policy.SHIPPED, written_by=pia, agreed_by=leo)
    return made


def test_policy_is_asked_when_it_is_asked_for(forbidden, maya):
    Reproduction.objects.update(status="failed", finished_at=now())

    with pytest.raises(Refused, match="Regulated use is refused until"):
        ask(forbidden, maya)
    assert forbidden.reproductions.count() == 1


def test_policy_is_asked_again_when_it_is_made(forbidden, painter):
    calls = len(painter.calls)
    work(painter)

    reproduction = forbidden.reproductions.get()
    assert (reproduction.status, reproduction.attempt) == ("failed", 1)
    assert "Regulated use is refused until" in reproduction.error
    assert len(painter.calls) == calls


# Making it


def test_it_is_rendered_by_its_own_seed(candidate, maya, painter):
    made_again(candidate, maya, painter)

    assert set(painter.calls[-1]) == {candidate.seed}


class Slanted(Painter):
    """Paints a little otherwise in each slot, as some models do on some processors."""

    def __call__(self, recipe, seeds, on_step):
        painted = super().__call__(recipe, seeds, on_step)
        return [
            replace(each, pixels=each.pixels.point(lambda level, slot=slot: level ^ slot))
            for slot, each in enumerate(painted)
        ]


@pytest.mark.parametrize("slot", [0, 1])
def test_it_is_rendered_in_its_own_slot(run, maya, slot):
    candidate = next(each for each in make.candidates(run, Slanted()) if each.slot == slot)

    assert made_again(candidate, maya, Slanted()).outcome == Outcome.IDENTICAL


def test_the_same_pixels_are_identical(candidate, maya, painter):
    reproduction = made_again(candidate, maya, painter)

    assert (reproduction.status, reproduction.outcome) == ("done", Outcome.IDENTICAL)
    assert reproduction.sentence == "Identical: every pixel is the same."
    assert reproduction.environment == painter.environment
    assert reproduction.changes == []
    event = Event.objects.get(act="reproduction.done")
    assert event.actor_id is None
    assert (event.data["outcome"], event.data["max_level"]) == ("identical", 0)


def test_a_level_apart_is_visually_the_same_and_says_by_how_much(candidate, maya):
    reproduction = made_again(candidate, maya, Faulty(1))

    assert reproduction.outcome == Outcome.VISUALLY_SAME
    assert reproduction.sentence == "Visually the same: at most 1 of 255 levels apart (PSNR 48.2 dB)."
    assert reproduction.changes == [("device", "painter", "another painter")]


def test_visibly_apart_is_different(candidate, maya):
    reproduction = made_again(candidate, maya, Faulty(60))

    assert reproduction.outcome == Outcome.DIFFERENT
    assert reproduction.sentence.startswith("Different: up to 60 of 255 levels apart (PSNR 1")


def test_another_size_is_different(candidate, maya, painter):
    painter.SIDE = 12
    assert made_again(candidate, maya, painter).outcome == Outcome.DIFFERENT


def test_batches_go_before_reproductions(candidate, run, maya, painter):
    ask(candidate, maya)
    more = runs.top_up(run.brief, by=maya, count=3)
    calls = len(painter.calls)
    work(painter)

    seeds = [more.recipe.seed_for(index) for index in range(5, 8)]
    assert painter.calls[calls:] == [seeds[:2], seeds[2:], [candidate.seed]]


def test_what_is_made_again_is_no_candidate(candidate, maya, painter):
    made_again(candidate, maya, painter)

    assert Candidate.objects.count() == 5
    assert not Batch.objects.filter(status="queued").exists()


def test_its_gpu_time_is_metered_and_its_steps_shown(candidate, maya, painter, monkeypatch):
    monkeypatch.setattr(holds, "STEP_SECONDS", 0)
    reproduction, seen = ask(candidate, maya), []
    painter.seconds = 0.01
    painter.before_each = lambda: seen.append(Reproduction.objects.get().step)
    work(painter)

    reproduction.refresh_from_db()
    assert seen == [0, 1, 2]
    line = Spending.objects.get(what="reproduction", subject=reproduction.pk)
    assert line.seconds >= Decimal("0.03")
    assert line.money == line.seconds * candidate.run.preset.price
    assert (line.project, line.brief) == (candidate.project, candidate.brief)


# What goes wrong


def test_a_lost_claim_writes_nothing(candidate, maya, painter, monkeypatch):
    monkeypatch.setattr(holds, "STEP_SECONDS", 0)
    ask(candidate, maya)
    slow = claim_next(Reproductions, "slow")
    painter.before_each = lambda: Reproduction.objects.update(attempt=2, worker="other")
    loop.do(Reproductions(painter.load), slow)

    slow.refresh_from_db()
    assert (slow.status, slow.worker, slow.outcome) == ("running", "other", "")
    assert not Event.objects.filter(act__in=["reproduction.done", "reproduction.failed"]).exists()


def test_a_claim_lost_after_the_last_step_writes_nothing_either(candidate, maya, painter):
    ask(candidate, maya)
    slow = claim_next(Reproductions, "slow")
    Reproduction.objects.update(attempt=2, worker="other")
    loop.do(Reproductions(painter.load), slow)

    slow.refresh_from_db()
    assert (slow.status, slow.outcome) == ("running", "")


def lapse() -> None:
    Reproduction.objects.update(lease_until=now() - timedelta(seconds=1))


def test_a_worker_killed_half_way_is_overtaken(candidate, maya, painter):
    ask(candidate, maya)
    claim_next(Reproductions, "killed")
    assert claim_next(Reproductions, "other") is None
    lapse()

    assert kinds.sweep([Reproductions])
    work(painter)

    reproduction = Reproduction.objects.get()
    assert (reproduction.outcome, reproduction.attempt, reproduction.worker) == (Outcome.IDENTICAL, 2, "test")


def test_workers_killed_three_times_end_it_in_a_sentence(candidate, maya):
    ask(candidate, maya)
    for name in ("first", "second", "third"):
        assert claim_next(Reproductions, name)
        lapse()
    assert not kinds.sweep([Reproductions])

    reproduction = Reproduction.objects.get()
    assert reproduction.status == "failed"
    assert reproduction.error == "The worker stopped without a word 3 times while making this picture again."
    assert reproductions.ask(candidate, by=maya)[1]


def test_the_sweep_rings_for_one_whose_bell_was_lost(candidate, maya, monkeypatch):
    ask(candidate, maya)
    rung = []
    monkeypatch.setattr(tasks.bell, "ring", rung.append)
    tasks.sweep_batches()
    Reproduction.objects.update(status="failed", finished_at=now())
    tasks.sweep_batches()

    assert rung == [runs.WORK]


def test_a_model_that_breaks_is_tried_three_times(candidate, maya, painter, caplog):
    painter.before_each = lambda: [][0]
    reproduction = made_again(candidate, maya, painter)

    assert (reproduction.status, reproduction.attempt) == ("failed", 3)
    assert "Something broke" in reproduction.error
    assert "IndexError" not in reproduction.error
    assert not reproduction.is_open


# The page


def url(candidate: Candidate) -> str:
    return reverse("generation:reproductions", args=[candidate.pk])


HTMX = {"HX-Request": "true"}


def test_everybody_reads_it_and_it_polls_while_one_is_open(client, candidate, maya, bea, painter):
    client.force_login(bea)
    assert "every 1s" not in client.get(url(candidate)).content.decode()
    ask(candidate, maya)
    waiting = client.get(url(candidate)).content.decode()
    assert "Waiting to be made again" in waiting and "every 1s" in waiting
    work(painter)

    after = client.get(url(candidate)).content.decode()
    assert "Identical: every pixel is the same." in after
    assert "every 1s" not in after
    assert "Make it again" not in after  # she may not ask


def test_nothing_new_is_nothing_sent(client, candidate, maya, painter):
    client.force_login(maya)
    reproduction = ask(candidate, maya)
    since = f"?since={reproduction.pk}-queued-0"

    assert client.get(url(candidate) + since).status_code == 204
    work(painter)
    assert client.get(url(candidate) + since).status_code == 200


def test_by_htmx_the_fragment_comes_back_and_by_a_plain_form_the_brief(client, candidate, maya):
    client.force_login(maya)
    page = client.post(url(candidate), headers=HTMX).content.decode()
    plain = client.post(url(candidate))

    assert "Waiting to be made again" in page
    assert plain.headers["Location"] == reverse("review:brief", args=[candidate.brief_id])
    assert Reproduction.objects.count() == 1


def test_what_changed_since_is_named(client, candidate, maya):
    made_again(candidate, maya, Faulty(1))
    client.force_login(maya)

    assert "device another painter, then painter." in " ".join(client.get(url(candidate)).content.decode().split())


# The bits, by the embedded model

DIFFUSERS_AND_NUMPY = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
STEPS = 4  # enough to see, few enough to wait for


@pytest.fixture
def starter(db) -> Preset:
    preset = presets.starter()
    preset.parameters["steps"], preset.batch_size = STEPS, 2
    preset.save(force_insert=True)
    return preset


@pytest.fixture
def painted(project, maya, starter) -> Candidate:
    """The last of three, which shared its batch with padding alone."""
    run = make.run(project, maya, starter, subject="red lipstick on a beige background", count=3)
    scheduling.work(engines.load, worker="test", saver_threads=0)
    return run.candidates.get(index=2)


def by_the_starter(candidate: Candidate, by) -> Reproduction:
    ask(candidate, by)
    scheduling.work(engines.load, worker="test", saver_threads=0)
    return candidate.reproductions.latest("pk")


@DIFFUSERS_AND_NUMPY
@pytest.mark.once
def test_the_starter_makes_the_same_bits_in_the_same_process_alone_or_in_company(painted, maya):
    companion = painted.run.candidates.get(index=0)

    for candidate in (painted, companion):
        assert by_the_starter(candidate, maya).sentence == "Identical: every pixel is the same."


@DIFFUSERS_AND_NUMPY
@pytest.mark.once
@pytest.mark.parametrize("way", ["seed", "picture"])
def test_more_like_one_is_made_again_as_well(painted, maya, way):
    run = runs.more_like(painted, by=maya, count=1, way=way, strength=0.5)
    scheduling.work(engines.load, worker="test", saver_threads=0)

    assert by_the_starter(run.candidates.get(), maya).outcome == Outcome.IDENTICAL


@DIFFUSERS_AND_NUMPY
@pytest.mark.once
def test_the_starter_makes_the_same_bits_in_a_fresh_process(painted):
    script = (
        "import django; django.setup()\n"
        "from generation import engines; from generation.recipe import Recipe; import json, sys, hashlib\n"
        "recipe = Recipe.from_dict(json.load(sys.stdin))\n"
        "[picture, _] = engines.load(recipe.preset)(recipe, [int(sys.argv[1])] * 2, lambda done, steps: None)\n"
        "print(hashlib.sha256(picture.pixels.tobytes()).hexdigest())\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, str(painted.seed)],
        input=json.dumps(painted.run.recipe_data),
        cwd=configured.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "creative.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    stored = Image.open(io.BytesIO(files.read(painted.sha256)))
    assert result.stdout.strip() == files.digest_of(stored.tobytes())


def rewrite_recipe(run: Run, **more) -> None:
    Run.objects.filter(pk=run.pk).update(recipe_data=replace(run.recipe, **more).as_dict())


@DIFFUSERS_AND_NUMPY
def test_other_words_make_another_picture(painted, maya):
    rewrite_recipe(painted.run, prompt="white gift on a red background")
    reproduction = by_the_starter(Candidate.objects.get(pk=painted.pk), maya)

    assert reproduction.outcome == Outcome.DIFFERENT
    assert reproduction.difference["max_level"] > 40


@DIFFUSERS_AND_NUMPY
def test_weights_that_changed_are_not_passed_off_as_the_same(painted, maya, caplog):
    """To render with others would say nothing of this recipe: it fails, in words."""
    rewrite_recipe(painted.run, preset=replace(painted.run.recipe.preset, weights="0" * 64))
    reproduction = by_the_starter(Candidate.objects.get(pk=painted.pk), maya)

    assert (reproduction.status, reproduction.outcome) == ("failed", "")
    assert "weights of 'starter' changed since its preset was measured" in reproduction.error


def test_a_stored_picture_that_is_another_one_is_found_out(transactional_db, candidate, maya, painter):
    foreign = images.put(images.encode(Image.new("RGB", (24, 24), "red"), small=8, large=16).picture)
    with transaction.atomic(), without_triggers(connection):
        Candidate.objects.filter(pk=candidate.pk).update(picture=foreign)

    assert made_again(Candidate.objects.get(pk=candidate.pk), maya, painter).outcome == Outcome.DIFFERENT
