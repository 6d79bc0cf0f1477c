"""Several people in the room: everybody's own marks, where they agree, and one shortlist for all."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from review.culling import marking, shortlist
from review.models import Asset, Shortlisting
from tests.browser import crowds
from tests.browser.room import (
    act,
    expect_announced,
    expect_current,
    expect_flag,
    hear,
    keys,
    open_room,
    saved,
    show_only,
    stage,
    tile,
)

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def some(transactional_db, run):
    return crowds.made(run, 6)


@pytest.fixture
def listed(some, dan):
    """1, 2 and 3."""
    for candidate in some[:3]:
        shortlist.add(candidate, by=dan)
    return some[:3]


def theirs(page: Page, number: int):
    return tile(page, number).locator("[data-theirs] .their")


def expect_tray(page: Page, *candidates) -> None:
    """As the server said it: pictures tell their place."""
    places = [f"Candidate {candidate.number}, place {place}" for place, candidate in enumerate(candidates, 1)]
    page.wait_for_function(
        "wanted => wanted === [...document.querySelectorAll('#tray li img')].map(({alt}) => alt).join()",
        arg=",".join(places),
    )


def expect_shortlist(page: Page, brief, *candidates) -> None:
    expect_tray(page, *candidates)
    rows = Shortlisting.objects.filter(brief=brief).order_by("position")
    assert [row.candidate_id for row in rows] == [candidate.pk for candidate in candidates]


def test_two_designers_see_each_others_marks_and_where_they_differ(open_as, some, brief, dan, pia):
    mine, hers = open_room(open_as, dan, brief), open_room(open_as, pia, brief)
    keys(mine, "p", "p", "x")
    keys(hers, "p", "x")
    saved(mine)
    saved(hers)
    for page in (mine, hers):
        hear(page)
        expect(page.locator("[data-agreement]")).to_have_text("Agreement 1 of 2")
    expect_flag(mine, 2, "pick")
    expect(theirs(mine, 2)).to_have_attribute("title", "Pia: rejected")
    expect_flag(hers, 2, "reject")
    expect(theirs(hers, 2)).to_have_attribute("title", "Dan: picked")
    expect(theirs(hers, 3)).to_have_attribute("title", "Dan: rejected")
    expect_flag(hers, 3, "unflagged")
    expect_current(hers, 3)  # nobody else's mark moves the hand

    show_only(hers, "differences")
    expect(hers.get_by_role("button", name="Which candidates: Differences only")).to_be_visible()
    expect(hers.locator(".tile [data-number]")).to_have_text(["2"])
    expect_announced(hers, "Candidate 2, 1 of 1: rejected. Dan: picked.")
    keys(hers, "p", "b")
    saved(hers)
    expect(hers.locator("[data-agreement]")).to_have_text("Agreement 2 of 2")
    expect_flag(hers, 2, "pick")  # still there: the list is the person's to filter anew
    hear(mine)
    expect(theirs(mine, 2)).to_have_attribute("title", "Pia: picked")
    expect_shortlist(mine, brief, some[1])


def test_a_shortlist_is_everybodys_and_ordered_by_key_button_and_drag(open_as, listed, some, brief, dan, pia):
    one, two, three = listed
    page, other = open_room(open_as, dan, brief), open_room(open_as, pia, brief)
    keys(page, "ArrowRight", "[")
    expect_shortlist(page, brief, two, one, three)
    keys(page, "[")
    expect_announced(page, "It is the first already.")
    keys(page, "]", "]")
    expect_shortlist(page, brief, one, three, two)
    hear(other)
    expect_tray(other, one, three, two)

    page.locator("#tray li").nth(1).hover()
    page.get_by_role("button", name="Move candidate 3 earlier").click()
    expect_shortlist(page, brief, three, one, two)
    page.locator("#tray li").nth(0).drag_to(page.locator("#tray li").nth(2), target_position={"x": 40, "y": 20})
    expect_shortlist(page, brief, one, two, three)

    keys(
        other, "End", "ArrowLeft", "ArrowLeft", "b", "ArrowRight", "b", "ArrowRight", "b", "b", "b"
    )  # faster than the server
    expect_shortlist(other, brief, one, two, three, *some[3:])
    expect(act(other, "shortlist")).to_have_attribute("aria-pressed", "true")
    hear(page)
    expect_tray(page, one, two, three, *some[3:])
    page.locator("#tray li").nth(0).hover()
    page.get_by_role("button", name="Take candidate 1 off the shortlist").click()
    expect_shortlist(page, brief, two, three, *some[3:])
    expect(tile(page, 1)).to_have_attribute("data-listed", "false")
    expect(tile(page, 6)).to_have_attribute("data-listed", "true")


def test_a_keyboard_keeps_its_place_while_it_orders_the_shortlist(open_as, listed, brief, dan):
    one, two, three = listed
    page = open_room(open_as, dan, brief)
    page.locator("#tray a").first.focus()
    keys(page, "Tab")
    expect(page.get_by_role("button", name="Move candidate 1 later")).to_be_focused()
    keys(page, "Enter")
    expect_shortlist(page, brief, two, one, three)
    expect(page.get_by_role("button", name="Move candidate 1 later")).to_be_focused()
    keys(page, "Enter")
    expect_shortlist(page, brief, two, three, one)
    expect(page.get_by_role("button", name="Move candidate 1 earlier")).to_be_focused()
    keys(page, "Tab", "Enter")  # off the shortlist
    expect_shortlist(page, brief, two, three)
    expect(stage(page)).to_be_focused()


@pytest.mark.expected_errors("409")
def test_an_order_of_a_list_that_changed_meanwhile_is_refused_in_words(open_as, listed, some, brief, dan, pia):
    page = open_room(open_as, dan, brief)
    page.route("**/marks/?since=*", lambda route: route.fulfill(status=204))  # it hears of nothing
    shortlist.add(some[4], by=pia)
    keys(page, "]")

    expect(page.get_by_text("The shortlist changed meanwhile. Look at it again, then reorder.")).to_be_visible()
    expect_shortlist(page, brief, *listed, some[4])
    keys(page, "]")
    expect_shortlist(page, brief, listed[1], listed[0], listed[2], some[4])


def test_the_shortlist_is_sent_to_review_with_a_note(open_as, listed, some, brief, dan, pia):
    page = open_room(open_as, dan, brief)
    page.get_by_role("button", name="Send 3 to review").click()
    dialog = page.get_by_role("dialog", name="Send 3 to review")
    expect(dialog).to_contain_text("The brief wants 2.")
    dialog.get_by_role("textbox").press_sequentially("pick the left x")
    marking.flag(some[5], by=pia, value="pick")
    shortlist.remove(listed[2], by=pia)
    with page.expect_response(f"**/briefs/{brief.pk}/shortlist/"):
        hear(page)
    expect(theirs(page, 6)).to_have_count(1)
    expect(dialog.get_by_role("textbox")).to_have_value("pick the left x")  # nothing is taken from under the hand
    keys(page, "Escape")
    expect_tray(page, *listed[:2])

    page.get_by_role("button", name="Send 2 to review").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("Left one first")
    page.get_by_role("dialog").get_by_role("button", name="Send 2 to review").click()
    expect(page.get_by_text("Sent 2 to review.")).to_be_visible()
    assert Asset.objects.filter(brief=brief).count() == 2


def test_who_may_only_cull_sees_the_shortlist_and_changes_nothing(open_as, listed, brief, maya):
    page = open_room(open_as, maya, brief)
    expect_tray(page, *listed)
    expect(act(page, "shortlist")).to_have_count(0)
    expect(page.locator("#tray button")).to_have_count(0)
    keys(page, "End", "b")
    expect_announced(page, "A designer puts candidates on the shortlist.")
    keys(page, "Home", "]")
    expect_announced(page, "It is not on the shortlist.")
    expect_shortlist(page, brief, *listed)
    keys(page, "p")
    expect_flag(page, 1, "pick")
    saved(page)


@pytest.mark.expected_errors("ERR_INTERNET_DISCONNECTED|htmx:sendError|htmx:afterRequest")
def test_a_shortlist_without_a_network_says_so_and_stays_as_it_was(open_as, listed, some, brief, dan):
    page = open_room(open_as, dan, brief)
    page.context.set_offline(True)
    keys(page, "End", "b")

    expect(page.get_by_text("this was not saved")).to_be_visible()
    expect(tile(page, len(some))).to_have_attribute("data-listed", "false")
    expect_tray(page, *listed)

    page.context.set_offline(False)
    keys(page, "b")
    expect_shortlist(page, brief, *listed, some[-1])
