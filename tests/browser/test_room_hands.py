"""The room for fingers, for a screen reader and for a keyboard alone; and keys that are each person's own."""

from __future__ import annotations

import time

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from review.culling import marking, shortlist
from tests.browser import crowds
from tests.browser.room import (
    act,
    cell,
    entered,
    expect_current,
    expect_flag,
    expect_pair,
    expect_panes,
    expect_view,
    flags,
    keys,
    open_room,
    pane,
    saved,
    stage,
    tile,
)
from tests.browser.test_pages import DESK, NO_SCROLL, PHONE, serious

pytestmark = [pytest.mark.browser, pytest.mark.client]

TABLET = {"width": 1024, "height": 768}
FINGER = 44  # CSS pixels
SMALL = f"""() => [...document.querySelectorAll('.cull :is(button, select, summary)')]
  .filter(each => each.checkVisibility({{visibilityProperty: true}}))
  .filter(each => !each.closest('dialog'))
  .filter(each => {{
    const {{width, height}} = each.getBoundingClientRect()
    return width < {FINGER} || height < {FINGER}
  }})
  .map(each => each.outerHTML.slice(0, 120))"""


@pytest.fixture
def some(transactional_db, run):
    return crowds.made(run, 8)


@pytest.fixture(params=[PHONE, TABLET], ids=["phone", "tablet"])
def touched(request, transactional_db, run, open_as, brief, dan) -> Page:
    for candidate in crowds.made(run, 8, size=crowds.LARGE)[:2]:
        shortlist.add(candidate, by=dan)
    return open_room(open_as, dan, brief, has_touch=True, is_mobile=True, viewport=request.param)


def swipe(page: Page, on: Locator, by: float) -> None:
    """Slowly: after a fling Chromium takes the next tap for the end of it."""
    box = on.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers = page.context.new_cdp_session(page)
    began = time.time() - 1
    points = [x, *(x + by * share for share in (0.25, 0.5, 0.75, 1, 1, 1))]
    for number, point in enumerate(points):
        kind = "touchMove" if number else "touchStart"
        touch = {"type": kind, "touchPoints": [{"x": point, "y": y}], "timestamp": began + number / 10}
        fingers.send("Input.dispatchTouchEvent", touch)
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": [], "timestamp": began + 0.8})


def test_fingers_choose_open_swipe_and_judge(touched, dan):
    page = touched
    tile(page, 3).tap()
    expect_current(page, 3)
    expect_view(page, "grid")
    tile(page, 3).tap()
    expect_view(page, "loupe")
    expect_panes(page, 3)
    swipe(page, pane(page, 3).locator(".frame"), -150)
    expect_panes(page, 4)
    act(page, "pick").tap()
    expect_panes(page, 5)
    swipe(page, pane(page, 5).locator(".frame"), 150)
    swipe(page, pane(page, 4).locator(".frame"), 20)  # no more than a tremble
    expect_panes(page, 4)
    pane(page, 4).locator(".frame").tap()
    expect(pane(page, 4).locator(".is-zoomed")).to_have_count(1)
    before = page.evaluate("() => document.querySelector('.pane img').getBoundingClientRect().left")
    swipe(page, pane(page, 4).locator(".frame"), -90)
    page.wait_for_function(
        "before => document.querySelector('.pane img').getBoundingClientRect().left < before - 30", arg=before
    )
    expect_panes(page, 4)
    pane(page, 4).locator(".frame").tap()
    expect(pane(page, 4).locator(".is-zoomed")).to_have_count(0)
    cell(page, 2).tap()
    expect_panes(page, 2)
    act(page, "compare").tap()
    expect_pair(page, 2, 3)
    page.get_by_role("button", name="Challenger wins").tap()
    expect_pair(page, 3, 4)
    act(page, "grid").tap()
    page.get_by_role("button", name="More", exact=True).tap()
    page.get_by_role("button", name="Choose several").tap()
    tile(page, 1).tap()
    tile(page, 2).tap()
    expect(page.locator(".tile[data-chosen]")).to_have_count(2)
    act(page, "reject").tap()
    saved(page)
    assert flags(dan) == {1: "reject", 2: "reject", 4: "pick"}


def test_every_button_is_large_enough_for_a_finger_and_nothing_scrolls_sideways(touched):
    page = touched
    for view in ("grid", "loupe", "compare", "survey"):
        act(page, view).tap()
        expect(page.locator(f"[data-view-button={view}]")).to_have_attribute("aria-pressed", "true")
        assert page.evaluate(SMALL) == []
        assert page.evaluate(NO_SCROLL)
    page.get_by_role("button", name="More", exact=True).tap()
    expect(page.get_by_role("button", name="Choose several")).to_be_visible()
    assert page.evaluate(SMALL) == []
    keys(page, "Escape", "i")
    expect(page.get_by_role("complementary", name="Info").get_by_role("heading", name="Candidate")).to_be_visible()
    assert page.evaluate(SMALL) == []
    assert page.evaluate(NO_SCROLL)


