"""Two thousand candidates in the room, and candidates that arrive while somebody culls."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from review.models import Flag
from tests import make
from tests.browser import crowds
from tests.browser.room import (
    expect_announced,
    expect_current,
    expect_flag,
    expect_panes,
    flags,
    hear,
    keys,
    open_room,
    pane,
    saved,
    show_only,
    tile,
)

pytestmark = [pytest.mark.browser, pytest.mark.client]

MANY = 2_000
NODES = "() => document.querySelectorAll('*').length"
GRID = """() => {  // columns, and the height of a row
  const tiles = [...document.querySelectorAll('.tile')].map(tile => tile.getBoundingClientRect())
  const columns = new Set(tiles.map(({left}) => left)).size
  const rows = [...new Set(tiles.map(({top}) => Math.round(top)))].sort((a, b) => a - b)
  return [columns, rows[1] - rows[0]]
}"""
SCROLL = "() => document.querySelector('[data-grid]').scrollTop"


def test_the_page_holds_no_more_for_two_thousand_than_for_a_hundred(
    transactional_db, open_as, run, brief, project, maya, dan, preset
):
    crowds.made(run, MANY)
    fewer = make.run(project, maya, preset)
    crowds.made(fewer, 100)
    page = open_room(open_as, dan, brief)
    expect(page.locator("[data-left]")).to_have_text(f"{MANY} left")
    few = open_room(open_as, dan, fewer.brief)

    for key in ("End", "Home", "e", "ArrowRight"):
        keys(page, key)
        keys(few, key)
        assert abs(page.evaluate(NODES) - few.evaluate(NODES)) < 300  # some tiles more or less in the last rows

    keys(page, "g", "End")
    expect_current(page, MANY)
    expect(tile(page, MANY)).to_be_in_viewport()
    assert (
        tile(page, MANY).get_attribute("aria-posinset") == tile(page, MANY).get_attribute("aria-setsize") == str(MANY)
    )
    keys(page, "Home")
    expect(tile(page, 1)).to_be_in_viewport()
    page.locator("[data-grid]").hover()
    page.mouse.wheel(0, 40_000)
    page.wait_for_function(f"() => ({SCROLL})() === 40000")
    expect(tile(page, 1)).to_have_count(0)
    columns, height = page.evaluate(GRID)
    expect(tile(page, 40_000 // height * columns + 1)).to_be_in_viewport()
    keys(page, "ArrowRight")
    expect(tile(page, 2)).to_be_in_viewport()


def test_all_of_them_are_marked_by_one_request_and_undone_by_one(transactional_db, open_as, run, brief, dan):
    crowds.made(run, MANY)
    page = open_room(open_as, dan, brief)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

    keys(page, "Control+a")
    expect(page.locator("[data-chosen]").first).to_have_text(f"{MANY} chosen")
    keys(page, "x")
    expect_announced(page, f"{MANY} candidates: rejected.")
    expect(page.locator("[data-left]")).to_have_text("All judged")
    saved(page)
    assert Flag.objects.filter(person=dan, value="reject").count() == MANY
    assert len(sent) == 1

    keys(page, "Control+z")
    expect_announced(page, f"Undone: {MANY} candidates")
    expect_flag(page, 1, "unflagged")
    saved(page)
    assert not Flag.objects.filter(person=dan, value="reject").exists()
    assert len(sent) == 2


def test_arrivals_join_at_the_end_and_nothing_moves_under_the_hand(transactional_db, open_as, run, brief, dan):
    crowds.made(run, 100)
    page = open_room(open_as, dan, brief)
    keys(page, "ArrowRight")
    tile(page, 4).click(modifiers=["Shift"])
    page.locator("[data-grid]").hover()
    page.mouse.wheel(0, 500)
    page.wait_for_function(f"() => ({SCROLL})() === 500")
    before = in_sight(page)

    crowds.arrived(run, 5)
    hear(page)
    expect(page.locator("[data-left]")).to_have_text("105 left")
    assert page.evaluate(SCROLL) == 500
    assert in_sight(page) == before
    expect(page.locator(".counts")).to_contain_text("3 chosen")
    keys(page, "p")
    expect(page.locator("[data-left]")).to_have_text("102 left")
    saved(page)
    assert flags(dan) == {2: "pick", 3: "pick", 4: "pick"}

    keys(page, "Escape", "e")
    expect_panes(page, 4)
    crowds.arrived(run, 1)
    hear(page)
    expect(page.locator("[data-left]")).to_have_text("103 left")
    expect_panes(page, 4)
    keys(page, "End")
    expect_panes(page, 106)
    keys(page, "ArrowRight")
    expect_announced(page, "This is the last one.")
    crowds.arrived(run, 1)
    hear(page)
    expect(page.locator("[data-left]")).to_have_text("104 left")
    expect_panes(page, 106)
    keys(page, "x")
    expect_panes(page, 107)


def in_sight(page: Page) -> dict[str, float]:
    """The tiles by their number, and where they are on the screen."""
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('.tile')].map(tile =>
        [tile.querySelector('[data-number]').textContent, tile.getBoundingClientRect().top]))"""
    )


def test_the_first_arrival_in_an_empty_room_is_there_to_be_judged(transactional_db, open_as, run, brief, dan):
    page = open_room(open_as, dan, brief)
    expect(page.get_by_text("The first candidates are on their way.")).to_be_visible()
    keys(
        page, "p", "ArrowRight", "c", "n", "s", "z", "Control+a", "Control+z", "g"
    )  # nothing to do it with, and no error

    crowds.arrived(run, 1)
    hear(page)
    expect_current(page, 1)
    expect(page.get_by_text("The first candidates are on their way.")).to_be_hidden()
    keys(page, "e")
    expect(pane(page, 1)).to_be_visible()
    keys(page, "p")
    saved(page)
    assert flags(dan) == {1: "pick"}


def test_a_filter_is_not_asked_again_when_more_arrive(transactional_db, open_as, run, brief, dan):
    crowds.made(run, 4)
    page = open_room(open_as, dan, brief)
    show_only(page, "unflagged")
    keys(page, "x")
    crowds.arrived(run, 1)
    hear(page)

    expect(page.locator(".tile")).to_have_count(5)
    expect_current(page, 2)
    page.get_by_role("button", name="1 no longer fits: filter again").click()
    expect(page.locator(".tile")).to_have_count(4)
    expect_current(page, 2)
