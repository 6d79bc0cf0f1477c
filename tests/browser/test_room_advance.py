"""Going on after a mark, and what is shown: neither skips, jumps nor re-filters under the hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from review.culling import marking
from tests.browser.room import (
    act,
    entered,
    expect_announced,
    expect_current,
    expect_flag,
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


def advance(page: Page):
    return page.get_by_role("checkbox", name="Go on")


def filters(page: Page):
    return page.get_by_role("button", name="Which candidates")


def shown(page: Page) -> list[str]:
    """By their numbers, in the order of the list."""
    tiles = page.locator(".tile")
    by_place = sorted(tiles.all(), key=lambda each: int(each.get_attribute("aria-posinset") or 0))
    return [each.locator("[data-number]").inner_text() for each in by_place]


def test_shift_does_the_opposite_for_one_mark(room, dan):
    expect(advance(room)).to_be_checked()
    room.keyboard.press("Shift+p")
    expect_flag(room, 1, "pick")
    expect_current(room, 1)
    room.keyboard.press("x")
    expect_current(room, 2)
    advance(room).uncheck()
    room.keyboard.press("p")
    expect_flag(room, 2, "pick")
    expect_current(room, 2)
    room.keyboard.press("Shift+4")
    expect_current(room, 3)

    saved(room)
    assert flags(dan) == {1: "reject", 2: "pick"}


def test_going_on_is_seen_switched_by_a_key_and_remembered(room, brief):
    room.keyboard.press("a")
    expect(advance(room)).not_to_be_checked()
    expect_announced(room, "A mark stays on this one.")
    room.reload()
    expect(advance(room)).not_to_be_checked()
    room.keyboard.press("p")
    expect_flag(room, 1, "pick")
    expect_current(room, 1)
    room.keyboard.press("a")
    expect(advance(room)).to_be_checked()
    expect_announced(room, "A mark goes on to the next.")
    room.keyboard.press("x")
    expect_current(room, 2)


def test_a_mark_goes_on_to_the_next_one_be_it_judged_or_not(room):
    keys(room, "ArrowRight", "Shift+x", "ArrowLeft", "p")
    expect_current(room, 2)
    keys(room, "x")
    expect_current(room, 3)


def test_after_the_last_the_hand_stays_and_is_told(room, dan):
    keys(room, "End", "p")
    expect_announced(room, "Candidate 5: picked. This was the last one; 4 unflagged.")
    expect_current(room, 5)
    expect(stage(room)).to_be_focused()
    room.keyboard.press("x")  # it is this one still, not another
    expect_flag(room, 5, "reject")
    room.keyboard.press("ArrowRight")
    expect_announced(room, "This is the last one.")
    keys(room, "Home", "ArrowLeft")
    expect_announced(room, "This is the first one.")
    keys(room, "End", "e", "p")
    expect(pane(room, 5)).to_have_attribute("data-flag", "pick")
    expect_announced(room, "This was the last one")

    saved(room)
    assert flags(dan) == {5: "pick"}


def test_the_room_opens_where_the_hand_left_off(room, brief):
    keys(room, "p", "x")
    saved(room)
    expect(room.locator("[data-left]")).to_have_text("3 left")

    room.goto("/")
    entered(room, brief)

    expect_current(room, 3)
    expect(room.locator("[data-left]")).to_have_text("3 left")
    keys(room, "p", "p", "p")
    expect(room.locator("[data-left]")).to_have_text("All judged")


def test_going_on_with_a_filter_skips_none_and_hides_none(room, dan):
    show_only(room, "unflagged")
    expect(stage(room)).to_be_focused()
    for number, key in enumerate("pxp", start=1):
        expect_current(room, number)
        room.keyboard.press(key)
    expect_current(room, 4)
    assert shown(room) == ["1", "2", "3", "4", "5"]
    expect(act(room, "pick")).to_have_attribute("aria-pressed", "false")

    again = room.locator("[data-filter-again]")
    expect(again).to_have_text("3 no longer fit: filter again")
    again.click()

    expect(again).to_be_hidden()
    expect(stage(room)).to_be_focused()
    expect_current(room, 4)
    assert shown(room) == ["4", "5"]
    room.keyboard.press("Control+z")  # of one that is not shown now
    assert shown(room) == ["4", "5"]
    expect_current(room, 4)
    saved(room)
    assert flags(dan) == {1: "pick", 2: "reject", 3: "unflagged"}


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("unflagged", ["3", "4", "5"]),
        ("pick", ["1"]),
        ("reject", ["2"]),
        ("rating-2", ["2", "3"]),
        ("rating-4", ["3"]),
        ("label-green", ["4"]),
        ("differences", ["2"]),
    ],
)
def test_what_each_filter_shows(transactional_db, open_as, candidates, brief, dan, maya, name, numbers):
    first, second, third, fourth, _ = candidates
    marking.flag(first, by=dan, value="pick")
    marking.flag(first, by=maya, value="pick")
    marking.flag(second, by=dan, value="reject", rating=2)
    marking.flag(second, by=maya, value="pick")
    marking.flag(third, by=dan, rating=4)
    marking.flag(fourth, by=dan, label="green")
    marking.flag(fourth, by=maya, label="red")
    room = open_room(open_as, dan, brief)

    show_only(room, name)

    expect(room.locator(".tile")).to_have_count(len(numbers))
    assert shown(room) == numbers
    expect_current(room, 3 if "3" in numbers else int(numbers[0]))


@pytest.mark.parametrize("way_back", ["mouse", "Enter"])
def test_an_empty_result_says_so_with_the_way_back(room, dan, way_back):
    show_only(room, "pick")
    expect(filters(room)).to_contain_text("Picks")
    expect(stage(room).get_by_text("No candidate fits this filter.")).to_be_visible()
    expect_announced(room, "No candidate fits this filter.")
    expect(room.locator(".tile")).to_have_count(0)
    keys(room, "x", "ArrowRight", "e", "g")  # there is nothing that they could mean

    button = room.get_by_role("button", name="Show all")
    if way_back == "mouse":
        button.click()
    else:
        button.focus()
        room.keyboard.press("Enter")

    expect(button).to_be_hidden()
    expect(filters(room)).to_contain_text("All")
    expect(stage(room)).to_be_focused()
    expect_current(room, 1)
    room.keyboard.press("p")
    expect_flag(room, 1, "pick")
    saved(room)
    assert flags(dan) == {1: "pick"}


def test_an_arrow_moves_the_pictures_wherever_the_pointer_last_was(room):
    show_only(room, "unflagged")
    expect(stage(room)).to_be_focused()
    room.keyboard.press("ArrowRight")
    expect_current(room, 2)
    tile(room, 4).hover()
    room.mouse.wheel(0, 10)
    room.keyboard.press("ArrowRight")
    expect_current(room, 3)
    advance(room).click()
    room.keyboard.press("ArrowRight")
    expect_current(room, 4)
    expect(advance(room)).not_to_be_checked()
    filters(room).click()
    room.keyboard.press("Escape")  # the menu's
    expect(room.locator("#filters")).to_be_hidden()
    room.keyboard.press("ArrowRight")
    expect_current(room, 5)
    expect(filters(room)).to_contain_text("Unflagged")
