"""Marks while the person changes: signed out, somebody else at the desk, or a right that ended."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from creative.models import Event, User
from creative.roles import Role
from review.models import Flag
from tests import make
from tests.browser.conftest import seat
from tests.browser.room import (
    KEPT,
    entered,
    expect_current,
    expect_flag,
    flags,
    kept,
    keys,
    saved,
    status,
)

pytestmark = [pytest.mark.browser, pytest.mark.once]

SIGNED_OUT = "You were signed out: 2 marks are kept here. Sign in again in another tab."


def sign_out(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()


def sign_in(page: Page, person: User) -> None:
    page.goto("/")
    page.get_by_label("Name").fill(person.username)
    page.get_by_label("Password").fill("winnow-demo")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def cut_off(page: Page) -> None:
    """This page alone, and for good: unlike `set_offline`, also while it is being closed."""
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('cut off')) }")


def test_back_after_signing_out_shows_no_page(open_as, brief, dan):
    page = open_as(dan)
    page.goto(f"/briefs/{brief.pk}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Autumn hero")
    sign_out(page)

    for _ in range(2):  # home, then the brief
        page.go_back()
        expect(page.get_by_label("Password")).to_be_visible()
        assert page.get_by_text("Autumn").count() == 0


@pytest.mark.expected_errors("401|403")  # the sign-in anew brings another CSRF token
def test_marks_of_who_was_signed_out_wait_until_they_signed_in_again(room, dan):
    desk = room.context.new_page()
    sign_out(desk)
    keys(room, "p", "x")
    expect(status(room)).to_have_text(SIGNED_OUT)
    expect_flag(room, 1, "pick")
    assert (flags(dan), kept(room)) == ({}, 2)

    sign_in(desk, dan)
    saved(room)

    expect(status(room)).to_have_text("")
    assert flags(dan) == {1: "pick", 2: "reject"}
    room.keyboard.press("b")  # what is not a mark goes on too
    expect(room.locator("#tray li")).to_have_count(1)


@pytest.mark.expected_errors("401|403|404")
@pytest.mark.parametrize("other", ["maya", "bea", "stranger"])
def test_nobody_marks_in_the_name_of_who_sits_there_now(room, request, brief, dan, other):
    other = request.getfixturevalue(other)
    desk = room.context.new_page()
    sign_out(desk)
    sign_in(desk, other)
    keys(room, "p", "x")
    expect(status(room)).to_have_text(SIGNED_OUT)
    desk.reload()
    expect_flag(room, 1, "pick")
    assert not Flag.objects.exists()

    sign_out(desk)
    sign_in(desk, dan)
    saved(room)
    assert flags(dan) == {1: "pick", 2: "reject"}
    assert flags(other) == {}
    assert set(Event.objects.filter(act="candidates.marked").values_list("actor_id", flat=True)) == {dan.pk}


def test_marks_kept_for_one_person_stay_where_another_opens_the_room(room, live_server, brief, dan, maya):
    desk = room.context.new_page()
    cut_off(room)
    keys(room, "p", "x")
    expect(status(room)).to_contain_text("2 marks")
    room.close()

    seat(desk.context, maya, live_server.url)
    entered(desk, brief)
    expect_current(desk, 1)
    desk.keyboard.press("5")
    expect_current(desk, 2)
    desk.wait_for_function(f"() => {KEPT} === 2")
    assert (flags(maya), flags(dan)) == ({1: "unflagged"}, {})

    seat(desk.context, dan, live_server.url)
    entered(desk, brief)
    saved(desk)
    assert flags(dan) == {1: "pick", 2: "reject"}


@pytest.mark.expected_errors("403|404")
@pytest.mark.parametrize("left", ["with another role", "altogether"])
def test_a_right_that_ended_is_told_and_the_mark_taken_back(room, dan, left):
    keys(room, "3", "ArrowLeft")
    saved(room)
    if left == "altogether":
        dan.memberships.all().delete()
    else:
        dan.memberships.update(role=Role.REVIEWER, stage="legal")
    keys(room, "p", "x")

    expect(room.get_by_text("Not saved, and taken back: candidate 1")).to_be_visible()
    expect_flag(room, 1, "unflagged")
    expect_flag(room, 2, "unflagged")
    expect(room.locator(".tile[data-rating='3']")).to_have_count(1)
    saved(room)
    assert flags(dan) == {1: "unflagged"}
    expect(status(room)).to_have_text("")


def test_a_mark_that_is_refused_is_taken_back_and_stops_none_after_it(
    room, dan, preset, other_project, other_people, painter
):
    theirs = make.candidates(make.run(other_project, other_people["marketer"], preset), painter)[0]
    mine = dan.pk
    room.route("**/marks/", lambda route: route.continue_(post_data=forged(route.request.post_data_json, theirs.pk)))
    room.keyboard.press("p")
    said = room.get_by_text("Not saved, and taken back: candidate 1. A candidate in this mark is not of this brief.")
    expect(said).to_be_visible()
    expect_flag(room, 1, "unflagged")
    room.unroute("**/marks/")
    room.keyboard.press("x")

    saved(room)
    assert flags(dan) == {2: "reject"}
    assert set(Flag.objects.values_list("person", flat=True)) == {mine}


def forged(sent: dict, candidate: int) -> dict:
    for mark in sent["marks"]:
        mark["changes"][0]["candidates"].append(candidate)
    return sent


@pytest.mark.expected_errors("403")
def test_what_could_not_be_saved_any_more_is_told_on_whatever_page_sends_it(room, dan):
    cut_off(room)
    keys(room, "p", "x")
    expect(status(room)).to_contain_text("2 marks")
    room.close()
    dan.memberships.update(role=Role.REVIEWER, stage="legal")

    home = room.context.new_page()
    home.goto("/")

    expect(home.get_by_text("Of the marks that waited here, 2 could not be saved any more.")).to_be_visible()
    assert kept(home) == 0
