"""Several candidates at once, and taking back: one mark is one request and one undo, on however many it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from creative.models import Event
from tests.browser.room import (
    act,
    by_button,
    expect_announced,
    expect_current,
    expect_flag,
    flags,
    keys,
    marks,
    saved,
    show_only,
    stage,
    tile,
)

pytestmark = [pytest.mark.browser, pytest.mark.client]


def chosen(page: Page) -> list[int]:
    numbers = page.locator(".tile[data-chosen] [data-number]").all_text_contents()
    return sorted(int(number) for number in numbers)


def expect_chosen(page: Page, *numbers: int) -> None:
    expect(page.locator(".tile[data-chosen]")).to_have_count(len(numbers))
    assert chosen(page) == list(numbers)
    expect(page.locator("[data-chosen]:not(.tile)")).to_have_text(f"{len(numbers)} chosen" if numbers else "")


def flagged(page: Page) -> list[str | None]:
    return [tile(page, number).get_attribute("data-flag") for number in range(1, 6)]


def test_a_click_with_shift_chooses_all_between(room):
    tile(room, 2).click()
    tile(room, 4).click(modifiers=["Shift"])
    expect_chosen(room, 2, 3, 4)
    tile(room, 1).click(modifiers=["Shift"])  # from where the choice began
    expect_chosen(room, 1, 2)
    tile(room, 5).click()
    expect_chosen(room)
    expect_current(room, 5)


def test_a_click_with_control_chooses_one_more_or_one_less(room, dan):
    tile(room, 4).click(modifiers=["ControlOrMeta"])
    expect_chosen(room, 1, 4)
    tile(room, 3).click(modifiers=["ControlOrMeta"])
    expect_chosen(room, 1, 3, 4)
    tile(room, 4).click(modifiers=["ControlOrMeta"])
    expect_chosen(room, 1, 3)
    room.keyboard.press("p")

    saved(room)
    assert flags(dan) == {1: "pick", 3: "pick"}


def test_a_tile_that_is_not_chosen_is_marked_by_its_own_button_alone(room, dan):
    tile(room, 2).click(modifiers=["ControlOrMeta"])
    tile(room, 1).click(modifiers=["ControlOrMeta"])  # chosen is 2 alone: too few to be several
    tile(room, 2).hover()
    tile(room, 2).get_by_role("button", name="Pick").click()
    expect_flag(room, 2, "pick")

    saved(room)
    assert flags(dan) == {2: "pick"}


def test_shift_with_arrows_chooses_on_the_way(room):
    room.keyboard.press("ArrowRight")
    keys(room, "Shift+ArrowRight", "Shift+ArrowRight")
    expect_chosen(room, 2, 3, 4)
    room.keyboard.press("Shift+ArrowLeft")
    expect_chosen(room, 2, 3)
    expect_current(room, 3)
    room.keyboard.press("Escape")
    expect_chosen(room)
    expect_current(room, 3)
    keys(room, "Shift+ArrowRight", "ArrowRight")
    expect_chosen(room)


def test_control_a_chooses_all_that_are_shown(room, dan):
    keys(room, "p", "Control+a")
    expect_chosen(room, 1, 2, 3, 4, 5)
    room.keyboard.press("Escape")
    show_only(room, "unflagged")
    room.keyboard.press("Control+a")
    expect_chosen(room, 2, 3, 4, 5)
    room.keyboard.press("x")

    saved(room)
    assert flags(dan) == {1: "pick", **dict.fromkeys((2, 3, 4, 5), "reject")}


def test_a_bulk_mark_is_one_request_one_event_and_one_undo(room, dan):
    sent: list[dict] = []
    room.on("request", lambda request: sent.append(request.post_data_json) if request.method == "POST" else None)
    keys(room, "x", "ArrowLeft", "Control+a", "p")
    expect(room.locator(".tile[data-flag=pick]")).to_have_count(5)
    expect_announced(room, "5 candidates: picked.")
    expect_current(room, 1)
    expect_chosen(room, 1, 2, 3, 4, 5)
    saved(room)
    [bulk] = [mark for body in sent for mark in body["marks"] if len(mark["changes"][0]["candidates"]) == 5]
    assert [change["value"] for change in bulk["changes"]] == ["pick"]
    assert Event.objects.filter(act="candidates.marked").count() == 2

    room.keyboard.press("Control+z")

    expect(room.locator(".tile[data-flag=unflagged]")).to_have_count(4)
    expect_flag(room, 1, "reject")  # as each of them was before
    expect_announced(room, "Undone: 5 candidates")
    saved(room)
    assert flags(dan) == {1: "reject", **dict.fromkeys((2, 3, 4, 5), "unflagged")}
    assert Event.objects.filter(act="candidates.marked").count() == 3


def test_a_reason_and_stars_go_to_all_that_are_chosen(room, dan):
    tile(room, 3).click(modifiers=["Shift"])
    keys(room, "r", "t", "2")
    by_button(room, "label-blue")

    saved(room)
    assert marks(dan) == [(number, "reject", 2, "blue", "text") for number in (1, 2, 3)]
    expect_chosen(room, 1, 2, 3)
    room.keyboard.press("9")  # all have it: it is taken off
    saved(room)
    assert marks(dan) == [(number, "reject", 2, "", "text") for number in (1, 2, 3)]


def test_a_choice_is_made_without_a_keyboard(room, dan):
    room.get_by_role("button", name="More").click()
    room.locator("#more [data-act=choosing]").click()
    expect_announced(room, "A tap chooses.")
    tile(room, 1).click()
    tile(room, 3).click()
    expect_chosen(room, 1, 3)
    room.get_by_role("button", name="More").click()
    room.keyboard.press("Escape")
    expect(room.locator("#more")).to_be_hidden()
    expect_chosen(room, 1, 3)  # Escape was the menu's
    act(room, "reject").click()
    expect_flag(room, 3, "reject")

    saved(room)
    assert flags(dan) == {1: "reject", 3: "reject"}


def test_undo_and_redo_go_all_the_way_past_bulk_marks(room, dan):
    keys(room, "p", "x", "3", "Control+a", "u", "5", "Escape")
    history = [flagged(room)]
    for _ in range(5):
        room.keyboard.press("Control+z")
        history.append(flagged(room))

    assert history[1] == history[0] == ["unflagged"] * 5
    assert history[2:] == [
        ["pick", "reject", "unflagged", "unflagged", "unflagged"],
        ["pick", "reject", "unflagged", "unflagged", "unflagged"],
        ["pick", "unflagged", "unflagged", "unflagged", "unflagged"],
        ["unflagged"] * 5,
    ]
    expect_current(room, 1)
    room.keyboard.press("Control+z")
    expect_announced(room, "Nothing to undo.")
    for _ in range(5):
        history.pop()
        room.keyboard.press("Control+Shift+z")
        assert flagged(room) == history[-1]
    expect(room.locator(".tile[data-rating='5']")).to_have_count(5)
    room.keyboard.press("Control+y")
    expect_announced(room, "Nothing to redo.")

    saved(room)
    assert marks(dan) == [(number, "unflagged", 5, "", "") for number in range(1, 6)]


def test_a_new_mark_cuts_off_what_could_be_done_again(room, dan):
    keys(room, "p", "x", "Control+z", "Control+z", "Shift+3", "Control+y")
    expect_announced(room, "Nothing to redo.")
    room.keyboard.press("Control+z")

    saved(room)
    assert set(flags(dan).values()) == {"unflagged"}


def test_undo_comes_back_to_what_it_changed_and_has_its_buttons(room, dan):
    keys(room, "p", "ArrowRight", "ArrowRight")
    act(room, "undo").click()
    expect_flag(room, 1, "unflagged")
    expect_current(room, 1)
    expect_announced(room, "Undone: Candidate 1, 1 of 5: unflagged.")
    expect(stage(room)).to_be_focused()
    room.get_by_role("button", name="More").click()
    act(room, "redo").click()
    expect_flag(room, 1, "pick")
    expect_announced(room, "Done again: Candidate 1, 1 of 5: picked.")

    saved(room)
    assert flags(dan) == {1: "pick"}
