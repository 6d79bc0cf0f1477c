from __future__ import annotations

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from creative import briefs, references, stages
from creative.models import Membership
from creative.roles import Role
from generation import runs
from review import home
from review.culling import shortlist
from review.delivery import building, export
from review.models import Hand, SignOff, Version
from review.signing import signoff, turns
from review.views import dashboard
from tests import make
from tests.painter import Choosy


def waiting(person) -> list[Version]:
    return [turn.version for turn in turns.to_sign(person)]


def acts(person) -> list[str]:
    return [task.act for task in home.for_person(person)[0]]


def test_brand_waits_first_and_legal_after_it(version, bea, leo):
    assert (waiting(bea), waiting(leo)) == ([version], [])

    make.signed(version, bea, stages.BRAND)
    assert (waiting(bea), waiting(leo)) == ([], [version])

    make.signed(version, leo, stages.LEGAL)
    assert (waiting(bea), waiting(leo)) == ([], [])


@pytest.mark.parametrize("name", ["maya", "dan", "pia", "stranger"])
def test_who_signs_nothing_has_nothing_to_sign(version, request, name):
    assert waiting(request.getfixturevalue(name)) == []


def test_reviewers_of_another_project_see_none_of_it(version, other_people):
    assert waiting(other_people["brand"]) == []


def test_ones_own_work_waits_for_somebody_else(version, dan, bea):
    Membership.objects.filter(user=dan).update(role=Role.REVIEWER, stage="brand")

    assert waiting(dan) == []
    assert waiting(bea) == [version]


def test_only_an_assets_newest_version_waits(version, asset, candidates, dan, bea):
    shortlist.add(candidates[3], by=dan)
    second = make.replaced(asset, candidates[3], dan)

    assert waiting(bea) == [second]


def test_an_objection_waits_for_nobodys_signature(version, bea, leo):
    make.signed(version, bea, stages.BRAND, SignOff.Decision.CHANGES, "Wrong red.")

    assert (waiting(bea), waiting(leo)) == ([], [])


def test_a_withdrawn_version_waits_for_nobody(version, bea):
    signoff.withdraw_version(version, by=bea, reason="Recalled.")

    assert waiting(bea) == []


def test_the_oldest_waits_first(version, candidates, dan, bea):
    second = make.asset(candidates[1], dan).versions.get()

    assert waiting(bea) == [version, second]


def test_the_queue_costs_the_same_for_many_as_for_one(
    version, candidates, dan, bea, leo, django_assert_max_num_queries
):
    for candidate in candidates[1:]:
        make.signed(make.asset(candidate, dan).versions.get(), bea, stages.BRAND)

    with django_assert_max_num_queries(3):
        assert len(turns.to_sign(leo)) == 4


def test_candidates_wait_for_the_designer_to_cull(candidates, dan, maya, bea):
    assert acts(dan) == ["cull"]
    assert acts(maya) == acts(bea) == []


def test_a_stopped_brief_waits_for_the_marketer_to_try_again(run, maya, dan, bea):
    runs.cancel(run, by=maya)

    assert acts(maya) == acts(dan) == ["retry"]
    assert acts(bea) == []


def test_a_brief_that_the_model_refused_whole_waits_for_the_marketer_to_revise(run, maya, dan, bea):
    make.candidates(run, Choosy([run.recipe.seed_for(index) for index in range(5)]))

    assert acts(maya) == acts(dan) == ["revise"]
    assert acts(bea) == []


def test_changes_wait_for_the_designer_to_make(version, bea, dan, maya):
    make.signed(version, bea, stages.BRAND, SignOff.Decision.CHANGES, "Wrong red.")

    assert acts(dan) == ["fix"]
    assert acts(maya) == []


def test_an_approved_asset_waits_to_be_downloaded_until_it_was_exported(approved, project, maya, bea):
    assert acts(maya) == ["download"]
    assert acts(bea) == []

    export.order(project, by=maya, versions=[approved.pk])
    assert acts(maya) == ["download"]

    building.build_waiting()
    assert acts(maya) == []


def test_a_signature_that_waits_names_its_version_and_its_date(project, maya, dan, bea, preset):
    due = datetime.date(2030, 1, 2)
    make.asset(make.candidates(make.run(project, maya, preset, due=due, count=1))[0], dan)

    [task] = home.for_person(bea)[0]
    assert (task.act, task.turn.version.number, task.due) == ("sign", 1, due)


