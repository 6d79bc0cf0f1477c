"""What an engine may give for a slot, and what becomes of it: any engine, so one that is made up here."""

from __future__ import annotations

import pytest
from django.urls import reverse

from creative import files
from creative.errors import Refused
from creative.evidence import history
from creative.models import Event
from creative.work.kinds import claim_next
from creative.work.loop import do
from generation import reproductions, runs, scheduling
from generation.models import Batch, Candidate, Refusal, Run
from generation.recipe import PICTURE, SEED
from generation.rendering import Batches
from generation.saving import Saver
from tests import make
from tests.painter import REASON, RECEIPT, Choosy, Hosted, jpeg


def seeds(run: Run, *indexes: int) -> set[int]:
    return {run.recipe.seed_for(index) for index in indexes}


def state(run: Run) -> str:
    return str(Run.objects.with_state().get(pk=run.pk).state)


def test_a_slot_can_end_refused_with_the_reason_and_the_receipt(run):
    made = make.candidates(run, Choosy(seeds(run, 1, 4)))

    assert [candidate.index for candidate in made] == [0, 2, 3]
    found = list(Refusal.objects.order_by("index"))
    assert [(each.index, each.reason, each.receipt) for each in found] == [(1, REASON, RECEIPT), (4, REASON, RECEIPT)]
    assert {(each.run, each.brief) for each in found} == {(run, run.brief)}
    assert state(run) == "done"


def test_a_refused_slot_is_told_in_the_log_and_in_the_history_of_its_brief(run):
    make.candidates(run, Choosy(seeds(run, 1)))

    event = Event.objects.get(act="slot.refused")
    assert (event.brief_id, event.data["number"], event.data["reason"]) == (run.brief_id, 2, REASON)
    assert f"The model refused candidate 2: {REASON}" in [told.sentence for told in history.of(run.brief_id)]


def test_what_was_refused_is_not_asked_for_again(run, full_disk):
    painter = Choosy(seeds(run, 0))
    full_disk(1)  # the picture beside it can't be saved at the first try
    made = make.candidates(run, painter)

    assert [candidate.index for candidate in made] == [1, 2, 3, 4]
    assert painter.calls[:2] == [[run.recipe.seed_for(0), run.recipe.seed_for(1)], [run.recipe.seed_for(1)]]
    assert Refusal.objects.count() == 1


def test_a_batch_that_was_refused_whole_and_comes_back_is_done_at_once(run):
    painter = Choosy(seeds(run, 0, 1, 2, 3, 4))
    make.candidates(run, painter)
    Batch.objects.filter(run=run, first=0).update(status="queued", finished_at=None)
    calls = len(painter.calls)

    make.candidates(run, painter)

    assert (state(run), len(painter.calls), Refusal.objects.count()) == ("done", calls, 5)


def test_there_is_nothing_to_try_again_where_all_was_refused(run, maya):
    make.candidates(run, Choosy(seeds(run, 0, 1, 2, 3, 4)))

    assert runs.retry(run, by=maya) is False


def test_a_worker_that_lost_its_claim_writes_no_refusal(run):
    painter = Choosy(seeds(run, 0, 1))
    batch = claim_next(Batches, "slow")
    painter.before_each = lambda: Batch.objects.filter(pk=batch.pk).update(attempt=2, worker="other")

    with Saver(0) as saver:
        do(Batches(painter.load, saver), batch)

    assert not Refusal.objects.exists()


def test_a_file_is_kept_as_it_was_received_with_its_own_media_type(run):
    content = jpeg()
    candidate, *_ = make.candidates(run, Hosted(content))

    assert files.read(candidate.sha256) == content
    assert (candidate.picture.media_type, candidate.width, candidate.height) == ("image/jpeg", 48, 32)
    assert candidate.small.media_type == "image/webp"
    assert (candidate.seed, candidate.receipt, candidate.origin) == (None, RECEIPT, "generated")
    assert Candidate.objects.filter(picture=candidate.picture).count() == 5  # the same bytes are stored once


@pytest.mark.parametrize("content", [b"", b"<html>Bad gateway</html>", jpeg()[:200]])
def test_a_file_that_is_no_picture_is_a_refusal(run, content):
    assert make.candidates(run, Hosted(content)) == []
    assert set(Refusal.objects.values_list("reason", flat=True)) == {"The model sent a file that is no picture."}


def test_what_was_made_without_a_seed_is_not_made_again(run, maya):
    candidate, *_ = make.candidates(run, Hosted(jpeg()))

    with pytest.raises(Refused, match="made without a seed, so it can't be made again"):
        reproductions.ask(candidate, by=maya)


def test_its_page_says_so_and_offers_nothing(run, dan, client):
    candidate, *_ = make.candidates(run, Hosted(jpeg()))
    client.force_login(dan, "django.contrib.auth.backends.ModelBackend")

    page = client.get(reverse("generation:reproductions", args=[candidate.pk])).content.decode()

    assert "It was made without a seed, so it can't be made again." in page
    assert "Make it again" not in page


def test_what_was_made_without_a_seed_is_varied_by_its_picture_alone(run, maya):
    candidate, *_ = make.candidates(run, Hosted(jpeg()))

    assert runs.why_not(candidate, SEED) == "This candidate was made without a seed."
    more = runs.more_like(candidate, by=maya, count=1, way=PICTURE, strength=0.5)
    assert more.recipe.source.seed is None


def test_an_engine_that_refuses_to_make_one_again_says_why(candidate, maya):
    asked, _ = reproductions.ask(candidate, by=maya)
    scheduling.work(Choosy({candidate.seed}).load, worker="test", saver_threads=0)

    asked.refresh_from_db()
    assert (asked.status, asked.error, asked.attempt) == ("failed", REASON, 1)


def test_the_recipe_has_the_size_that_suits_the_briefs_first_format(project, maya, preset):
    preset.sizes = [[64, 64], [72, 128]]
    preset.save(update_fields=["sizes"])

    run = make.run(project, maya, preset, formats=["9:16", "1:1"])
    more = runs.top_up(run.brief, by=maya, count=2)

    assert (run.recipe.width, run.recipe.height) == (more.recipe.width, more.recipe.height) == (72, 128)
    assert (make.run(project, maya, preset).recipe.width, run.recipe_data["recipe"]) == (64, 1)
