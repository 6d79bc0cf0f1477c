"""The sheet of keys: it shows them, changes them, and keeps the room's own keys to itself while it is open."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.room import act, expect_current, expect_flag, flags, keys, pane, saved, stage, tile

pytestmark = [pytest.mark.browser, pytest.mark.client]


def sheet(page: Page):
    return page.get_by_role("dialog", name="Keys")


def key_of(page: Page, words: str):
    return sheet(page).get_by_role("button", name=f"Key for “{words}”")


def bind(page: Page, words: str, key: str) -> None:
    key_of(page, words).click()
    expect(key_of(page, words)).to_have_text("press a key")
    page.keyboard.press(key)
    expect(key_of(page, words)).not_to_have_text("press a key")


def test_the_sheet_has_the_keys_to_itself_and_gives_the_focus_back(room, dan):
    keys(room, "ArrowRight", "?")
    expect(sheet(room)).to_be_visible()
    expect(key_of(room, "Pick")).to_have_text("P.")
    keys(room, "x", "ArrowRight", "Control+a")
    room.keyboard.press("Escape")

    expect(sheet(room)).to_be_hidden()
    expect(stage(room)).to_be_focused()
    expect_current(room, 2)
    room.get_by_role("button", name="More").click()
    act(room, "keys").click()
    sheet(room).get_by_role("button", name="Close", exact=True).click()
    expect(stage(room)).to_be_focused()
    room.keyboard.press("p")
    expect_flag(room, 2, "pick")
    saved(room)
    assert flags(dan) == {2: "pick"}


def test_a_key_of_ones_own_is_kept_and_named_on_its_button(room, dan):
    room.keyboard.press("?")
    bind(room, "Pick", "j")
    expect(key_of(room, "Pick")).to_be_focused()
    expect(act(room, "pick")).to_have_attribute("title", "Pick (J)")
    room.keyboard.press("Escape")
    keys(room, "p", "j")
    expect_flag(room, 1, "pick")
    expect_current(room, 2)

    room.reload()

    expect(act(room, "pick")).to_have_attribute("title", "Pick (J)")
    keys(room, "Home", "Shift+j", "ArrowRight", "p")
    expect_flag(room, 2, "unflagged")
    room.keyboard.press("?")
    sheet(room).get_by_role("button", name="Back to the preset").click()
    expect(key_of(room, "Pick")).to_have_text("P.")
    keys(room, "Escape", "p")
    expect_flag(room, 2, "pick")
    saved(room)
    assert flags(dan) == {1: "pick", 2: "pick"}


def test_a_key_that_had_another_meaning_says_which(room):
    room.keyboard.press("?")
    bind(room, "Pick", "x")
    expect(sheet(room).get_by_role("status")).to_have_text("X was for “Reject”, which has no key now.")
    bind(room, "Pick", "Escape")  # changes nothing
    expect(key_of(room, "Pick")).to_have_text("X")
    expect(sheet(room)).to_be_visible()
    keys(room, "Escape", "x")
    expect_flag(room, 1, "pick")


@pytest.mark.parametrize("key", ["ArrowRight", "ArrowDown", "Home", "Tab", "?"])
def test_what_always_means_the_same_is_given_to_nothing_else(room, key):
    room.keyboard.press("?")
    bind(room, "Pick", key)

    expect(sheet(room).get_by_role("status")).to_contain_text("always means the same here")
    expect(key_of(room, "Pick")).to_have_text("P.")


def test_other_tools_keys_are_a_choice(room, dan):
    room.keyboard.press("?")
    preset = sheet(room).get_by_label("As in")
    preset.select_option(label="darktable")
    expect(key_of(room, "Reject").first).to_have_text("R")
    keys(room, "Escape", "r")
    expect_flag(room, 1, "reject")
    expect_current(room, 2)
    keys(room, "Shift+r", "t")
    expect(tile(room, 2).locator("[data-reason]")).to_have_text("text")
    room.keyboard.press("F1")
    expect(tile(room, 3).locator("[data-label]")).to_have_text("red")

    room.keyboard.press("?")
    preset.select_option("photo-mechanic")
    keys(room, "Escape", "t")
    expect_flag(room, 4, "pick")
    room.keyboard.press("Space")
    expect(pane(room, 5)).to_be_visible()
    saved(room)
    assert flags(dan) == {1: "reject", 2: "reject", 3: "unflagged", 4: "pick"}


# As browsers tell the keys P and Z of layouts of the world: what is typed, and its place.
LAYOUTS = {
    "English": ("p", "KeyP", "z", "KeyZ"),
    "German": ("p", "KeyP", "z", "KeyY"),
    "French": ("p", "KeyP", "z", "KeyW"),
    "Dvorak": ("p", "KeyR", "z", "Slash"),
    "Turkish": ("p", "KeyP", "z", "KeyZ"),
    "Russian": ("з", "KeyP", "я", "KeyZ"),
    "Ukrainian": ("з", "KeyP", "я", "KeyZ"),
    "Greek": ("π", "KeyP", "ζ", "KeyZ"),
    "Hebrew": ("פ", "KeyP", "ז", "KeyZ"),
    "Arabic": ("ح", "KeyP", "ئ", "KeyZ"),
    "Korean": ("ㅔ", "KeyP", "ㅋ", "KeyZ"),
    "Japanese": ("Process", "KeyP", "Process", "KeyZ"),
}


def test_letters_mean_the_same_under_twelve_layouts(room, subtests):
    session = room.context.new_cdp_session(room)

    def press(key: str, code: str, modifiers: int = 0) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            session.send("Input.dispatchKeyEvent", {"type": kind, "key": key, "code": code, "modifiers": modifiers})

    keys(room, "a")  # a mark stays on this one
    for layout, (pick, pick_code, undo, undo_code) in LAYOUTS.items():
        with subtests.test(layout):
            press(pick, pick_code)
            expect_flag(room, 1, "pick")
            press(undo, undo_code, modifiers=2)  # Ctrl
            expect_flag(room, 1, "unflagged")
