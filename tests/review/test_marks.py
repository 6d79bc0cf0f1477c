"""Marks as the room sends them: many in a request, some of them twice, and one that is refused stops no other."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from creative.models import Event, Membership
from creative.roles import Role
from review.culling import marking
from review.models import Flag, Mark
from tests import make


@pytest.fixture
def as_dan(client, dan) -> Client:
    client.force_login(dan)
    return client


def one_mark(*candidates, mark_id: str = "", **said) -> dict:
    """One mark with one change."""
    ids = [candidate.pk for candidate in candidates]
    return {"id": mark_id or make.mark_id().hex, "changes": [{"candidates": ids, **said}]}


def send(client, brief, *marks, **more):
    url = reverse("review:marks", args=[brief.pk])
    return client.post(url, json.dumps({"marks": marks, **more}), content_type="application/json")


def test_the_reply_is_how_my_marks_stand_now(as_dan, brief, candidates, dan, maya):
    marking.flag(candidates[0], by=maya, value="pick")

    response = send(
        as_dan,
        brief,
        one_mark(*candidates[:2], value="reject", reason="hands"),
        one_mark(candidates[1], rating=4, label="green"),
        one_mark(candidates[2], value="unflagged"),
    )

    assert response.json() == {
        "columns": {"marks": ["candidate", "person", "value", "rating", "label", "reason"]},
        "marks": [
            [candidates[0].pk, dan.pk, "reject", 0, "", "hands"],
            [candidates[1].pk, dan.pk, "reject", 4, "green", "hands"],
            [candidates[2].pk, dan.pk, "unflagged", 0, "", ""],
        ],
        "refused": [],
    }
    assert b", " not in response.content


def test_each_mark_is_an_event_of_its_own(as_dan, brief, candidates):
    one, other = one_mark(candidates[0], value="pick"), one_mark(candidates[1], value="pick")

    send(as_dan, brief, one, other, one)
    send(as_dan, brief, other)

    told = Event.objects.filter(act="candidates.marked").order_by("sequence")
    assert [event.data["mark"] for event in told] == [one["id"], other["id"]]
    assert Mark.objects.count() == 2


def test_a_refused_mark_says_why_and_stops_none_after_it(as_dan, brief, candidates, dan):
    bad = one_mark(candidates[1], value="maybe")

    response = send(as_dan, brief, one_mark(candidates[0], value="pick"), bad, one_mark(candidates[2], value="pick"))

    assert response.status_code == 200
    assert response.json()["refused"] == [
        {"id": bad["id"], "because": "'maybe' is no flag; pick, reject and unflagged are."}
    ]
    assert [row[2] for row in response.json()["marks"]] == ["pick", "unflagged", "pick"]


def test_a_candidate_that_is_not_of_the_brief_is_refused_and_not_told(
    as_dan, brief, candidates, other_project, other_people, preset, painter
):
    theirs = make.candidates(make.run(other_project, other_people["marketer"], preset), painter)[0]
    marking.flag(theirs, by=other_people["designer"], value="pick")

    response = send(as_dan, brief, one_mark(candidates[0], theirs, value="pick"))

    assert "not of this brief" in response.json()["refused"][0]["because"]
    assert [row[0] for row in response.json()["marks"]] == [candidates[0].pk]
    assert not Flag.objects.exclude(person=other_people["designer"]).exists()


GOOD = {"id": "a" * 32, "changes": [{"candidates": [1], "value": "pick"}]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff",
        b"[" * 100_000,
        b"[]",
        b"{}",
        b'{"marks": {}}',
        b'{"marks": ["pick"]}',
        *(
            json.dumps({"marks": [GOOD, bad]}).encode()
            for bad in (
                {},
                {**GOOD, "id": None},
                {**GOOD, "id": "1"},
                {**GOOD, "id": "A" * 32},
                {**GOOD, "id": "g" * 32},
                {**GOOD, "changes": {}},
                {**GOOD, "changes": ["pick"]},
                {**GOOD, "changes": [{"value": "pick"}]},
                {**GOOD, "changes": [{"candidates": 1, "value": "pick"}]},
                {**GOOD, "changes": [{"candidates": ["1"], "value": "pick"}]},
                {**GOOD, "changes": [{"candidates": [True], "value": "pick"}]},
                {**GOOD, "changes": [{"candidates": [1.0], "value": "pick"}]},
                {**GOOD, "changes": [{"candidates": [-1], "value": "pick"}]},
                {**GOOD, "changes": [{"candidates": [10**30], "value": "pick"}]},
                {**GOOD, "changes": [{"candidates": [1], "value": 1}]},
                {**GOOD, "changes": [{"candidates": [1], "value": None}]},
                {**GOOD, "changes": [{"candidates": [1], "rating": "3"}]},
                {**GOOD, "changes": [{"candidates": [1], "rating": True}]},
                {**GOOD, "changes": [{"candidates": [1], "flag": "pick"}]},
                {**GOOD, "changes": [{"candidates": list(range(1, 5002)), "value": "pick"}]},
                {**GOOD, "changes": [{"candidates": [1] * 5001, "value": "pick"}]},
                {**GOOD, "changes": [{"candidates": [1], "value": "pick"}] * 5001},
            )
        ),
        json.dumps({"marks": [GOOD] * 101}).encode(),
    ],
    ids=lambda body: body[-60:].decode(errors="replace"),
)
def test_what_has_not_the_shape_of_marks_is_told_so_and_nothing_of_it_is_done(as_dan, brief, candidate, body):
    body = body.replace(b"[1]", b"[%d]" % candidate.pk)
    url = reverse("review:marks", args=[brief.pk])

    response = as_dan.post(url, body, content_type="application/json")

    assert response.status_code == 400
    assert response.content.decode().endswith(".")
    assert not Mark.objects.exists() and not Flag.objects.exists()


def test_a_form_is_no_marks(as_dan, brief):
    url = reverse("review:marks", args=[brief.pk])

    assert as_dan.post(url, {"marks": "[]"}).status_code == 400
    assert as_dan.post(url, "marks=1", content_type="application/x-www-form-urlencoded").status_code == 400


def test_marks_of_somebody_who_sat_here_before_are_not_taken_for_mine(as_dan, brief, candidate, dan, maya):
    mine = send(as_dan, brief, one_mark(candidate, value="pick"), person=dan.pk)
    theirs = send(as_dan, brief, one_mark(candidate, value="reject"), person=maya.pk)

    assert (mine.status_code, theirs.status_code) == (200, 401)
    assert Flag.objects.get().value == "pick"


@pytest.mark.parametrize(("now", "status"), [("dan", 200), ("maya", 401), ("bea", 401), ("stranger", 401)])
def test_a_page_hears_nothing_of_the_room_of_whoever_sits_there_now(client, request, brief, dan, now, status):
    client.force_login(request.getfixturevalue(now))

    response = client.get(reverse("review:marks", args=[brief.pk]), {"since": 0, "person": dan.pk})

    assert response.status_code == status


def test_who_lost_the_right_hears_so_and_who_left_finds_nothing(as_dan, brief, candidate, project, dan):
    membership = Membership.objects.get(user=dan, project=project)
    membership.role, membership.stage = Role.REVIEWER, "legal"
    membership.save(update_fields=["role", "stage"])
    assert send(as_dan, brief, one_mark(candidate, value="pick")).status_code == 403

    membership.delete()

    assert send(as_dan, brief, one_mark(candidate, value="pick")).status_code == 404
    assert not Mark.objects.exists()


def test_who_is_signed_out_hears_so_and_gets_no_page(client, brief, candidate):
    url = reverse("review:marks", args=[brief.pk])
    body = json.dumps({"marks": [one_mark(candidate, value="pick")]})

    response = client.post(url, body, content_type="application/json", headers={"HX-Request": "true"})

    assert (response.status_code, response.content) == (401, b"")


# Page by page, without JavaScript


def test_a_plain_form_leads_to_the_candidate_or_where_it_says(as_dan, candidate):
    url = reverse("review:flag", args=[candidate.pk])
    own = reverse("review:candidate", args=[candidate.pk])

    assert as_dan.post(url, {"value": "pick"}).headers["Location"] == own
    assert as_dan.post(url, {"rating": "3", "next": "/briefs/1/?a=b"}).headers["Location"] == "/briefs/1/?a=b"
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "review:home", ""):
        assert as_dan.post(url, {"rating": "3", "next": elsewhere}).headers["Location"] == own
    assert Flag.objects.get().rating == 3


def test_shortlisting_by_a_plain_form_leads_back_as_well(as_dan, candidate):
    url = reverse("review:shortlisting", args=[candidate.pk])

    assert as_dan.post(url, {"on": "1", "next": "/review/"}).headers["Location"] == "/review/"
    assert as_dan.post(url, {"on": "0"}).headers["Location"] == reverse("review:candidate", args=[candidate.pk])


def test_a_plain_form_sets_and_clears_reason_and_label(as_dan, candidate):
    url = reverse("review:flag", args=[candidate.pk])

    as_dan.post(url, {"reason": "text", "label": "red"})
    assert (Flag.objects.get().value, Flag.objects.get().reason, Flag.objects.get().label) == ("reject", "text", "red")
    as_dan.post(url, {"reason": "", "label": ""})

    assert (Flag.objects.get().value, Flag.objects.get().reason, Flag.objects.get().label) == ("reject", "", "")


@pytest.mark.parametrize("posted", [{}, {"value": ""}, {"value": "maybe"}, {"rating": "6"}, {"label": "purple"}])
def test_a_forged_form_is_a_bad_request(as_dan, candidate, posted):
    assert as_dan.post(reverse("review:flag", args=[candidate.pk]), posted).status_code == 400
    assert not Flag.objects.exists()
