"""Marks made elsewhere meanwhile, in another tab or by a colleague: shown, and never silently overwritten."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import expect

from review.culling import marking
from review.culling import room as server_room
from review.models import Mark
from tests.browser.conftest import TIMEOUT
from tests.browser.room import act, expect_current, expect_flag, flags, keys, open_beside, saved, status

pytestmark = [pytest.mark.browser, pytest.mark.client]


def test_two_tabs_of_one_person_agree(room, brief, dan):
    beside = open_beside(room, brief)
    keys(room, "p", "x")
    expect_flag(beside, 1, "pick")
    expect_flag(beside, 2, "reject")
    expect_current(beside, 1)  # told, and not moved
    keys(beside, "Shift+u")
    expect_flag(room, 1, "unflagged")
    expect_current(room, 3)
    room.keyboard.press("Control+z")  # its own last act
    expect_flag(room, 2, "unflagged")

    saved(room)
    expect_flag(beside, 2, "unflagged")
    assert flags(dan) == {1: "unflagged", 2: "unflagged"}


@pytest.mark.expected_errors("ERR_INTERNET_DISCONNECTED")
def test_a_tab_that_stayed_open_sends_what_a_closed_one_kept_in_its_order(room, brief, dan):
    beside = open_beside(room, brief)
    room.context.set_offline(True)
    room.keyboard.press("p")
    expect(status(room)).to_contain_text("1 mark is")
    room.close()
    beside.keyboard.press("x")
    expect(status(beside)).to_contain_text("2 marks are")
    beside.context.set_offline(False)

    saved(beside)
    assert flags(dan) == {1: "reject"}
    assert Mark.objects.count() == 2


def test_what_a_colleague_does_is_shown_and_overwrites_nothing(room, candidates, dan, maya):
    room.keyboard.press("p")
    saved(room)
    marking.flag(candidates[0], by=maya, value="reject", rating=2)
    marking.flag(candidates[3], by=maya, value="pick")

    expect(room.locator(".tile").nth(0).locator("[data-theirs]")).to_contain_text("M")
    expect_flag(room, 1, "pick")
    expect(room.locator("[data-agreement]")).to_have_text("Agreement 0 of 1")
    act(room, "reject").click()
    expect_flag(room, 2, "reject")
    saved(room)
    assert (flags(dan), flags(maya)) == ({1: "pick", 2: "reject"}, {1: "reject", 4: "pick"})


def test_news_that_the_hand_overtook_turns_nothing_back(room, dan, monkeypatch):
    asked = server_room.feed
    looked, on = threading.Event(), threading.Event()

    def slow(*args, **more):
        told = asked(*args, **more)
        if told:
            looked.set()
            assert on.wait(TIMEOUT / 1000)
        return told

    monkeypatch.setattr(server_room, "feed", slow)
    room.keyboard.press("Shift+p")
    saved(room)
    assert looked.wait(TIMEOUT / 1000)
    room.keyboard.press("Shift+x")
    saved(room)
    room.evaluate(
        """() => {
          window.seen = []
          const tile = document.querySelector(".tile")
          const look = () => window.seen.push(tile.dataset.flag)
          new MutationObserver(look).observe(tile, { attributeFilter: ["data-flag"] })
        }"""
    )

    with room.expect_response(lambda reply: "since=" in reply.url) as late:
        on.set()
    with room.expect_response(lambda reply: "since=" in reply.url) as again:
        pass

    assert late.value.json()["marks"][0][2] == "pick"
    assert again.value.json()["marks"][0][2] == "reject"
    expect_flag(room, 1, "reject")
    assert "pick" not in room.evaluate("window.seen")
