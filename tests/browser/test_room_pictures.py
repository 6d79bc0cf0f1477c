"""Looking closely in the room: 100 % and back, panning, what is fetched before it is asked for, and the info panel."""

from __future__ import annotations

import pytest
from playwright.sync_api import FloatRect, Page, expect

from tests.browser import crowds
from tests.browser.room import (
    entered,
    expect_active,
    expect_panes,
    expect_view,
    keys,
    open_room,
    pane,
    stage,
)

pytestmark = [pytest.mark.browser, pytest.mark.client]

NUDGE = 80  # CSS pixels that a key pans
SHOWN = """() => Object.fromEntries([...document.querySelectorAll('.pane')].map(pane => {
  const frame = pane.querySelector('.frame').getBoundingClientRect()
  const image = pane.querySelector('.frame img').getBoundingClientRect()
  const place = [image.left - frame.left, image.top - frame.top, image.width].map(Math.round)
  return [pane.querySelector('[data-number]').textContent, place]
}))"""

DECODED = """
  const decode = HTMLImageElement.prototype.decode
  window.decoded = []
  HTMLImageElement.prototype.decode = function () {
    return decode.call(this).finally(() => setTimeout(() => decoded.push(this.getAttribute('src'))))
  }
"""


@pytest.fixture
def large(transactional_db, run):
    return crowds.made(run, 6, size=crowds.LARGE)


@pytest.fixture
def loupe(large, open_as, brief, dan) -> Page:
    page = open_room(open_as, dan, brief)
    keys(page, "e")
    expect_panes(page, 1)
    return page


def place(page: Page, number: int) -> tuple[int, int, int]:
    """Left, top and width of a picture in its pane, in CSS pixels."""
    return tuple(page.evaluate(SHOWN)[str(number)])


def expect_place(page: Page, number: int, wanted: tuple[int, int, int]) -> None:
    page.wait_for_function(
        f"([number, wanted]) => String(({SHOWN})()[number]) === wanted", arg=[number, joined(wanted)]
    )


def joined(numbers: tuple[int, ...]) -> str:
    return ",".join(str(number) for number in numbers)


def frame_of(page: Page, number: int) -> FloatRect:
    frame = pane(page, number).locator(".frame").bounding_box()
    assert frame
    return frame


def point_at(page: Page, number: int, x: float, y: float) -> tuple[float, float]:
    """Moves the pointer to a share of the pane; returns where that is from its corner."""
    frame = frame_of(page, number)
    page.mouse.move(frame["x"] + x * frame["width"], frame["y"] + y * frame["height"])
    return x * frame["width"], y * frame["height"]


def test_z_goes_to_100_percent_at_the_pointer_and_back(loupe):
    whole = left, top, width = place(loupe, 1)
    assert width < 1400
    x, y = point_at(loupe, 1, 0.45, 0.4)
    keys(loupe, "z")
    expect(pane(loupe, 1).locator("[data-level]")).to_have_text("100 %")
    near = place(loupe, 1)
    assert near[2] == 1400
    assert (x - near[0]) / 1400 == pytest.approx((x - left) / width, abs=0.002)
    assert (y - near[1]) / 1050 == pytest.approx((y - top) / width * 1400 / 1050, abs=0.002)
    exact = f"/candidates/{pane(loupe, 1).get_attribute('data-candidate')}/picture/"
    expect(pane(loupe, 1).locator("img")).to_have_attribute("src", exact)

    keys(loupe, "z")
    expect_place(loupe, 1, whole)
    expect(pane(loupe, 1).locator("[data-level]")).to_have_text("")
    loupe.mouse.click(*from_corner(loupe, x, y))
    expect_place(loupe, 1, near)


def from_corner(page: Page, x: float, y: float) -> tuple[float, float]:
    frame = frame_of(page, 1)
    return frame["x"] + x, frame["y"] + y


def test_moving_on_keeps_the_spot_and_panning_goes_by_key_drag_and_wheel(loupe):
    point_at(loupe, 1, 0.5, 0.5)
    keys(loupe, "z")
    left, top, width = place(loupe, 1)
    keys(loupe, "Shift+ArrowRight", "Shift+ArrowDown")
    expect_place(loupe, 1, (left - NUDGE, top - NUDGE, width))
    keys(loupe, "ArrowRight")
    expect_panes(loupe, 2)
    expect_place(loupe, 2, (left - NUDGE, top - NUDGE, width))

    point_at(loupe, 2, 0.5, 0.5)
    loupe.mouse.down()
    point_at(loupe, 2, 0.5, 0.3)
    moved = round(0.2 * frame_of(loupe, 2)["height"])
    loupe.mouse.up()
    expect(pane(loupe, 2).locator(".is-zoomed")).to_have_count(1)
    assert place(loupe, 2)[1] == pytest.approx(top - NUDGE - moved, abs=2)
    loupe.mouse.wheel(0, -40)
    loupe.wait_for_function(f"top => Math.abs(({SHOWN})()[2][1] - top) < 3", arg=top - NUDGE - moved + 40)
    before = place(loupe, 2)
    keys(loupe, "p")
    expect_panes(loupe, 3)
    expect_place(loupe, 3, before)
    for _ in range(30):
        keys(loupe, "Shift+ArrowUp")
    expect_place(loupe, 3, (before[0], 0, width))  # and no further than its edge
    keys(loupe, "Shift+ArrowDown")
    expect_place(loupe, 3, (before[0], -NUDGE, width))


