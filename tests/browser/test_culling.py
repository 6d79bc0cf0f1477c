"""The culling room in a real browser: keys, focus, arrivals, and what happens when a mark can't be saved."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from creative.models import User
from generation import rendering, runs
from review.models import Flag
from tests import make
from tests.browser.conftest import OpenAs
from tests.painter import Painter

pytestmark = pytest.mark.browser


@pytest.fixture
def room(transactional_db, open_as: OpenAs, candidates, brief, dan) -> Page:
    page = open_as(dan)
    page.goto(f"/briefs/{brief.pk}/cull/")
    expect(page.locator(".frame").first).to_be_focused()
    return page


def frame(page: Page, number: int):
    return page.locator(".frame").nth(number - 1)


def flags(person: User) -> list[str]:
    return list(Flag.objects.filter(person=person).order_by("candidate__index").values_list("value", flat=True))


def saved(page: Page, count: int) -> None:
    """Marks are sent behind the hand; this waits until `count` were answered."""
    page.wait_for_function("count => window.answers >= count", arg=count)


def count_answers(page: Page) -> None:
    page.evaluate(
        """() => { window.answers = 0; const send = window.fetch
        window.fetch = (...a) => send(...a).finally(() => setTimeout(() => window.answers++)) }"""
    )


def test_a_held_key_judges_once(room, dan):
    count_answers(room)
    for _ in range(6):
        room.keyboard.down("x")  # after the first, Chromium says that it repeats
    room.keyboard.up("x")

    saved(room, 1)
    expect(frame(room, 2)).to_be_focused()
    assert flags(dan) == ["reject"]


def test_a_held_arrow_moves_on(room):
    for _ in range(3):
        room.keyboard.down("ArrowRight")
    room.keyboard.up("ArrowRight")

    expect(frame(room, 4)).to_be_focused()


def test_letters_work_under_caps_lock(room, dan):
    count_answers(room)
    for key, code in (("P", "KeyP"), ("X", "KeyX")):
        press(room, key=key, code=code)

    saved(room, 2)
    assert flags(dan) == ["pick", "reject"]


def test_digits_count_by_their_place_on_the_keyboard(room, dan):
    count_answers(room)
    press(room, key="é", code="Digit2")  # as a French keyboard says

    saved(room, 1)
    assert Flag.objects.get(person=dan).rating == 2


def press(page: Page, **event: str) -> None:
    page.evaluate(
        "event => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {...event, bubbles: true, cancelable: true}))",
        event,
    )


def test_shift_does_the_opposite_of_going_on(room, dan):
    count_answers(room)
    room.keyboard.press("Shift+p")
    expect(frame(room, 1)).to_be_focused()
    expect(frame(room, 1)).to_have_attribute("data-flag", "pick")
    room.get_by_label("Go on after a mark").uncheck()
    frame(room, 1).locator("img").click()
    room.keyboard.press("x")
    expect(frame(room, 1)).to_have_attribute("aria-current", "true")
    room.keyboard.press("Shift+u")
    expect(frame(room, 2)).to_have_attribute("aria-current", "true")

    saved(room, 3)
    assert flags(dan) == ["unflagged"]


def test_modifiers_leave_the_browser_its_shortcuts(room, dan):
    room.keyboard.press("Control+p")
    room.keyboard.press("Alt+x")

    expect(frame(room, 1)).to_have_attribute("data-flag", "unflagged")
    assert flags(dan) == []


def test_undo_goes_back_all_the_way(room, dan):
    count_answers(room)
    for key in ("p", "x", "3"):
        room.keyboard.press(key)
    for _ in range(4):  # one more than there is to undo
        room.keyboard.press("Control+z")

    saved(room, 6)
    expect(frame(room, 1)).to_be_focused()
    assert set(flags(dan)) == {"unflagged"}
    assert not Flag.objects.exclude(rating=0).exists()


@pytest.mark.expected_errors("ERR_FAILED")
def test_a_mark_that_is_not_saved_is_told_and_taken_back(room, dan):
    count_answers(room)
    room.route("**/flag/", lambda route: route.abort())
    room.keyboard.press("p")
    failure = frame(room, 1).locator(".failure")

    expect(failure).to_be_visible()
    expect(failure).to_contain_text("taken back")
    expect(frame(room, 1)).to_have_attribute("data-flag", "unflagged")
    expect(frame(room, 2)).to_be_focused()
    assert flags(dan) == []

    room.unroute("**/flag/")
    room.keyboard.press("ArrowLeft")
    room.keyboard.press("p")
    expect(failure).to_be_hidden()
    saved(room, 2)
    assert flags(dan) == ["pick"]


@pytest.mark.expected_errors("403")
def test_a_right_that_ended_meanwhile_is_told_too(room, dan):
    dan.memberships.update(role="legal")
    room.keyboard.press("p")

    expect(frame(room, 1).locator(".failure")).to_be_visible()
    expect(frame(room, 1)).to_have_attribute("data-flag", "unflagged")


def test_arrivals_go_to_the_end_and_leave_the_hand_alone(transactional_db, open_as, run, brief, dan, painter):
    batch = make_some(painter, 1)
    page = open_as(dan)
    page.goto(f"/briefs/{brief.pk}/cull/")
    expect(frame(page, 2)).to_be_attached()
    page.keyboard.press("ArrowRight")
    expect(frame(page, 2)).to_be_focused()
    before = ids(page)
    assert batch == 1

    rendering.work(painter.load, worker="test", saver_threads=0)

    expect(page.locator(".frame")).to_have_count(5)
    expect(page.locator(".filmstrip > *")).to_have_count(5)
    expect(frame(page, 2)).to_be_focused()
    assert ids(page)[:2] == before
    page.keyboard.press("p")
    expect(frame(page, 2)).to_have_attribute("data-flag", "pick")


def test_the_first_arrival_is_there_to_be_judged(transactional_db, open_as, run, brief, dan, painter):
    page = open_as(dan)
    page.goto(f"/briefs/{brief.pk}/cull/")
    expect(page.get_by_text("on their way")).to_be_visible()

    rendering.work(painter.load, worker="test", saver_threads=0)

    expect(page.locator(".frame")).to_have_count(5)
    expect(frame(page, 1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("x")
    expect(frame(page, 1)).to_have_attribute("data-flag", "reject")


def make_some(painter: Painter, batches: int) -> int:
    """Render so many batches and leave the rest waiting."""
    from generation import scheduling

    made = 0
    with rendering.Saver(threads=0) as saver:
        while made < batches and (batch := scheduling.claim_next("test")):
            rendering.render_batch(batch, painter.load, saver)
            made += 1
    return made


def ids(page: Page) -> list[str]:
    return page.locator(".frame").evaluate_all("frames => frames.map(frame => frame.id)")


def test_the_room_opens_where_the_hand_left_off(room, open_as, brief, dan):
    count_answers(room)
    room.keyboard.press("p")
    room.keyboard.press("x")
    saved(room, 2)

    room.reload()

    expect(frame(room, 3)).to_be_focused()
    expect(room.locator("[data-left]")).to_have_text("3 left")


def test_focus_comes_back_from_the_keys_and_the_tray(room):
    room.keyboard.press("ArrowRight")
    room.keyboard.press("?")
    expect(room.locator("#keys")).to_be_visible()
    room.keyboard.press("x")  # belongs to the dialog now
    room.keyboard.press("Escape")
    expect(room.locator("#keys")).to_be_hidden()
    expect(frame(room, 2)).to_be_focused()
    expect(frame(room, 1)).to_have_attribute("data-flag", "unflagged")

    room.keyboard.press("b")
    expect(frame(room, 2)).to_have_attribute("data-listed", "true")
    expect(room.locator(".tray [data-candidate]")).to_have_count(1)
    expect(frame(room, 2)).to_be_focused()
    room.keyboard.press("b")
    expect(frame(room, 2)).to_have_attribute("data-listed", "false")


def test_each_person_has_their_own_flags(room, open_as, brief, dan, maya):
    count_answers(room)
    room.keyboard.press("p")
    saved(room, 1)

    page = open_as(maya)
    page.goto(f"/briefs/{brief.pk}/cull/")

    expect(frame(page, 1)).to_have_attribute("data-flag", "unflagged")
    expect(page.locator("[data-shortlist]")).to_have_count(0)


def test_more_candidates_show_in_an_open_brief_page(transactional_db, open_as, candidates, brief, maya, painter):
    page = open_as(maya)
    page.goto(f"/briefs/{brief.pk}/")
    page.get_by_label("How many more?").fill("2")
    page.get_by_role("button", name="Make more").click()
    expect(page.locator("#live .tile--pending")).to_have_count(2)

    make.candidates(runs.Run.objects.latest("pk"), painter)

    expect(page.locator("#live .tile:not(.tile--pending)")).to_have_count(7)
    expect(page.locator("#live .tile--pending")).to_have_count(0)