def test_what_is_due_first_waits_first(project, maya, dan, preset):
    dates = [None, datetime.date(2030, 3, 1), datetime.date(2030, 1, 1)]
    for due in dates:
        make.run(project, maya, preset, due=due, count=1)
    make.candidates(project.runs.first())

    assert [task.due for task in home.for_person(dan)[0]] == [dates[2], dates[1], None]


@pytest.mark.once
def test_what_is_due_stands_first_and_the_oldest_is_found_however_many_drafts_came_since(
    client, project, maya, dan, preset
):
    saturday = datetime.date(2030, 1, 5)
    due = make.candidates(make.run(project, maya, preset, due=saturday, count=1))[0].brief
    for number in range(dashboard.PAGE * 2 + 1):
        briefs.draft(project, by=maya, title=f"Idea {number}")
    client.force_login(dan)

    assert [(task.overview.brief, task.due) for task in client.get("/").context["tasks"]] == [(due, saturday)]
    of_project = reverse("review:project", args=[project.pk])
    assert due in [row.brief for row in client.get(of_project, {"page": 3}).context["rows"]]


def test_what_waits_for_others_is_in_progress(run, brief, maya, stranger):
    tasks, progress = home.for_person(maya)

    assert (tasks, [row.brief for row in progress]) == ([], [brief])
    assert home.for_person(stranger) == ([], [])


def test_an_archived_brief_waits_for_nobody(candidates, brief, dan, maya):
    briefs.archive(brief, by=maya)

    assert home.for_person(dan) == ([], [])


def test_a_brief_that_is_archived_in_review_waits_for_no_signature_until_it_is_brought_back(version, brief, maya, bea):
    briefs.archive(brief, by=maya)
    assert home.for_person(bea) == ([], [])
    assert not turns.of_person(bea).exists()

    briefs.restore(brief, by=maya)
    assert [task.verb for task in home.for_person(bea)[0]] == ["Sign as brand"]


def test_a_stage_that_nobody_can_sign_is_said_on_home_and_on_the_briefs_page(client, version, brief, bea, pia, dan):
    assert home.for_person(pia)[0] == []
    Membership.objects.filter(user=bea).delete()

    [task] = home.for_person(pia)[0]
    assert (task.verb, task.url) == (
        "Find somebody to sign for brand",
        reverse("creative:people", args=[brief.project_id]),
    )
    assert not [each for each in home.for_person(dan)[0] if each.act == "staff"]
    client.force_login(dan)
    for page in (reverse("review:brief", args=[brief.pk]), reverse("review:version", args=[version.pk])):
        assert "Nobody in this project can sign for brand" in " ".join(client.get(page).content.decode().split())


def test_a_reviewer_with_a_hand_in_it_is_nobody_to_sign_it(version, bea, pia):
    Hand.objects.create(version=version, person=bea, how=Hand.How.values[0])

    assert [task.act for task in home.for_person(pia)[0]] == ["staff"]


def ending(project, person, days):
    rights = {"licence": "contract 7", "uses": ["internal"], "markets": [], "may_leave": False}
    expires = timezone.localdate() + datetime.timedelta(days=days)
    return references.attest(make.reference(project, person), by=person, **rights, expires=expires)


def test_rights_that_end_within_a_month_wait_for_the_producer(client, project, maya, pia, other_people):
    ends = ending(project, maya, days=30)

    assert acts(pia) == ["renew"]
    assert acts(maya) == acts(other_people["producer"]) == []
    client.force_login(pia)
    page = client.get(reverse("review:home")).content.decode()
    assert "Renew the rights" in page and ends.reference.get_absolute_url() in page and "ends soon" in page


def test_rights_that_were_renewed_withdrawn_or_are_not_needed_wait_for_nobody(project, maya, pia, monkeypatch):
    later = ending(project, maya, days=31)
    assert acts(pia) == []

    today = timezone.localdate()
    monkeypatch.setattr(timezone, "localdate", lambda: today + datetime.timedelta(days=40))
    assert [task.sentence for task in home.for_person(pia)[0]] == ["Halden · contract 7 · ended"]
    make.attestation(later.reference, maya)
    assert acts(pia) == []

    references.withdraw(later.reference.attestation, by=maya, reason="a mistake")
    assert acts(pia) == ["renew"]
    references.remove(later.reference, by=maya)
    assert acts(pia) == []
