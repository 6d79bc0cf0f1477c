from __future__ import annotations

from django.forms.models import model_to_dict

from creative import files
from creative.models import Event, File, Spending
from generation import images, runs
from generation.models import Checking
from tests import make

OTHER = {
    "id",
    "brief",
    "run",
    "batch",
    "candidate",
    "subject",
    "gpu_seconds",
    "cost",
    "seconds",
    "money",
    "made_at",
    "ordered_at",
    "at",
    "finished_at",
}


def test_candidates_written_as_rows_are_as_a_worker_leaves_them(project, maya, preset, painter, run):
    rendered = make.candidates(run, painter)
    copy = runs.submit(make.draft(project, maya), by=maya, preset=preset)
    copy.recipe_data["seed"] = run.recipe.seed
    written = make.to_cull(copy)

    assert [facts(candidate) for candidate in written] == [facts(candidate) for candidate in rendered]
    assert around(copy) == around(run)


def test_their_files_are_as_a_worker_leaves_them(run, candidates):
    for candidate in candidates:
        for file in File.objects.filter(pk__in=[candidate.picture_id, candidate.small_id, candidate.large_id]):
            content = files.read(file.pk)
            assert (files.digest_of(content), len(content), images.media_type(content)) == (
                file.pk,
                file.size,
                file.media_type,
            )
            assert images.put(content) == file


def facts(row) -> dict:
    return {name: value for name, value in model_to_dict(row).items() if name not in OTHER}


def around(run) -> dict:
    events = Event.objects.filter(brief_id=run.brief_id).select_related("payload").order_by("sequence")
    return {
        "checkings": [facts(each) for each in Checking.objects.filter(candidate__run=run).order_by("pk")],
        "batches": [facts(batch) for batch in run.batches.order_by("first")],
        "spending": [facts(line) for line in Spending.objects.filter(brief=run.brief_id).order_by("pk")],
        "events": [(event.act, event.actor_id, sorted(event.data)) for event in events],
    }
