"""Rejecting with a reason: one key more, by keys, arrows or the mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.room import (
    act,
    expect_announced,
    expect_current,
    expect_flag,
    flags,
    marks,
    saved,
    stage,
    tile,
)

pytestmark = [pytest.mark.browser, pytest.mark.client]


def menu(page: Page):
    return page.get_by_role("menu")


def test_a_rejection_says_why_by_two_keys(room, dan):
    reasons = {
        "h": "hands",
        "t": "text",
        "b": "off-brand",
        "c": "composition",
        "l": "likeness",
        "a": "artefact",
        "o": "other",
    }
    for key, reason in reasons.items():
        room.keyboard.press("Home")
        room.keyboard.press("r")
        expect(menu(room)).to_be_visible()
        room.keyboard.press(key)
        expect(menu(room)).to_be_hidden()
        expect(tile(room, 1).locator("[data-reason]")).to_have_text(reason)
        expect_announced(room, f"Candidate 1: rejected ({reason}).")
        expect_current(room, 2)

    expect(stage(room)).to_be_focused()
    saved(room)
    assert marks(dan) == [(1, "reject", 0, "", "other")]
    room.keyboard.press("Home")
    room.keyboard.press("p")
    expect(tile(room, 1).locator("[data-reason]")).to_have_text("")
    saved(room)
    assert marks(dan) == [(1, "pick", 0, "", "")]


def test_the_menu_of_reasons_goes_by_arrows_and_by_the_mouse(room, dan):
    room.keyboard.press("r")
    expect(room.get_by_role("menuitem").first).to_be_focused()
    room.keyboard.press("ArrowDown")
    room.keyboard.press("Enter")
    expect(tile(room, 1).locator("[data-reason]")).to_have_text("text")
    expect_current(room, 2)
    act(room, "reason").click()
    menu(room).get_by_role("menuitem", name="Likeness").click()
    expect(tile(room, 2).locator("[data-reason]")).to_have_text("likeness")
    expect(stage(room)).to_be_focused()

    saved(room)
    assert marks(dan) == [(1, "reject", 0, "", "text"), (2, "reject", 0, "", "likeness")]


def test_the_menu_of_reasons_is_left_without_a_mark(room, dan):
    for leave in ("Escape", "Tab"):
        room.keyboard.press("r")
        expect(menu(room)).to_be_visible()
        room.keyboard.press("p")  # no reason has it, and nothing else hears it
        room.keyboard.press("Control+h")
        expect(menu(room)).to_be_visible()
        room.keyboard.press(leave)
        expect(menu(room)).to_be_hidden()
        expect(stage(room)).to_be_focused()
    act(room, "reason").click()
    tile(room, 3).click()
    expect(menu(room)).to_be_hidden()
    room.keyboard.press("x")

    expect_flag(room, 3, "reject")
    saved(room)
    assert flags(dan) == {3: "reject"}


def test_shift_with_a_reason_stays(room, dan):
    room.keyboard.press("r")
    room.keyboard.press("Shift+h")

    expect(tile(room, 1).locator("[data-reason]")).to_have_text("hands")
    expect_current(room, 1)