def test_both_panes_of_compare_go_in_step_and_a_pinned_one_stays(loupe):
    keys(loupe, "c")
    expect_panes(loupe, 1, 2)
    point_at(loupe, 2, 0.5, 0.5)
    keys(loupe, "z")
    left, top, width = place(loupe, 2)
    assert place(loupe, 1) == (left, top, width)
    keys(loupe, "Shift+ArrowRight", "Shift+ArrowUp")
    for number in (1, 2):
        expect_place(loupe, number, (left - NUDGE, top + NUDGE, width))
    keys(loupe, "o", "k", "o")
    expect(pane(loupe, 1)).to_have_attribute("data-pinned", "")
    expect_active(loupe, 2)
    keys(loupe, "Shift+ArrowLeft")
    expect_place(loupe, 2, (left, top + NUDGE, width))
    expect_place(loupe, 1, (left - NUDGE, top + NUDGE, width))
    keys(loupe, "o", "Shift+ArrowDown")
    expect_place(loupe, 1, (left - NUDGE, top, width))
    expect_place(loupe, 2, (left, top + NUDGE, width))
    keys(loupe, "Escape")
    expect(pane(loupe, 1).locator(".is-zoomed")).to_have_count(0)
    keys(loupe, "Escape")
    expect_view(loupe, "grid")
    keys(loupe, "z")  # where the grid is: into the loupe
    expect_view(loupe, "loupe")
    expect(loupe.locator(".is-zoomed")).to_have_count(0)


def test_what_comes_next_is_here_before_it_is_asked_for(large, open_as, brief, dan):
    page = open_as(dan)
    page.add_init_script(DECODED)
    entered(page, brief)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    keys(page, "e")
    expect_decoded(page, *large[1:4])

    asked.clear()
    at_once = page.evaluate(
        """() => {
          document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'x', bubbles: true}))
          const image = document.querySelector('.pane img')
          return [image.getAttribute('src'), image.complete, image.naturalWidth]
        }"""
    )
    assert at_once == [whole(large[1]), True, 1024]
    expect_panes(page, 2)
    assert not [url for url in asked if whole(large[1]) in url]
    expect_decoded(page, large[4])  # and the next of the next goes on its way

    asked.clear()
    keys(page, "ArrowLeft", "ArrowLeft")
    expect_panes(page, 1)
    assert not [url for url in asked if "/large/" in url]


def whole(candidate) -> str:
    return f"/candidates/{candidate.pk}/thumbnails/large/"


def expect_decoded(page: Page, *candidates) -> None:
    page.wait_for_function("wanted => wanted.every(each => decoded.includes(each))", arg=list(map(whole, candidates)))


def test_the_info_panel_follows_once_the_hand_rests_and_hears_of_marks(loupe, large):
    asked: list[str] = []
    loupe.on("request", lambda request: asked.append(request.url) if request.url.endswith("/info/") else None)
    keys(loupe, "i")
    panel = loupe.get_by_role("complementary", name="Info")
    expect(panel.get_by_role("heading", name="Candidate 1")).to_be_visible()
    expect(panel).to_contain_text(str(large[0].seed))
    expect(panel).to_contain_text("Nobody marked it yet.")
    expect(stage(loupe)).to_be_focused()

    loupe.evaluate(
        """() => { for (let times = 4; times--;) document.activeElement.dispatchEvent(
        new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true, cancelable: true})) }"""
    )
    expect(panel.get_by_role("heading", name="Candidate 5")).to_be_visible()
    assert [url.split("/")[-3] for url in asked] == [str(large[0].pk), str(large[4].pk)]

    keys(loupe, "Shift+p", "Shift+4")
    expect(panel).to_contain_text("You picked it · 4★")
    keys(loupe, "Control+z")
    expect(panel).not_to_contain_text("4★")
    keys(loupe, "i")
    expect(panel).to_be_hidden()
    keys(loupe, "g", "i")
    expect(panel.get_by_role("heading", name="Candidate 5")).to_be_visible()