def test_each_view_is_for_everybody_in_light_and_dark(open_as, some, brief, dan, pia, subtests):
    marking.flag(some[0], by=pia, value="reject", rating=2, label="red")
    shortlist.add(some[1], by=dan)
    page = open_room(open_as, dan, brief, color_scheme="light", reduced_motion="reduce", viewport=DESK)
    keys(page, "Shift+p", "Shift+3", "6", "r", "t", "p", "Home", "i")
    expect(page.get_by_role("complementary", name="Info").get_by_role("heading", name="Candidate 1")).to_be_visible()
    saved(page)
    for name, key in (("grid", "g"), ("survey", "n"), ("loupe", "e"), ("compare", "c"), ("keys", "?")):
        keys(page, key)
        if name == "keys":
            expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        else:
            expect_view(page, name)
        page.emulate_media(color_scheme="light")
        with subtests.test(f"{name} in light"):
            assert serious(page) == []
        page.emulate_media(color_scheme="dark")
        with subtests.test(f"{name} in dark"):
            assert serious(page, rules=["color-contrast"]) == []


def test_a_reader_hears_which_one_is_current_and_what_became_of_it(open_as, some, brief, dan):
    page = open_room(open_as, dan, brief)
    said = page.locator("[data-announce][aria-live=polite]")
    keys(page, "ArrowRight")
    expect(said).to_have_text("Candidate 2, 2 of 8: unflagged.")
    expect(stage(page)).to_have_attribute("aria-activedescendant", f"tile-{some[1].pk}")
    keys(page, "p")
    expect(said).to_have_text("Candidate 2: picked. Candidate 3, 3 of 8: unflagged.")
    expect(tile(page, 2)).to_have_attribute("aria-label", "Candidate 2, 2 of 8: picked.")
    keys(page, "e")
    expect(stage(page)).to_have_attribute("aria-activedescendant", f"pane-{some[2].pk}")
    keys(page, "x", "ArrowLeft")
    expect(said).to_have_text("Candidate 3, 3 of 8: rejected.")
    expect(page.get_by_role("figure", name="Candidate 3, 3 of 8: rejected.")).to_be_visible()
    keys(page, "Control+z")
    expect(said).to_have_text("Undone: Candidate 3, 3 of 8: unflagged.")


def test_the_keyboard_alone_reaches_every_control(open_as, some, brief, dan):
    shortlist.add(some[0], by=dan)
    page = open_room(open_as, dan, brief, viewport=DESK)
    keys(page, "e")
    wanted = page.evaluate(
        """() => [...document.querySelectorAll('.cull :is(button, select, a, summary, input, [tabindex="0"])')]
        .filter(each => each.checkVisibility({visibilityProperty: true}))
        .filter(each => each.tabIndex >= 0 && each.type !== 'hidden')
        .map((each, at) => each.dataset.reach = String(at))"""
    )
    reached = set()
    page.locator("body").press("Tab")
    for _ in range(len(wanted) + 12):
        reached.add(page.evaluate("() => document.activeElement.dataset.reach"))
        keys(page, "Tab")
    assert set(wanted) - reached == set()

    act(page, "pick").focus()
    keys(page, "Enter")
    expect_panes(page, 2)
    expect(act(page, "pick")).to_be_focused()
    keys(page, "Space", "ArrowRight", "x")
    expect_panes(page, 5)
    keys(page, "g")
    for number, value in ((1, "pick"), (2, "pick"), (4, "reject")):
        expect_flag(page, number, value)
    saved(page)


def test_keys_of_ones_own_are_nobody_elses(open_as, some, brief, dan, pia):
    page = open_room(open_as, dan, brief)
    keys(page, "?")
    page.get_by_role("button", name="Key for “Pick”").click()
    keys(page, "q", "Escape")
    expect(act(page, "pick")).to_have_attribute("aria-keyshortcuts", "Q")

    client = Client()
    client.force_login(pia, "django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": page.url.split("/briefs/")[0]}]
    )
    entered(page, brief)
    expect(act(page, "pick")).to_have_attribute("aria-keyshortcuts", "P .")
    keys(page, "q", "p")
    saved(page)
    assert flags(pia) == {1: "pick"}
