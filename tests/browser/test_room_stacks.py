"""Stacks in the room: near-duplicates by their perceptual hash, closed, opened, and judged as one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from review.culling import marking, shortlist
from tests.browser import crowds
from tests.browser.room import (
    cell,
    expect_announced,
    expect_current,
    expect_flag,
    flags,
    hear,
    keys,
    open_room,
    saved,
    tile,
)

pytestmark = [pytest.mark.browser, pytest.mark.client]

FOX, OWL = crowds.alike(1, 5), crowds.alike(2, 2)
HASHES = [FOX[0], crowds.unlike(3), FOX[1], FOX[2], OWL[0], OWL[1], crowds.unlike(4)]


@pytest.fixture
def some(transactional_db, run):
    """1, 3 and 4 are alike, and so are 5 and 6."""
    return crowds.made(run, len(HASHES), hashes=HASHES)


@pytest.fixture
def room(some, open_as, brief, dan) -> Page:
    return open_room(open_as, dan, brief)


def expect_list(page: Page, *numbers: int) -> None:
    """In the order in which they are shown, which is not the document's."""
    page.wait_for_function(
        """wanted => wanted === [...document.querySelectorAll('.tile')]
          .sort((a, b) => a.getAttribute('aria-posinset') - b.getAttribute('aria-posinset'))
          .map(tile => tile.querySelector('[data-number]').textContent).join()""",
        arg=",".join(map(str, numbers)),
    )


def expect_size(page: Page, number: int, words: str) -> None:
    expect(tile(page, number).locator("[data-stack]")).to_have_text(words)


def test_a_stack_closes_and_opens_with_the_best_on_top(open_as, some, brief, dan):
    marking.flag(some[2], by=dan, rating=4)
    marking.flag(some[0], by=dan, value="reject")
    page = open_room(open_as, dan, brief)
    expect_list(page, 1, 2, 3, 4, 5, 6, 7)
    expect_size(page, 4, "≈3")
    expect_size(page, 2, "")

    keys(page, "s")
    expect_announced(page, "No other candidate looks like this one.")
    keys(page, "End", "ArrowLeft", "ArrowLeft", "ArrowLeft", "s")
    expect_list(page, 3, 2, 5, 6, 7)
    expect_size(page, 3, "+2")
    expect_current(page, 3)
    expect(tile(page, 3)).to_have_attribute("aria-setsize", "5")
    keys(page, "s")
    expect_list(page, 3, 4, 1, 2, 5, 6, 7)
    expect_current(page, 3)


def test_all_stacks_close_and_every_candidate_stands_again_where_it_came(room):
    keys(room, "Shift+s")
    expect_list(room, 1, 2, 5, 7)
    keys(room, "End", "ArrowLeft", "s")
    expect_list(room, 1, 2, 5, 6, 7)
    keys(room, "Shift+s")
    expect_list(room, 1, 2, 5, 7)
    keys(room, "Shift+s")
    expect_list(room, 1, 2, 3, 4, 5, 6, 7)
    expect_current(room, 5)


def test_no_stack_where_no_two_are_alike(transactional_db, open_as, run, brief, dan):
    crowds.made(run, 3)
    page = open_room(open_as, dan, brief)
    keys(page, "Shift+s")
    expect_announced(page, "No two candidates look alike.")
    keys(page, "Shift+b")
    expect_announced(page, "No other candidate looks like this one.")
    expect_flag(page, 1, "unflagged")


def test_shift_b_picks_one_and_rejects_the_rest_of_its_stack_as_one_act(room, dan):
    tile(room, 3).click()
    keys(room, "Shift+b")
    expect_announced(room, "Candidate 3 picked, 2 alike rejected.")
    saved(room)
    assert flags(dan) == {1: "reject", 3: "pick", 4: "reject"}
    keys(room, "Control+z")
    for number in (1, 3, 4):
        expect_flag(room, number, "unflagged")
    keys(room, "s", "Shift+b", "s")
    expect_list(room, 1, 3, 4, 2, 5, 6, 7)
    saved(room)
    assert flags(dan) == {1: "pick", 3: "reject", 4: "reject"}


def test_a_mark_on_a_closed_stack_is_for_its_top_alone(room, dan):
    keys(room, "s", "x")
    expect_current(room, 2)
    keys(room, "Control+a", "4")
    saved(room)
    keys(room, "Shift+s", "Shift+s")
    expect_list(room, 1, 2, 3, 4, 5, 6, 7)
    assert flags(dan) == {1: "reject", 2: "unflagged", 5: "unflagged", 6: "unflagged", 7: "unflagged"}
    keys(room, "e", "Home", "ArrowRight", "ArrowRight")
    expect(cell(room, 3)).to_have_attribute("aria-current", "true")


def test_whoever_arrives_in_a_stack_moves_nothing(room, run):
    keys(room, "s")
    expect_list(room, 1, 2, 5, 6, 7)
    crowds.arrived(run, 1, hashes=FOX[3:4])
    hear(room)
    expect_size(room, 1, "+3")
    expect_list(room, 1, 2, 5, 6, 7)
    keys(room, "s")
    expect_list(room, 1, 3, 4, 8, 2, 5, 6, 7)

    crowds.arrived(run, 2, hashes=[FOX[4], crowds.unlike(5)])
    hear(room)
    expect_list(room, 1, 3, 4, 8, 2, 5, 6, 7, 9, 10)
    expect_size(room, 1, "≈5")
    keys(room, "s", "s")
    expect_list(room, 1, 3, 4, 8, 9, 2, 5, 6, 7, 10)


def test_the_way_to_a_candidate_inside_a_closed_stack_opens_it(open_as, some, brief, dan):
    shortlist.add(some[3], by=dan)
    page = open_room(open_as, dan, brief)
    keys(page, "Shift+s")
    expect_list(page, 1, 2, 5, 7)
    page.locator("#tray a[data-go]").click()
    expect_list(page, 1, 3, 4, 2, 5, 7)
    expect_current(page, 4)
