"""The room's views: where it opens, grid and loupe, and the ways from one to the other."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from review.culling import marking
from tests.browser import crowds
from tests.browser.room import (
    act,
    cell,
    entered,
    expect_announced,
    expect_current,
    expect_pair,
    expect_panes,
    expect_view,
    flags,
    keys,
    open_room,
    pane,
    saved,
    show_only,
    stage,
    tile,
)

pytestmark = [pytest.mark.browser, pytest.mark.client]


@pytest.fixture
def many(transactional_db, run):
    return crowds.made(run, 8)


@pytest.fixture
def room(many, open_as, brief, dan) -> Page:
    return open_room(open_as, dan, brief)


# Opening


def test_a_filter_stays_over_a_reload_and_travels_in_the_link(room):
    keys(room, "3", "2")
    saved(room)
    show_only(room, "stars-2")
    expect_current(room, 2)
    expect(room).to_have_url(re.compile("filter=stars-2"))

    room.reload()

    expect(room.locator("[data-filter='stars-2']")).to_have_attribute("aria-pressed", "true")
    expect_current(room, 2)
    expect(tile(room, 2)).to_be_visible()
    expect(tile(room, 1)).to_have_count(0)


def test_it_opens_at_the_first_unflagged_or_at_the_first_pick_when_all_are_judged(open_as, many, brief, dan):
    for candidate, value in zip(many[:2], ("reject", "pick"), strict=True):
        marking.flag(candidate, by=dan, value=value)
    page = open_room(open_as, dan, brief)

    expect_view(page, "grid")
    expect_current(page, 3)
    expect(page.locator("[data-left]")).to_have_text("6 left")
    expect(stage(page)).to_have_attribute("aria-activedescendant", f"tile-{many[2].pk}")
    keys(page, *"xxxxxx")
    expect(page.locator("[data-left]")).to_have_text("All judged")
    saved(page)
    page.goto("about:blank")
    entered(page, brief)
    expect_current(page, 2)


def test_a_link_leads_to_a_candidate_in_a_view(open_as, many, brief, dan):
    page = open_as(dan)
    page.goto(f"/briefs/{brief.pk}/cull/#candidate={many[4].pk}&view=loupe")
    expect_view(page, "loupe")
    expect_panes(page, 5)

    keys(page, "c")
    expect_pair(page, 5, 6)
    page.wait_for_url(f"**#candidate={many[4].pk}&view=compare")
    page.reload()
    expect_view(page, "compare")
    expect_pair(page, 5, 6)

    page.goto("about:blank")
    page.goto(f"/briefs/{brief.pk}/cull/#candidate=999999&view=cinema")
    expect_view(page, "grid")
    expect_current(page, 1)


# Grid and loupe


def test_keys_enter_and_a_double_click_open_the_loupe_and_escape_leaves_it(room):
    for key in ("e", "Enter"):
        keys(room, key)
        expect_view(room, "loupe")
        expect_panes(room, 1)
        keys(room, "Escape")
        expect_view(room, "grid")
    tile(room, 3).locator("img").dblclick()
    expect_view(room, "loupe")
    expect_panes(room, 3)
    keys(room, "g")
    expect_view(room, "grid")
    expect_current(room, 3)
    act(room, "loupe").click()
    expect_view(room, "loupe")
    keys(room, "ArrowRight")
    expect_panes(room, 4)


def test_arrows_move_by_one_and_by_a_row_and_stop_at_the_ends(room):
    columns = room.evaluate("() => Math.round(document.querySelectorAll('.tile')[0].parentElement.clientWidth / 190)")
    assert 1 < columns < 8
    keys(room, "ArrowRight", "ArrowDown")
    expect_current(room, 2 + columns if 2 + columns <= 8 else 8)
    keys(room, "Home")
    expect_current(room, 1)
    keys(room, "ArrowLeft")
    expect_announced(room, "This is the first one.")
    keys(room, "End", "ArrowRight")
    expect_announced(room, "This is the last one.")
    expect_current(room, 8)


def test_the_strip_follows_and_a_click_in_it_goes_there(room):
    keys(room, "e", "ArrowRight")
    expect(cell(room, 2)).to_have_attribute("aria-current", "true")
    cell(room, 6).click()
    expect_panes(room, 6)
    expect(cell(room, 6)).to_have_attribute("aria-current", "true")
    expect(stage(room)).to_be_focused()
    keys(room, "x")
    expect(cell(room, 6)).to_have_attribute("data-flag", "reject")
    expect_panes(room, 7)


def test_full_screen_comes_and_goes(room):
    keys(room, "f")
    room.wait_for_function("() => document.fullscreenElement?.matches('[data-cull]')")
    keys(room, "e", "p", "f")
    room.wait_for_function("() => !document.fullscreenElement")
    expect_panes(room, 2)
    expect(cell(room, 1)).to_have_attribute("data-flag", "pick")


# Escape


def test_escape_goes_out_of_the_innermost_first(room):
    keys(room, "e", "z")
    expect(room.locator(".frame.is-zoomed")).to_have_count(1)
    keys(room, "Escape")
    expect(room.locator(".frame.is-zoomed")).to_have_count(0)
    expect_view(room, "loupe")
    keys(room, "Escape", "Shift+ArrowRight")
    expect(room.locator(".tile[data-chosen]")).to_have_count(2)
    keys(room, "Escape")
    expect(room.locator(".tile[data-chosen]")).to_have_count(0)
    expect_view(room, "grid")
    expect_current(room, 2)


def test_a_link_to_another_place_in_the_room_is_followed(room, many, dan):
    room.evaluate(f"location.hash = 'candidate={many[3].pk}&view=loupe'")
    expect(pane(room, 4)).to_be_visible()

    keys(room, "x")

    saved(room)
    assert flags(dan) == {4: "reject"}
