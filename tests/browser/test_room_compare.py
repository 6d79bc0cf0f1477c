"""Compare and survey: two side by side, and the chosen few."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import crowds
from tests.browser.room import (
    cell,
    expect_active,
    expect_announced,
    expect_current,
    expect_flag,
    expect_pair,
    expect_panes,
    expect_view,
    keys,
    open_room,
    pane,
    saved,
    tile,
)

pytestmark = [pytest.mark.browser, pytest.mark.client]


@pytest.fixture
def many(transactional_db, run):
    return crowds.made(run, 8)


@pytest.fixture
def room(many, open_as, brief, dan) -> Page:
    return open_room(open_as, dan, brief)


# Compare


def test_arrows_change_the_challenger_and_pass_over_the_select(room):
    keys(room, "ArrowRight", "c")
    expect_pair(room, 2, 3)
    expect_active(room, 3)
    keys(room, "ArrowRight")
    expect_pair(room, 2, 4)
    keys(room, "ArrowLeft", "ArrowLeft")
    expect_pair(room, 2, 1)
    keys(room, "ArrowLeft")
    expect_announced(room, "There is no other to compare.")
    expect_pair(room, 2, 1)
    cell(room, 7).click()
    expect_pair(room, 2, 7)


def test_down_swaps_and_up_lets_the_challenger_win(room):
    keys(room, "c", "ArrowRight", "ArrowDown")
    expect_pair(room, 3, 1)
    expect_active(room, 1)
    keys(room, "ArrowDown", "ArrowUp")
    expect_pair(room, 3, 4)
    expect_active(room, 4)
    room.get_by_role("button", name="Challenger wins").click()
    expect_pair(room, 4, 5)


def test_a_mark_is_for_the_challenger_until_o_or_a_click_turns_to_the_other_pane(room):
    keys(room, "c", "x")
    expect(cell(room, 2)).to_have_attribute("data-flag", "reject")
    expect_pair(room, 1, 3)
    keys(room, "o", "p")
    expect_active(room, 1)
    expect(cell(room, 1)).to_have_attribute("data-flag", "pick")
    expect_pair(room, 1, 3)
    keys(room, "o", "p")
    expect(cell(room, 3)).to_have_attribute("data-flag", "pick")
    expect_pair(room, 1, 4)
    keys(room, "o", "x")
    expect(cell(room, 1)).to_have_attribute("data-flag", "reject")
    expect_pair(room, 4, 5)
    expect_active(room, 5)
    room.locator(".pane[data-role=select] .frame").click()
    expect_active(room, 4)
    keys(room, "3")
    expect(pane(room, 4).locator("[data-stars]")).to_have_text("★★★")


def test_a_pinned_pane_stays_and_arrows_change_the_other(room):
    keys(room, "c", "k")
    expect(pane(room, 2)).to_have_attribute("data-pinned", "")
    expect_announced(room, "The challenger stays.")
    keys(room, "ArrowRight")
    expect_pair(room, 3, 2)
    for key in ("ArrowDown", "ArrowUp"):
        keys(room, key)
        expect_announced(room, "Unpin it first.")
    expect_pair(room, 3, 2)
    keys(room, "k", "ArrowUp")
    expect(room.locator("[data-pinned]")).to_have_count(0)
    expect_pair(room, 2, 4)


def test_two_chosen_ones_are_compared_and_the_last_with_the_one_before(room):
    tile(room, 3).click()
    tile(room, 7).click(modifiers=["Control"])
    keys(room, "c")
    expect_pair(room, 3, 7)
    keys(room, "Escape")
    expect_view(room, "grid")
    expect_current(room, 7)
    keys(room, "End", "c")
    expect_pair(room, 8, 7)


def test_one_candidate_alone_has_nothing_to_compare_with(transactional_db, open_as, run, brief, dan):
    crowds.made(run, 1)
    page = open_room(open_as, dan, brief)
    keys(page, "c")

    expect_announced(page, "There is nothing to compare it with.")
    expect_view(page, "grid")


# Survey


def test_the_chosen_few_are_surveyed_and_shrink_as_they_are_rejected(room, dan):
    tile(room, 2).click()
    tile(room, 5).click(modifiers=["Shift"])
    keys(room, "n")
    expect_panes(room, 2, 3, 4, 5)
    expect_active(room, 5)
    keys(room, "ArrowLeft", "x")
    expect_panes(room, 2, 3, 5)
    expect_active(room, 5)
    keys(room, "ArrowLeft", "ArrowLeft", "x")
    expect_panes(room, 3, 5)
    expect_active(room, 3)
    keys(room, "Control+z")
    expect_panes(room, 2, 3, 5)
    expect_active(room, 2)
    keys(room, "Control+z")
    expect_panes(room, 2, 3, 4, 5)
    saved(room)


def test_a_slash_takes_one_out_without_a_mark(room):
    tile(room, 2).click()
    tile(room, 4).click(modifiers=["Shift"])
    keys(room, "n", "/")
    expect_panes(room, 2, 3)
    keys(room, "/", "/")
    expect(room.get_by_text("Survey shows a chosen few")).to_be_visible()
    room.get_by_role("button", name="Back to the grid").click()
    expect_view(room, "grid")
    expect_flag(room, 4, "unflagged")


def test_without_a_choice_the_picks_are_surveyed(room):
    keys(room, "n")
    expect(room.get_by_text("Survey shows a chosen few")).to_be_visible()
    keys(room, "g", "p", "x", "p", "n")
    expect_panes(room, 1, 3)
    pane(room, 3).locator(".frame").dblclick()
    expect_view(room, "loupe")
    expect_panes(room, 3)
