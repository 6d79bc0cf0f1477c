"""What the room shows when it opens, and what it hears afterwards."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creative import briefs
from creative.evidence import audit, payloads
from creative.evidence.acts import Act
from creative.models import Chain, Event, Membership
from generation import runs
from review.culling import marking, room, shortlist
from review.models import Flag
from tests import make

EVERYTHING = {"cull": True, "compose": True, "brief": True}


def opened(brief, person) -> dict:
    return room.of(brief, person, EVERYTHING)


def heard(brief, person, since):
    return room.feed(brief, person, since=since)


@pytest.fixture
def as_dan(client, dan) -> Client:
    client.force_login(dan)
    return client


# As it opens


def test_the_room_opens_with_everything(candidates, brief, project, dan, maya, pia, leo):
    marking.flag(candidates[1], by=dan, value="reject", reason="hands", rating=1, label="red")
    marking.flag(candidates[0], by=maya, value="pick")
    shortlist.add(candidates[3], by=dan)
    shortlist.add(candidates[0], by=pia)

    shown = opened(brief, dan)

    assert shown["person"] == {"id": dan.pk}
    assert shown["people"] == {dan.pk: "Dan", maya.pk: "Maya", pia.pk: "Pia"}
    assert shown["cursor"] == Chain.objects.get(scope=audit.scope_of(project)).length
    assert (shown["whole"], shown["open"]) == (True, False)
    assert shown["rights"] == EVERYTHING
    assert shown["candidates"] == [(c.pk, c.index, 24, 24, c.phash) for c in candidates]
    assert sorted(shown["marks"]) == [
        (candidates[0].pk, maya.pk, "pick", 0, "", ""),
        (candidates[1].pk, dan.pk, "reject", 1, "red", "hands"),
    ]
    assert shown["listed"] == [candidates[3].pk, candidates[0].pk]
    assert shown["blind"] is None


def test_marks_that_were_taken_back_are_not_told(candidates, brief, dan):
    marking.flag(candidates[0], by=dan, value="pick", rating=2)
    marking.flag(candidates[0], by=dan, value="unflagged", rating=0)
    marking.flag(candidates[1], by=dan, label="blue")

    assert [mark[0] for mark in opened(brief, dan)["marks"]] == [candidates[1].pk]


def test_a_candidate_without_a_hash_has_an_empty_one(run, brief, dan):
    make.crowd(run, 1, phash="")

    assert opened(brief, dan)["candidates"][0][4] == ""


def test_who_marked_and_left_is_named_still(candidates, brief, dan, maya):
    marking.flag(candidates[0], by=maya, value="pick")
    Membership.objects.filter(user=maya).delete()

    assert opened(brief, dan)["people"] == {dan.pk: "Dan", maya.pk: "Maya"}


def test_it_says_whether_more_are_to_come(run, brief, dan, maya, painter):
    assert opened(brief, dan)["open"]

    make.candidates(run, painter)
    assert not opened(brief, dan)["open"]

    more = runs.top_up(brief, by=maya, count=3)
    assert opened(brief, dan)["open"]

    runs.cancel(more, by=maya)
    assert not opened(brief, dan)["open"]


def test_its_addresses_have_0_in_place_of_the_candidate(brief, dan):
    urls = opened(brief, dan)["urls"]

    assert (urls.pop("marks"), urls.pop("tray")) == (f"/briefs/{brief.pk}/marks/", f"/briefs/{brief.pk}/shortlist/")
    assert set(urls) == {"info", "shortlisting", "picture", "thumbnail", "large"}
    assert all(url.count("/0/") == 1 for url in urls.values())


def test_the_page_carries_the_room_and_where_to_begin(as_dan, candidates, brief, dan):
    marking.flag(candidates[0], by=dan, value="reject")

    response = as_dan.get(reverse("review:cull", args=[brief.pk]))

    assert response.context["room"]["candidates"] == opened(brief, dan)["candidates"]
    assert response.context["first"] == candidates[1].pk
    assert b'<script id="room" type="application/json">' in response.content


def test_each_reply_names_the_columns_of_its_tables(as_dan, brief, candidates):
    url = reverse("review:marks", args=[brief.pk])
    opened_page = as_dan.get(reverse("review:cull", args=[brief.pk])).context["room"]
    fed = as_dan.get(f"{url}?since=0").json()
    marked = as_dan.post(url, {"marks": []}, content_type="application/json").json()

    columns = {
        "candidates": ["id", "index", "width", "height", "hash"],
        "marks": ["candidate", "person", "value", "rating", "label", "reason"],
        "findings": ["id", "candidate", "kind", "x", "y", "width", "height", "sure", "words", "fine"],
    }
    assert opened_page["columns"] == fed["columns"] == columns
    assert marked["columns"] == {"marks": columns["marks"]}
    assert [len(row) for row in fed["candidates"]] == [5] * 5


def test_the_page_offers_each_reason_under_a_key_of_its_own(as_dan, brief):
    offered = re.findall(
        r'data-reason="([\w-]+)"\s+aria-keyshortcuts="(\w)"\s*>\s*([\w-]+) <kbd>(\w)</kbd>',
        as_dan.get(reverse("review:cull", args=[brief.pk])).content.decode(),
    )

    assert [(value, label) for value, _, label, _ in offered] == Flag.Reason.choices
    keys = [key for _, key, _, _ in offered]
    assert keys == [shown for *_, shown in offered] == ["H", "T", "B", "C", "L", "A", "O"]


def test_an_empty_room_opens_as_well(as_dan, brief):
    response = as_dan.get(reverse("review:cull", args=[brief.pk]))

    assert response.status_code == 200
    assert response.context["first"] is None


def test_page_and_feed_cost_as_many_queries_for_800_as_for_5(as_dan, run, candidates, brief, dan, maya):
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert as_dan.get(url).status_code == 200
        return len(seen)

    def mark_all(made) -> None:
        for person in (dan, maya):
            change = marking.Change([candidate.pk for candidate in made], value="pick")
            marking.mark(brief, by=person, mark_id=make.mark_id(), changes=[change])

    page, marks = reverse("review:cull", args=[brief.pk]), reverse("review:marks", args=[brief.pk])
    mark_all(candidates)
    urls = (page, marks, f"{marks}?since=1")
    few = [queries(url) for url in urls]

    mark_all(make.crowd(run, 795))

    assert [queries(url) for url in urls] == few


# What it hears


def test_nothing_new_is_an_empty_answer(as_dan, candidates, brief, dan):
    url = f"{reverse('review:marks', args=[brief.pk])}?since={opened(brief, dan)['cursor']}"

    with CaptureQueriesContext(connection) as seen:
        response = as_dan.get(url)

    assert (response.status_code, response.content) == (204, b"")
    assert len(seen) <= 5  # session, person, brief, role, chain


def test_the_feed_is_silent_while_others_work_elsewhere_in_the_project(
    as_dan, candidates, brief, project, maya, preset, painter
):
    url = f"{reverse('review:marks', args=[brief.pk])}?since={opened(brief, maya)['cursor']}"

    marking.flag(make.candidates(make.run(project, maya, preset), painter)[0], by=maya, value="pick")

    assert as_dan.get(url).status_code == 204


def test_what_was_erased_is_told_by_telling_everything(candidates, brief, dan, maya, pia):
    since = opened(brief, dan)["cursor"]
    marking.flag(candidates[0], by=maya, value="pick")
    payloads.erase(Event.objects.filter(act="candidates.marked").get(), by=pia, because="By mistake.")

    news = heard(brief, dan, since)

    assert (news["whole"], len(news["marks"])) == (True, 1)


def test_marks_of_a_colleague_are_heard(candidates, brief, dan, maya):
    marking.flag(candidates[4], by=maya, value="pick")
    since = opened(brief, dan)["cursor"]
    marking.flag(candidates[2], by=maya, value="reject", reason="text")
    marking.flag(candidates[2], by=dan, rating=5)

    news = heard(brief, dan, since)

    assert sorted(news["marks"], key=lambda mark: mark[3]) == [
        (candidates[2].pk, maya.pk, "reject", 0, "", "text"),
        (candidates[2].pk, dan.pk, "unflagged", 5, "", ""),
    ]
    assert (news["whole"], news["candidates"]) == (False, [])
    assert heard(brief, dan, news["cursor"]) is None


def test_a_mark_that_is_taken_back_is_heard(candidates, brief, dan, maya):
    marking.flag(candidates[0], by=maya, value="pick")
    since = opened(brief, dan)["cursor"]

    marking.flag(candidates[0], by=maya, value="unflagged")

    assert heard(brief, dan, since)["marks"] == [(candidates[0].pk, maya.pk, "unflagged", 0, "", "")]


def test_what_arrives_is_heard_once_its_row_is_there(run, brief, dan, painter):
    since = opened(brief, dan)["cursor"]
    made = make.candidates(run, painter)

    news = heard(brief, dan, since)

    assert [shape[0] for shape in news["candidates"]] == [candidate.pk for candidate in made]
    assert not news["open"]


def test_what_arrives_is_heard_in_the_order_of_its_commits(run, brief, project, dan):
    since = opened(brief, dan)["cursor"]
    last_first = make.crowd(run, 4)[::-1]
    for candidate in last_first:
        audit.record(project, None, Act.CANDIDATE_MADE, brief=brief.pk, candidate=candidate.pk)

    assert [shape[0] for shape in heard(brief, dan, since)["candidates"]] == [each.pk for each in last_first]


def test_a_run_that_was_started_elsewhere_is_heard(candidates, brief, dan, maya):
    since = opened(brief, dan)["cursor"]

    runs.top_up(brief, by=maya, count=2)

    assert heard(brief, dan, since)["open"]


def test_the_shortlist_is_told_each_time_in_its_order(candidates, brief, dan, pia):
    since = opened(brief, dan)["cursor"]
    for index in (2, 0):
        shortlist.add(candidates[index], by=pia)
    shortlist.reorder(brief, by=pia, candidates=[candidates[0].pk, candidates[2].pk])

    assert heard(brief, dan, since)["listed"] == [candidates[0].pk, candidates[2].pk]


def test_other_briefs_are_not_heard(candidates, brief, project, dan, maya, preset, painter):
    since = opened(brief, dan)["cursor"]
    theirs = make.candidates(make.run(project, maya, preset), painter)
    marking.flag(theirs[0], by=maya, value="pick")

    assert heard(brief, dan, since) is None


@pytest.mark.parametrize("since", [0, 10**6])
def test_without_a_cursor_or_with_one_of_before_a_restored_backup_everything_is_heard(candidates, brief, dan, since):
    marking.flag(candidates[0], by=dan, value="pick")

    news = heard(brief, dan, since)

    assert news["whole"]
    assert (len(news["candidates"]), len(news["marks"])) == (5, 1)


def test_who_was_away_for_long_hears_everything(candidates, brief, dan, monkeypatch):
    since = opened(brief, dan)["cursor"]
    monkeypatch.setattr(room, "FAR", 2)

    for rating in (1, 2, 3):
        marking.flag(candidates[0], by=dan, rating=rating)

    assert heard(brief, dan, since)["whole"]
    assert not heard(brief, dan, since + 1)["whole"]


@pytest.mark.parametrize("status", [200, 204])
def test_each_reply_of_the_feed_brings_a_token_that_posts(candidates, brief, dan, status):
    client = Client(enforce_csrf_checks=True)
    client.force_login(dan)
    url = reverse("review:marks", args=[brief.pk])
    since = opened(brief, dan)["cursor"] if status == 204 else 0

    reply = client.get(url, {"since": since})
    body = json.dumps({"marks": []})
    sent = {"content_type": "application/json"}

    assert reply.status_code == status
    assert client.post(url, body, **sent).status_code == 403
    token = reply.headers["X-CSRFToken"]
    heard = client.post(url, body, **sent, headers={"X-CSRFToken": token}).json()
    assert (heard["marks"], heard["refused"]) == ([], [])


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "²", "9" * 5000])
def test_a_forged_cursor_is_a_bad_request(as_dan, brief, since):
    assert as_dan.get(reverse("review:marks", args=[brief.pk]), {"since": since}).status_code == 400


def test_the_feed_is_small(as_dan, run, candidates, brief, dan):
    make.crowd(run, 495)

    response = as_dan.get(reverse("review:marks", args=[brief.pk]))

    assert len(response.content) / 500 < 60  # bytes a candidate


# The panel and the tray


def test_the_panel_tells_how_a_candidate_was_made_and_what_happened_to_it(as_dan, candidates, dan, maya, pia):
    marking.flag(candidates[0], by=maya, value="reject", reason="off-brand", rating=1)
    marking.flag(candidates[0], by=dan, value="pick", label="green")
    shortlist.add(candidates[0], by=pia)

    panel = as_dan.get(reverse("review:info", args=[candidates[0].pk])).content.decode()

    for words in ("glossy red sneaker", "painter", str(candidates[0].seed), "rejected it: off-brand · 1★"):
        assert words in panel
    assert "<strong>You</strong> picked it · green" in panel
    assert "<strong>Pia</strong> shortlisted it" in panel
    assert "<html" not in panel


def test_the_panel_says_that_nothing_happened_yet(as_dan, candidate):
    assert "Nobody marked it yet." in as_dan.get(reverse("review:info", args=[candidate.pk])).content.decode()


def test_the_panel_leads_to_what_is_in_review(as_dan, asset):
    panel = as_dan.get(reverse("review:info", args=[asset.versions.get().candidate_id])).content.decode()

    assert reverse("review:version", args=[asset.versions.get().pk]) in panel


def test_the_tray_alone_is_the_shortlist(as_dan, candidates, brief, dan):
    shortlist.add(candidates[2], by=dan)

    response = as_dan.get(reverse("review:shortlist", args=[brief.pk]))

    assert [row.candidate_id for row in response.context["shortlist"]] == [candidates[2].pk]
    assert response.content.decode().lstrip().startswith('<div class="tray"')


def test_the_tray_says_how_many_the_brief_wants(as_dan, brief, maya):
    briefs.write(brief, by=maya, target=3)

    assert "0 of 3" in as_dan.get(reverse("review:shortlist", args=[brief.pk])).content.decode()


def test_a_reviewer_who_does_not_cull_sees_the_panel_without_its_acts(client, candidate, bea):
    client.force_login(bea)

    response = client.get(reverse("review:info", args=[candidate.pk]))

    assert response.status_code == 200
    assert "<form" not in response.content.decode()
