"""Marks between hand and server: painted first, sent in order, and none lost by a network that fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, Request, Route, expect

from creative.models import Event
from review.culling import marking
from review.models import Mark
from tests.browser.conftest import TIMEOUT
from tests.browser.room import (
    entered,
    expect_current,
    expect_flag,
    flags,
    kept,
    keys,
    saved,
    status,
    tile,
)

pytestmark = [pytest.mark.browser, pytest.mark.client]

SENDING = "**/marks/"  # what is asked for has a query behind it


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """The server hears no mark until the test says that it may."""
    mark = marking.mark
    held = SimpleNamespace(reached=threading.Event(), over=threading.Event())

    def wait_and_mark(*args, **more) -> bool:
        held.reached.set()
        assert held.over.wait(TIMEOUT / 1000)
        return mark(*args, **more)

    monkeypatch.setattr(marking, "mark", wait_and_mark)
    yield held
    held.over.set()


@contextmanager
def answered_by(page: Page, answer: Callable[[Route], object]) -> Iterator[None]:
    page.route(SENDING, answer)
    yield
    page.unroute(SENDING)


def told() -> list[dict]:
    """What the log says was marked, in order."""
    changes = [event.data["changes"] for event in Event.objects.filter(act="candidates.marked").order_by("sequence")]
    return [{name: value for name, value in change.items() if name != "candidates"} for [change] in changes]


def test_a_mark_is_painted_before_anything_is_sent(room, dan, held):
    painted = room.evaluate(
        """() => {
          let asked = 0
          const send = window.fetch
          window.fetch = (...words) => { asked++; return send(...words) }
          document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key: "p", code: "KeyP", bubbles: true, cancelable: true }))
          const [first, second] = document.querySelectorAll(".tile")
          return [first.dataset.flag, second.getAttribute("aria-current"), asked]
        }"""
    )
    assert painted == ["pick", "true", 0]  # in the very task that heard the key
    assert held.reached.wait(TIMEOUT / 1000)
    keys(room, "x", "ArrowLeft")
    expect_flag(room, 2, "reject")
    expect_current(room, 2)
    assert (flags(dan), kept(room)) == ({}, 2)

    held.over.set()
    saved(room)
    assert flags(dan) == {1: "pick", 2: "reject"}


def test_marks_made_while_one_is_under_way_follow_it_in_their_order(room, dan, held):
    sent: list[int] = []
    room.on("request", lambda request: sent.extend(sizes(request)))
    room.keyboard.press("Shift+p")
    assert held.reached.wait(TIMEOUT / 1000)
    keys(room, "Shift+x", "Shift+3", "Shift+u", "Shift+x")
    held.over.set()
    saved(room)

    assert sent == [1, 4]
    assert told() == [
        {"value": "pick"},
        {"value": "reject"},
        {"rating": 3},
        {"value": "unflagged"},
        {"value": "reject"},
    ]
    assert flags(dan) == {1: "reject"}
    expect_flag(room, 1, "reject")


def sizes(request: Request) -> list[int]:
    """How many marks a request brings."""
    sent = request.post_data_json
    return [len(sent["marks"])] if sent else []


@pytest.mark.expected_errors("ERR_INTERNET_DISCONNECTED")
def test_marks_made_without_a_network_are_kept_told_and_sent_once(room, dan):
    room.context.set_offline(True)
    keys(room, "p", "x", "4")
    expect(status(room)).to_have_text("No connection: 3 marks are kept here and sent when it is back.")
    expect_flag(room, 1, "pick")
    expect_current(room, 4)
    assert (flags(dan), kept(room)) == ({}, 3)

    room.context.set_offline(False)
    saved(room)

    expect(status(room)).to_have_text("")
    assert flags(dan) == {1: "pick", 2: "reject", 3: "unflagged"}
    assert told() == [{"value": "pick"}, {"value": "reject"}, {"rating": 4}]
    assert Mark.objects.count() == 3


@pytest.mark.expected_errors("ERR_INTERNET_DISCONNECTED")
def test_marks_of_a_closed_tab_are_there_when_the_room_is_opened_again(room, brief, dan, held):
    room.context.set_offline(True)
    keys(room, "p", "x")
    expect(status(room)).to_contain_text("2 marks")
    room.close()
    room.context.set_offline(False)

    again = room.context.new_page()
    entered(again, brief)
    expect_flag(again, 1, "pick")
    expect_flag(again, 2, "reject")
    expect_current(again, 3)  # the first that is unflagged, by what is kept too
    assert flags(dan) == {}

    held.over.set()
    saved(again)
    assert flags(dan) == {1: "pick", 2: "reject"}


@pytest.mark.expected_errors("ERR_INTERNET_DISCONNECTED")
def test_marks_of_a_closed_tab_go_out_from_any_page(room, dan):
    room.context.set_offline(True)
    keys(room, "p", "x")
    expect(status(room)).to_contain_text("2 marks")
    room.close()
    room.context.set_offline(False)

    home = room.context.new_page()
    home.goto("/")

    saved(home)
    assert flags(dan) == {1: "pick", 2: "reject"}
    assert told() == [{"value": "pick"}, {"value": "reject"}]


@pytest.mark.expected_errors("ERR_FAILED|ERR_INTERNET_DISCONNECTED")
def test_a_mark_whose_answer_was_lost_counts_once(room, dan):
    def lose_the_answer(route: Route) -> None:
        assert route.fetch().ok
        route.abort()

    with answered_by(room, lose_the_answer):
        room.keyboard.press("p")
        expect(status(room)).to_contain_text("1 mark is kept here")
        assert (flags(dan), kept(room)) == ({1: "pick"}, 1)
    saved(room)

    expect(status(room)).to_have_text("")
    assert (Mark.objects.count(), told()) == (1, [{"value": "pick"}])
    expect_flag(room, 1, "pick")


def test_an_answer_that_breaks_off_is_no_answer(room, dan):
    def break_off(route: Route) -> None:
        route.fulfill(status=200, content_type="application/json", body='{"marks": [[')

    with answered_by(room, break_off):
        room.keyboard.press("p")
        expect(status(room)).to_contain_text("1 mark is kept here")
        assert flags(dan) == {}
    saved(room)

    assert flags(dan) == {1: "pick"}


@pytest.mark.expected_errors("500|503|429")
@pytest.mark.parametrize("failure", [500, 503, 429])
def test_a_server_that_fails_is_tried_again(room, dan, failure):
    with answered_by(room, lambda route: route.fulfill(status=failure)):
        keys(room, "p", "x")
        expect(status(room)).to_contain_text("2 marks are kept here")
    saved(room)

    expect(status(room)).to_have_text("")
    assert told() == [{"value": "pick"}, {"value": "reject"}]


def test_the_server_is_not_asked_for_what_is_so_already(room, dan):
    sent: list[str] = []
    room.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    keys(room, "Shift+u", "Shift+0", "Shift+p", "Shift+p")
    saved(room)

    assert (len(sent), told()) == (1, [{"value": "pick"}])


FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
FORBIDDEN = """Object.defineProperty(window, "localStorage",
  { get() { throw new DOMException("none", "SecurityError") } })"""


@pytest.mark.parametrize("storage", [FULL, FORBIDDEN], ids=["full", "forbidden"])
def test_marks_are_made_and_sent_by_a_browser_that_keeps_nothing(
    transactional_db, open_as, candidates, brief, dan, storage
):
    page = open_as(dan)
    page.add_init_script(storage)
    entered(page, brief)

    with page.expect_response(SENDING):
        page.keyboard.press("p")
    expect_flag(page, 1, "pick")
    page.keyboard.press("a")
    with page.expect_response(SENDING):
        page.keyboard.press("x")

    expect(tile(page, 2)).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("checkbox", name="Go on")).not_to_be_checked()
    assert flags(dan) == {1: "pick", 2: "reject"}


@pytest.mark.expected_errors("ERR_INTERNET_DISCONNECTED")
def test_a_clock_set_back_between_two_marks_lets_the_later_one_stand(room, dan):
    room.context.set_offline(True)
    keys(room, "p", "ArrowLeft")
    room.clock.set_fixed_time("2020-01-01T00:00:00Z")
    keys(room, "x")
    room.context.set_offline(False)
    saved(room)

    assert flags(dan)[1] == "reject"
