"""The live part of a brief's page: what is said to be on its way really is."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.timezone import now

from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Brief
from generation import runs, scheduling
from generation.models import Batch
from review import live, progress
from tests import make
from tests.painter import REASON, Choosy


@pytest.fixture
def signed_in(client, maya):
    client.force_login(maya)
    return client


def look(brief: Brief):
    return live.of(progress.overview(brief))


def test_what_a_cancelled_run_left_out_is_not_on_its_way(run, brief, maya):
    runs.cancel(run, by=maya)
    more = runs.top_up(brief, by=maya, count=2)

    found = look(brief)

    assert [tile["number"] for tile in found["pending"]] == [6, 7]
    assert found["open_runs"] == [more]
    assert found["expected"] == 2


def test_every_open_run_can_be_cancelled(run, brief, maya):
    more = runs.top_up(brief, by=maya, count=2)

    assert look(brief)["open_runs"] == [run, more]


def test_a_failed_earlier_run_can_still_be_tried_again(run, brief, maya, painter):
    Batch.objects.filter(run=run).update(status="failed", finished_at=now(), error="The disk was full.")
    runs.top_up(brief, by=maya, count=2)
    scheduling.work(painter.load, worker="test", saver_threads=0)

    found = look(brief)

    assert found["stopped_runs"] == [run]
    assert {batch.error for batch in found["failed"]} == {"The disk was full."}
    assert not found["is_open"]


def test_refused_slots_are_said_with_the_reason_and_not_waited_for(signed_in, run, brief):
    make.candidates(run, Choosy([run.recipe.seed_for(index) for index in (1, 2, 4)]))
    page = signed_in.get(brief.get_absolute_url()).content.decode()

    assert "The model refused candidates 2, 3 and 5." in page
    assert page.count(f'<span class="small">{REASON}</span>') == 1
    assert "waiting" not in page
    assert "Try again" not in page


def test_polling_says_nothing_while_nothing_is_new(signed_in, run, brief):
    url = reverse("review:brief-progress", args=[brief.pk])
    token = signed_in.get(url).context["token"]

    assert signed_in.get(url, {"since": token}).status_code == 204


def test_polling_ends_by_loading_the_page_anew(signed_in, run, brief, painter):
    scheduling.work(painter.load, worker="test", saver_threads=0)

    reply = signed_in.get(reverse("review:brief-progress", args=[brief.pk]), {"since": "old"})

    assert (reply.status_code, reply.headers["HX-Refresh"]) == (286, "true")


def test_the_page_is_silent_while_others_work_elsewhere_in_the_project(signed_in, run, brief, project, maya, preset):
    url = reverse("review:brief-progress", args=[brief.pk])
    token = signed_in.get(url).context["token"]

    runs.cancel(make.run(project, maya, preset), by=maya)

    assert signed_in.get(url, {"since": token}).status_code == 204


def test_another_role_of_theirs_is_seen_at_once(signed_in, run, brief, project, maya):
    url = reverse("review:brief-progress", args=[brief.pk])
    token = signed_in.get(url).context["token"]

    audit.record(None, None, Act.MEMBERSHIP_CHANGED, user=maya.pk)
    assert signed_in.get(url, {"since": token}).status_code == 200

    token = signed_in.get(url).context["token"]
    audit.record(project, None, Act.PROJECT_CHANGED)
    assert signed_in.get(url, {"since": token}).status_code == 200
