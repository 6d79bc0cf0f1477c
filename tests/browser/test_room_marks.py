"""Marking in the culling room, by every key and button there is, and what a key must not do."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.room import (
    act,
    by_button,
    expect_announced,
    expect_current,
    expect_flag,
    flags,
    marks,
    pane,
    press,
    saved,
    stage,
    tile,
)

pytestmark = [pytest.mark.browser, pytest.mark.client]


def test_each_flag_has_its_key_and_is_announced(room, dan):
    for number, (key, value, words) in enumerate(
        [
            ("p", "pick", "picked"),
            ("x", "reject", "rejected"),
            (".", "pick", "picked"),
            ("u", "unflagged", "unflagged"),
        ],
        start=1,
    ):
        room.keyboard.press(key)
        expect_flag(room, number, value)
        expect_announced(room, f"Candidate {number}: {words}. Candidate {number + 1}, {number + 1} of 5: unflagged.")

    saved(room)
    assert flags(dan) == {1: "pick", 2: "reject", 3: "pick"}  # what was unflagged before needs no mark
    room.keyboard.press("Home")
    room.keyboard.press("u")
    expect_flag(room, 1, "unflagged")
    saved(room)
    assert flags(dan)[1] == "unflagged"


def test_each_rating_has_its_key_and_is_announced(room, dan):
    for stars in range(1, 6):
        room.keyboard.press(str(stars))
        expect(tile(room, stars)).to_have_attribute("data-rating", str(stars))
        expect(tile(room, stars).locator("[data-stars]")).to_have_text("★" * stars)
        expect_announced(room, re.compile(f"Candidate {stars}: .*{stars} star"))

    saved(room)
    assert [rating for _, _, rating, *_ in marks(dan)] == [1, 2, 3, 4, 5]
    expect_announced(room, "This was the last one")
    room.keyboard.press("0")
    expect(tile(room, 5)).to_have_attribute("data-rating", "0")
    saved(room)
    assert [rating for _, _, rating, *_ in marks(dan)] == [1, 2, 3, 4, 0]


def test_each_label_has_its_key_and_the_same_key_takes_it_off(room, dan):
    for number, (key, label) in enumerate(zip("6789", ["red", "yellow", "green", "blue"], strict=True), start=1):
        room.keyboard.press(key)
        expect(tile(room, number).locator("[data-label]")).to_have_text(label)
        expect_announced(room, re.compile(f"Candidate {number}: .*{label} label"))
    saved(room)
    assert [label for *_, label, _ in marks(dan)] == ["red", "yellow", "green", "blue"]

    room.keyboard.press("Home")
    room.keyboard.press("7")
    expect(tile(room, 1).locator("[data-label]")).to_have_text("yellow")
    room.keyboard.press("Home")
    room.keyboard.press("7")
    expect(tile(room, 1).locator("[data-label]")).to_have_text("")
    expect_current(room, 1)  # taking off is no judgement that one goes on from
    saved(room)
    assert [label for *_, label, _ in marks(dan)] == ["", "yellow", "green", "blue"]


def test_each_mark_has_its_button(room, dan):
    for name in ("pick", "reject", "rating-4", "label-green"):
        by_button(room, name)
        expect(stage(room)).to_be_focused()

    saved(room)
    assert marks(dan) == [
        (1, "pick", 0, "", ""),
        (2, "reject", 0, "", ""),
        (3, "unflagged", 4, "", ""),
        (4, "unflagged", 0, "green", ""),
    ]
    room.keyboard.press("Home")
    act(room, "unflag").click()
    expect_flag(room, 1, "unflagged")


def test_a_button_shows_what_the_current_one_has_and_takes_it_back(room, dan):
    act(room, "pick").click()
    expect_current(room, 2)
    expect(act(room, "pick")).to_have_attribute("aria-pressed", "false")
    act(room, "pick").click()
    expect_flag(room, 2, "pick")

    room.keyboard.press("Home")
    expect(act(room, "pick")).to_have_attribute("aria-pressed", "true")
    act(room, "pick").click()
    expect_flag(room, 1, "unflagged")
    room.keyboard.press("Home")
    room.keyboard.press("Shift+3")
    act(room, "rating-3").click()
    expect(tile(room, 1)).to_have_attribute("data-rating", "0")
    saved(room)
    assert marks(dan)[0] == (1, "unflagged", 0, "", "")


def test_a_tile_has_its_own_two_buttons(room, dan):
    tile(room, 4).hover()
    tile(room, 4).get_by_role("button", name="Reject").click()
    expect_flag(room, 4, "reject")
    expect_current(room, 5)
    tile(room, 2).hover()
    tile(room, 2).get_by_role("button", name="Pick").click(modifiers=["Shift"])
    expect_flag(room, 2, "pick")
    expect_current(room, 2)

    saved(room)
    assert flags(dan) == {2: "pick", 4: "reject"}


def test_marks_work_alike_in_the_loupe(room, dan):
    room.keyboard.press("e")
    expect(pane(room, 1)).to_be_visible()
    room.keyboard.press("p")
    expect(pane(room, 2)).to_be_visible()
    room.keyboard.press("Shift+x")
    expect(pane(room, 2)).to_have_attribute("data-flag", "reject")
    act(room, "rating-2").click()
    expect(pane(room, 3)).to_be_visible()

    saved(room)
    assert marks(dan) == [(1, "pick", 0, "", ""), (2, "reject", 2, "", "")]


def test_a_held_key_judges_once(room, dan):
    for _ in range(6):
        room.keyboard.down("x")  # after the first, Chromium says that it repeats
    room.keyboard.up("x")

    expect_current(room, 2)
    saved(room)
    assert flags(dan) == {1: "reject"}


def test_a_held_arrow_moves_on(room):
    for _ in range(3):
        room.keyboard.down("ArrowRight")
    room.keyboard.up("ArrowRight")

    expect_current(room, 4)
    expect_announced(room, "Candidate 4, 4 of 5: unflagged.")


def test_letters_work_under_caps_lock_and_digits_by_their_place(room, dan):
    press(room, key="P", code="KeyP")
    press(room, key="X", code="KeyX")
    press(room, key="é", code="Digit2")  # as a French keyboard says
    press(room, key="1", code="Numpad1")

    saved(room)
    assert marks(dan) == [
        (1, "pick", 0, "", ""),
        (2, "reject", 0, "", ""),
        (3, "unflagged", 2, "", ""),
        (4, "unflagged", 1, "", ""),
    ]


def test_modifiers_leave_the_browser_its_shortcuts(room, dan):
    prevented = """() => { window.prevented = 0
        window.addEventListener("keydown", (event) => (window.prevented += event.defaultPrevented)) }"""
    room.evaluate(prevented)
    for keys in ("Control+p", "Alt+x", "Meta+u", "Control+3", "Control+Shift+e"):
        press_with(room, keys)

    assert room.evaluate("window.prevented") == 0
    expect_flag(room, 1, "unflagged")
    expect_current(room, 1)
    assert flags(dan) == {}


def press_with(page: Page, keys: str) -> None:
    *modifiers, key = keys.split("+")
    held = {f"{re.sub('Control', 'ctrl', name).lower()}Key": True for name in modifiers}
    press(page, key=key, code=f"Key{key.upper()}" if key.isalpha() else f"Digit{key}", **held)
