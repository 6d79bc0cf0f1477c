"""Two people judge without seeing each other, on every path, until both are finished."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from creative.errors import Refused
from creative.models import Event, Membership
from creative.roles import Role
from generation.models import Candidate
from review.culling import blind_pass, marking, room, shortlist
from review.models import Asset, BlindJudge, BlindPass, Shortlisting
from tests import make

RIGHTS = {"cull": True, "compose": True, "brief": True}


@pytest.fixture
def blind(candidates, brief, dan, maya) -> BlindPass:
    """Of dan, who started it, and maya. pia takes no part."""
    return blind_pass.start(brief, by=dan, people=[maya.pk])


def opened(brief, person) -> dict:
    return room.of(brief, person, RIGHTS)


def page(person, name: str, *args) -> str:
    client = Client()
    client.force_login(person)
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


# Starting, finishing, ending


def test_it_is_of_the_chosen_and_of_who_starts_it(blind, dan, maya):
    assert list(blind.judges.order_by("pk").values_list("person", "finished_at")) == [(maya.pk, None), (dan.pk, None)]
    event = Event.objects.get(act="blind_pass.started")
    assert (event.actor_id, event.data["people"]) == (dan.pk, sorted([dan.pk, maya.pk]))


def test_one_stands_a_brief(blind, brief, dan, maya, pia):
    with pytest.raises(Refused, match="going on already"):
        blind_pass.start(brief, by=maya, people=[pia.pk])
    with pytest.raises(IntegrityError), transaction.atomic():
        BlindPass.objects.create(brief=brief, started_by=pia)

    blind_pass.end(brief, by=dan)

    assert blind_pass.start(brief, by=maya, people=[pia.pk]).pk != blind.pk


def test_nobody_is_blind_alone(brief, dan):
    for people in ([], [dan.pk]):
        with pytest.raises(Refused, match="somebody else"):
            blind_pass.start(brief, by=dan, people=people)
    assert not BlindPass.objects.exists() and not Event.objects.filter(act__startswith="blind_pass.").exists()


def test_only_who_may_cull_takes_part(brief, dan, maya, bea, stranger, other_people):
    maya.is_active = False
    maya.save(update_fields=["is_active"])

    for person in (bea, stranger, other_people["designer"], maya):
        with pytest.raises(Refused, match="who may cull"):
            blind_pass.start(brief, by=dan, people=[person.pk])
    assert not BlindPass.objects.exists()


def test_it_is_over_as_soon_as_all_are_finished(blind, brief, dan, maya):
    assert blind_pass.finish(brief, by=dan)
    assert not blind_pass.finish(brief, by=dan), "said twice"
    assert blind_pass.standing(brief) == blind

    assert blind_pass.finish(brief, by=maya)

    blind.refresh_from_db()
    assert blind.ended_at is not None and blind.ended_by is None
    assert blind_pass.standing(brief) is None
    told = Event.objects.filter(act__startswith="blind_pass.").order_by("sequence")
    assert [event.act.partition(".")[2] for event in told] == ["started", "finished", "finished", "ended"]
    assert not blind_pass.finish(brief, by=dan), "over"


def test_who_takes_no_part_has_nothing_to_finish(blind, brief, pia):
    with pytest.raises(Refused, match="no part"):
        blind_pass.finish(brief, by=pia)

    assert not BlindJudge.objects.exclude(finished_at=None).exists()


@pytest.mark.parametrize("who", ["dan", "pia"])
def test_who_started_it_or_a_producer_ends_it(blind, brief, request, who, pia):
    person = request.getfixturevalue(who)

    assert blind_pass.end(brief, by=person)
    assert not blind_pass.end(brief, by=person)

    blind.refresh_from_db()
    assert blind.ended_by == person
    assert not BlindJudge.objects.exclude(finished_at=None).exists(), "ended is not finished"


def test_nobody_else_ends_it(blind, brief, maya):
    with pytest.raises(PermissionDenied):
        blind_pass.end(brief, by=maya)

    assert blind_pass.standing(brief)


def test_nothing_is_shortlisted_while_it_stands(blind, candidates, brief, dan, pia):
    for person in (dan, pia):
        with pytest.raises(Refused, match="shortlist when everybody is finished"):
            shortlist.add(candidates[0], by=person)
    assert not Shortlisting.objects.exists()

    blind_pass.end(brief, by=dan)

    assert shortlist.add(candidates[0], by=dan)


@pytest.mark.parametrize("who", ["dan", "pia"])
def test_the_shortlist_stays_as_it_is_while_it_stands(candidates, brief, dan, maya, request, who):
    for candidate in candidates[:2]:
        shortlist.add(candidate, by=dan)
    listed = [candidate.pk for candidate in candidates[:2]]
    blind_pass.start(brief, by=dan, people=[maya.pk])
    person = request.getfixturevalue(who)
    verbs = [
        lambda: shortlist.remove(candidates[0], by=person),
        lambda: shortlist.reorder(brief, by=person, candidates=listed[::-1]),
        lambda: make.sent(brief, person, seen=listed),
    ]

    for verb in verbs:
        with pytest.raises(Refused, match="A blind pass is going on; shortlist when everybody is finished"):
            verb()
    assert list(Shortlisting.objects.values_list("candidate", flat=True)) == listed
    assert not Asset.objects.exists()

    blind_pass.end(brief, by=dan)

    for verb in verbs[1:]:
        verb()


# By the page's forms


def post(person, name: str, brief, data=None, **headers):
    client = Client()
    client.force_login(person)
    return client.post(reverse(name, args=[brief.pk]), data or {}, headers=headers)


def test_its_forms_start_finish_and_end_it(candidates, brief, dan, maya):
    cull = reverse("review:cull", args=[brief.pk])

    started = post(dan, "review:blind-pass", brief, {"people": [maya.pk]})
    finished = post(maya, "review:blind-pass-completion", brief, **{"HX-Request": "true"})
    ended = post(dan, "review:blind-pass", brief, {"on": "0"})

    assert (started.headers["Location"], finished.status_code, ended.headers["Location"]) == (cull, 204, cull)
    assert BlindPass.objects.get().ended_by == dan
    assert BlindJudge.objects.exclude(finished_at=None).get().person == maya


def test_its_forms_refuse_in_words_and_codes(blind, brief, maya, pia, bea):
    assert post(pia, "review:blind-pass", brief, {"people": ["maya"]}).status_code == 400
    assert "going on already" in post(pia, "review:blind-pass", brief, {"people": [maya.pk]}).content.decode()
    assert post(maya, "review:blind-pass", brief, {"on": "0"}).status_code == 403
    assert post(bea, "review:blind-pass", brief, {"on": "0"}).status_code == 403
    assert post(pia, "review:blind-pass-completion", brief).status_code == 409
    assert blind_pass.standing(brief)


# What it hides


def test_a_judge_sees_their_own_marks_alone_and_others_see_all(blind, candidates, brief, dan, maya, pia):
    marking.flag(candidates[0], by=dan, value="pick")
    marking.flag(candidates[1], by=maya, value="reject", reason="hands")
    marking.flag(candidates[2], by=pia, rating=3)

    seen = {person: [mark[1] for mark in opened(brief, person)["marks"]] for person in (dan, maya, pia)}

    assert seen[dan] == [dan.pk]
    assert seen[maya] == [maya.pk]
    assert sorted(seen[pia]) == sorted([dan.pk, maya.pk, pia.pk])


def test_the_feed_keeps_others_marks_from_a_judge(blind, candidates, brief, dan, maya, pia):
    since = opened(brief, dan)["cursor"]
    marking.flag(candidates[0], by=maya, value="pick")
    marking.flag(candidates[0], by=dan, value="reject")

    assert [mark[1] for mark in room.feed(brief, dan, since=since)["marks"]] == [dan.pk]
    assert [mark[1] for mark in room.feed(brief, dan, since=0)["marks"]] == [dan.pk]
    assert len(room.feed(brief, pia, since=since)["marks"]) == 2


def test_marks_of_before_are_hidden_as_well_from_the_feed_that_tells_of_it(candidates, brief, dan, maya):
    marking.flag(candidates[0], by=maya, value="pick")
    since = opened(brief, dan)["cursor"]
    blind_pass.start(brief, by=maya, people=[dan.pk])

    news = room.feed(brief, dan, since=since)

    assert (news["whole"], news["marks"]) == (True, [])
    assert news["blind"] == {"people": sorted([dan.pk, maya.pk]), "finished": [], "mine": True, "started_by": maya.pk}


def test_who_is_finished_waits_for_the_others(blind, candidates, brief, dan, maya, pia):
    marking.flag(candidates[0], by=maya, value="pick")
    since = opened(brief, dan)["cursor"]
    blind_pass.finish(brief, by=dan)

    for news in (room.feed(brief, dan, since=since), opened(brief, dan)):
        assert news["marks"] == []
        assert (news["blind"]["mine"], news["blind"]["finished"]) == (False, [dan.pk])
    assert opened(brief, pia)["blind"]["mine"] is False


def test_the_agreement_appears_in_the_next_feed(blind, candidates, brief, dan, maya):
    marking.flag(candidates[0], by=dan, value="pick")
    marking.flag(candidates[0], by=maya, value="pick")
    since = opened(brief, dan)["cursor"]
    blind_pass.finish(brief, by=dan)
    blind_pass.finish(brief, by=maya)

    news = room.feed(brief, dan, since=since)

    assert (news["whole"], news["blind"]) == (True, None)
    assert sorted(mark[1] for mark in news["marks"]) == sorted([dan.pk, maya.pk])
    assert [shape[1] for shape in news["candidates"]] == [0, 1, 2, 3, 4]


def test_each_judge_has_an_order_of_their_own_that_stays(run, brief, dan, maya, pia):
    made = make.crowd(run, 30)
    blind_pass.start(brief, by=dan, people=[maya.pk])

    orders = {person: [shape[0] for shape in opened(brief, person)["candidates"]] for person in (dan, maya, pia)}

    ids = [candidate.pk for candidate in made]
    assert orders[pia] == ids
    assert sorted(orders[dan]) == sorted(orders[maya]) == ids
    assert len({tuple(order) for order in orders.values()}) == 3
    assert [shape[0] for shape in opened(brief, dan)["candidates"]] == orders[dan]


def test_what_arrives_during_it_goes_to_the_end_at_each_visit(run, brief, dan, maya):
    make.crowd(run, 20)
    blind_pass.start(brief, by=dan, people=[maya.pk])
    before = [shape[0] for shape in opened(brief, dan)["candidates"]]

    later = [candidate.pk for candidate in make.crowd(run, 3)]

    assert [shape[0] for shape in opened(brief, dan)["candidates"]] == before + later


HIDDEN = "Model and seed are hidden"


@pytest.mark.parametrize("name", ["review:info", "review:candidate"])
def test_seed_model_and_others_marks_are_on_no_page_of_a_judge(blind, candidates, brief, dan, maya, pia, name):
    candidate = candidates[0]
    marking.flag(candidate, by=maya, value="reject", reason="likeness")

    hidden, shown = page(dan, name, candidate.pk), page(pia, name, candidate.pk)

    assert HIDDEN in hidden and HIDDEN not in shown
    for secret in (f">{candidate.seed}<", "painter", "likeness", "More like this", "/reproductions/"):
        assert secret not in hidden
    assert f">{candidate.seed}<" in shown and "painter" in shown
    blind_pass.end(brief, by=dan)
    assert HIDDEN not in page(dan, name, candidate.pk)


def test_a_version_tells_its_model_and_seed_to_no_judge(asset, brief, dan, maya, pia, bea):
    blind_pass.start(brief, by=dan, people=[maya.pk])
    version = asset.versions.get()
    seed = f">{version.frozen['recipe']['seed']}<"
    secrets = (
        seed,
        "<dt>Model</dt>",
        "<dt>Licence</dt>",
        version.frozen["recipe"]["prompt"],
        "<dt>Shortlisted by</dt>",
    )

    hidden, *shown = (page(person, "review:version", version.pk) for person in (dan, pia, bea))

    assert HIDDEN in hidden and not any(secret in hidden for secret in secrets)
    for each in shown:
        assert HIDDEN not in each and all(secret in each for secret in secrets)


@pytest.mark.parametrize("name", ["review:info", "review:candidate"])
def test_who_shortlisted_it_is_told_to_no_judge(candidates, brief, dan, maya, pia, bea, name):
    shortlist.add(candidates[0], by=pia)
    blind_pass.start(brief, by=dan, people=[maya.pk])

    assert "Pia" in page(bea, name, candidates[0].pk)
    assert "Pia" not in page(dan, name, candidates[0].pk)


def test_the_panel_speaks_for_the_judge_alone(blind, candidates, dan, maya):
    marking.flag(candidates[0], by=maya, value="pick")

    assert "You have not marked it yet." in page(dan, "review:info", candidates[0].pk)


def test_the_room_itself_names_neither_seed_nor_model(blind, candidates, brief, dan, maya):
    marking.flag(candidates[0], by=maya, value="reject", reason="likeness")

    hidden = page(dan, "review:cull", brief.pk)

    data = json.loads(hidden.partition('<script id="room" type="application/json">')[2].partition("</script>")[0])
    assert data["marks"] == []
    assert "painter" not in hidden
    assert not any(f"{candidate.seed}" in hidden for candidate in candidates)


def test_the_list_of_candidates_tells_a_judge_their_own_flags_alone(blind, candidates, brief, project, dan, maya):
    marking.flag(candidates[0], by=maya, value="pick", rating=5)

    listed = page(dan, "review:candidates", project.pk)

    assert "<span>Picked" not in listed and "5★" not in listed


def test_a_judge_who_left_holds_it_up_until_a_producer_ends_it(blind, brief, dan, maya, pia):
    Membership.objects.filter(user=maya).update(role=Role.REVIEWER, stage="legal")
    blind_pass.finish(brief, by=dan)
    assert blind_pass.hides_from(brief, dan)

    blind_pass.end(brief, by=pia)

    assert not blind_pass.hides_from(brief, dan)


def test_other_briefs_stay_open_to_a_judge(blind, project, dan, maya, preset, painter):
    theirs = make.candidates(make.run(project, maya, preset), painter)[0]
    marking.flag(theirs, by=maya, value="pick")

    assert not blind_pass.hides_from(theirs.brief, dan)
    assert len(opened(theirs.brief, dan)["marks"]) == 1
    assert Candidate.objects.count() == 10
