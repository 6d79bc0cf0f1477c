"""What the checks saw, in the culling room: badges, a filter, a sort, and the rows of crops."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from generation import checking, checkings
from tests import make
from tests.browser.room import (
    act,
    by_button,
    expect_announced,
    expect_current,
    expect_view,
    flags,
    hear,
    keys,
    open_room,
    saved,
    show_only,
    tile,
)

pytestmark = [pytest.mark.browser, pytest.mark.client]


@pytest.fixture
def seen_in(transactional_db, candidates):
    """Text twice in the second and once in the fourth, a face in the fourth; the fifth's colours were not looked at."""
    make.checked(candidates[0])
    make.checked(candidates[1], make.finding("text", (2, 4, 8, 4)), make.finding("text", (12, 4, 8, 4)))
    make.checked(candidates[2])
    make.checked(candidates[3], make.finding("text", (6, 4, 8, 4)), make.finding("face", (2, 2, 6, 6), words="A face."))
    make.checked(candidates[4], not_run={"palette": "Install it."})
    return candidates


@pytest.fixture
def room(seen_in, open_as, brief, dan) -> Page:
    return open_room(open_as, dan, brief)


def expect_order(page: Page, *numbers: int) -> None:
    for place, number in enumerate(numbers, 1):
        expect(tile(page, number)).to_have_attribute("aria-posinset", str(place))
    expect(page.locator(".tile")).to_have_count(len(numbers))


def crops(page: Page, row: str):
    return page.locator("[data-row]").filter(has_text=row).locator("[data-crop]")


def current(page: Page):
    return page.locator("[data-crop][aria-current=true]")


def test_tiles_count_their_findings_and_readers_hear_of_them(room):
    expect(tile(room, 2).locator("[data-found]")).to_have_text("2")
    expect(tile(room, 4).locator(".glyph--found")).to_have_attribute("title", "The checks found: text, face")
    expect(tile(room, 1).locator(".glyph--found")).to_be_hidden()
    expect(tile(room, 4)).to_have_attribute("aria-label", re.compile(r"2 findings \(text, face\)"))


def test_a_filter_and_a_sort_stay_over_a_reload(room):
    room.get_by_role("button", name="Which candidates").click()
    act(room, "fewest").click()
    expect_order(room, 1, 3, 5, 2, 4)
    expect(room).to_have_url(re.compile("sort=fewest"))
    room.reload()
    expect_order(room, 1, 3, 5, 2, 4)
    show_only(room, "found")
    expect_order(room, 2, 4)


def test_defects_are_gone_through_and_marked_by_keys_alone(room, dan):
    keys(room, "d")
    expect_view(room, "defects")
    expect(room.locator("[data-row-label]")).to_have_text(["Text", "Face"])
    expect(room.locator("[data-row-count]").first).to_have_text("in 2 of 5")
    expect(crops(room, "Text")).to_have_count(3)
    expect(room.locator("[data-silent]")).to_contain_text("Off the palette: not looked for in 1 of 5. Install it.")
    expect(room.get_by_text("Hands: no check for them comes with Winnow.")).to_be_visible()

    keys(room, "x")  # both crops are of the second: on to the fourth
    expect_announced(room, re.compile(r"Candidate 2: rejected"))
    expect(current(room).locator("[data-number]")).to_have_text("4")
    keys(room, "ArrowDown", "p")
    saved(room)

    assert flags(dan) == {2: "reject", 4: "pick"}
    expect(crops(room, "Text").first).to_have_attribute("data-flag", "reject")
    keys(room, "Control+z", "Enter")
    expect_view(room, "loupe")
    keys(room, "Escape")
    expect_view(room, "grid")


def test_the_strip_has_a_link_and_a_click_goes_to_a_crop(room, seen_in):
    by_button(room, "defects") if act(room, "defects").count() else keys(room, "d")
    crops(room, "Face").first.click()
    expect(current(room)).to_have_attribute("aria-label", re.compile("Face: A face. Candidate 4"))
    expect(room).to_have_url(re.compile(f"candidate={seen_in[3].pk}&view=defects"))
    room.reload()

    expect_view(room, "defects")
    expect(current(room).locator("[data-number]")).to_have_text("4")
    current(room).dblclick()
    expect_view(room, "loupe")


def test_what_the_checks_see_later_arrives_in_the_open_room(room, seen_in, dan):
    expect(tile(room, 1).locator(".glyph--found")).to_be_hidden()
    checkings.order(seen_in[0].brief, [seen_in[0]], by=dan)
    checking.work(worker="test")
    hear(room)

    expect(tile(room, 1).locator("[data-found]")).to_have_text(re.compile("[1-9]"))
    expect_current(room, 1)
