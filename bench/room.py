"""The culling room in Chromium: from a key to the next picture, opening, scrolling, and a whole session.

Pictures of 1024 x 1024 that are as hard to encode as photographs. The other side is our own way page by page, which
works without JavaScript: a key presses a button, the form is posted, the next page and its picture are loaded.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from playwright.sync_api import Browser, Page

from bench import browser, stage
from bench.results import Measured
from bench.saving import SIDE, Sleeper
from creative.models import Brief
from generation import scheduling
from generation.models import Candidate

FEW, SOME, MORE, MANY = 20, 200, 500, 2000  # candidates
KEYS = 60
OPENINGS = 7  # of a room, each in a window without a cache

# Writes down, for each key, the milliseconds until the next picture was painted, and whether it had to be fetched then.
# Event Timing is the browser's own measure from the key to the next frame on the screen (in steps of 8 ms, from 16 ms).
ROOM_SCRIPT = """
window.keys = []
const painted = new Map()
new PerformanceObserver((list) => list.getEntriesByType("event").forEach((entry) =>
  entry.name === "keydown" && painted.set(entry.startTime, entry.duration)
)).observe({type: "event", durationThreshold: 16})
const picture = () => document.querySelector(".pane img")
window.measured = () => keys.map((key) => Math.max(key.ms, painted.get(key.start) ?? 0))
addEventListener("keydown", (event) => {
  const before = picture()?.src
  if (!before) return
  const key = {start: event.timeStamp}
  const look = () => {
    const image = picture()
    if (image.src === before || !image.src.includes("/large/") || !image.complete) return requestAnimationFrame(look)
    const {port1, port2} = new MessageChannel()
    port1.onmessage = () => {
      key.ms = performance.now() - key.start
      key.fetched = performance.getEntriesByName(image.src).some((entry) => entry.responseEnd > key.start)
      keys.push(key)
    }
    port2.postMessage(null)  // heard once this frame is painted
  }
  requestAnimationFrame(look)
}, true)
"""

GRID_SCRIPT = """
window.durations = []
new PerformanceObserver((list) => durations.push(...list.getEntriesByName("keydown").map(({duration}) => duration)))
  .observe({type: "event", durationThreshold: 16})
"""

# The same over a page load: the clock of the first page is carried to the next one.
PAGE_SCRIPT = """
const now = () => performance.timeOrigin + performance.now()
addEventListener("keydown", (event) => sessionStorage.pressed = performance.timeOrigin + event.timeStamp, true)
addEventListener("DOMContentLoaded", async () => {
  const image = document.querySelector(".review .exhibit img")
  if (!image) return
  await image.decode()
  requestAnimationFrame(() => {
    const {port1, port2} = new MessageChannel()
    port1.onmessage = () => {
      if (sessionStorage.pressed) window.took = now() - Number(sessionStorage.pressed)
      window.ready = true
    }
    port2.postMessage(null)
  })
})
"""

OPENED = """
new Promise((resolve) => {
  const look = () => {
    const tile = document.querySelector('.tile[aria-current="true"] img')
    const usable = tile?.complete && tile.naturalWidth && document.activeElement?.matches("[data-stage]")
    if (!usable) return requestAnimationFrame(look)
    const {port1, port2} = new MessageChannel()
    port1.onmessage = () => resolve(performance.now())
    port2.postMessage(null)
  }
  look()
})
"""

AT_THE_BOTTOM = """
(() => {
  const grid = document.querySelector("[data-grid]")
  return grid.scrollTop + grid.clientHeight >= grid.scrollHeight - 2
})()
"""


@dataclass(frozen=True)
class Place:
    """A room's brief, and the window in front of it."""

    here: stage.Stage
    brief: Brief
    page: Page

    @property
    def room(self) -> str:
        return f"/briefs/{self.brief.pk}/cull/"


@lru_cache(maxsize=1)
def _pictures() -> tuple[stage.Stage, list[Candidate]]:
    """As many as are culled in one sitting, made once."""
    here = stage.with_stand_in(side=SIDE, batch_size=1)
    for _ in range(SOME // 100):
        here.order(100)
    scheduling.work(Sleeper(0).load, worker="bench", saver_threads=2)
    return here, list(Candidate.objects.filter(project=here.project).order_by("pk"))


@contextmanager
def _windows() -> Iterator[Callable[..., Place]]:
    """`open(count, script)`: a window on a new brief of so many candidates that nobody has judged."""
    here, pictures = _pictures()
    with browser.served() as address, browser.chromium() as chromium:

        def opened(count: int, script: str = "") -> Place:
            brief = here.brief_holding(count, like=pictures, judged=False)
            if count <= SOME:
                here.find_in(brief)
            return Place(here, brief, browser.signed_in(_fresh(chromium), address, here, script=script))

        yield opened


def _fresh(chromium: Browser) -> Browser:
    """Nothing of an earlier window: its context, and with it the cache, is closed."""
    for context in chromium.contexts:
        context.close()
    return chromium


@dataclass(frozen=True)
class Steps:
    """Milliseconds of each step."""

    few: list[float]  # until the browser says that the frame was on the screen
    some: list[float]
    ours: list[float]  # of the few, until the page heard that the frame was painted
    pages: list[float]  # the same by full page load
    fetched: int  # how often a picture of ours came after its key


@lru_cache(maxsize=1)
def _steps() -> Steps:
    with _windows() as window:
        few, ours, fetched_of_few = _in_the_room(window(FEW, ROOM_SCRIPT))
        some, _, fetched_of_some = _in_the_room(window(SOME, ROOM_SCRIPT))
        return Steps(few, some, ours, _page_by_page(window(FEW, PAGE_SCRIPT)), fetched_of_few + fetched_of_some)


def _in_the_room(place: Place) -> tuple[list[float], list[float], int]:
    page = _opened(place)
    page.keyboard.press("e")
    page.wait_for_function("() => document.querySelector('.pane img')?.src.includes('/large/')")
    page.wait_for_timeout(1000)  # a look at the first one
    count = place.brief.candidates.count()
    for step in range(count - 1):
        _mark(page, step)
        page.wait_for_timeout(browser.THINKING)
    page.wait_for_function("count => keys.length >= count", arg=count - 1)
    fetched = page.evaluate("keys.filter((key) => key.fetched).length")
    return page.evaluate("measured()"), page.evaluate("keys.map((key) => key.ms)"), fetched


def _page_by_page(place: Place) -> list[float]:
    page, times = place.page, []
    first = place.brief.candidates.order_by("index").values_list("pk", flat=True)[0]
    page.goto(f"/candidates/{first}/")
    page.wait_for_function("() => window.ready")
    for step in range(place.brief.candidates.count() - 1):
        page.wait_for_timeout(browser.THINKING)
        with page.expect_navigation():
            _mark(page, step)
        page.wait_for_function("() => window.ready")
        times.append(float(page.evaluate("window.took")))
    return times


def key_to_paint(percent: int) -> Measured:
    steps = _steps()
    at = [_percentile(times, percent) for times in (steps.few, steps.some)]
    what = (
        f"From the key that marks to the next picture painted in the loupe, {percent}th percentile, the worse of {FEW} "
        f"(ours) and {SOME} (other) candidates of {SIDE} x {SIDE}, a key each {browser.THINKING} ms; marks go to the "
        f"server meanwhile. Pictures fetched after their key: {steps.fetched}."
    )
    return Measured(max(at), at[0], at[1], "milliseconds", what)


def key_to_paint_vs_page_load() -> Measured:
    steps = _steps()
    ours, other = _percentile(steps.ours, 75), _percentile(steps.pages, 75)
    what = (
        f"The same step by full page load / ours, 75th percentile, {FEW} candidates of {SIDE} x {SIDE}; both until the "
        f"page hears that the frame with the picture was painted."
    )
    return Measured(other / ours, ours, other, "milliseconds", what)


def key_to_paint_grid() -> Measured:
    """By Event Timing alone: what it does not report took less than 16 ms."""
    times = []
    with _windows() as window:
        for count in (MANY, FEW):
            page = _opened(window(count, GRID_SCRIPT))
            page.wait_for_timeout(1000)
            for step in range(KEYS):
                _mark(page, step)
                page.wait_for_timeout(browser.THINKING)
            reported = page.evaluate("durations")
            times.append(reported + [16.0] * (KEYS - len(reported)))
    ours, other = (_percentile(each, 95) for each in times)
    what = (
        f"From the key that marks to the next frame painted in the grid, 95th percentile of {KEYS} keys, a key each "
        f"{browser.THINKING} ms: {MANY:,} (ours) and {FEW} (other) candidates; 16 means at most 16."
    )
    return Measured(ours, ours, other, "milliseconds", what)


def _mark(page: Page, step: int) -> None:
    """One in ten is picked."""
    page.keyboard.press("p" if step % 10 == 3 else "x")


def _opened(place: Place) -> Page:
    place.page.goto(place.room)
    place.page.wait_for_selector("[data-stage]:focus")
    return place.page


def _percentile(times: list[float], percent: int) -> float:
    """The smallest one that so many percent do not exceed."""
    return sorted(times)[math.ceil(len(times) * percent / 100) - 1]


@dataclass(frozen=True)
class Opening:
    ms: float
    nodes: int
    bytes: int


@lru_cache(maxsize=3)
def _opening(count: int) -> Opening:
    with _windows() as window:
        found = []
        for _ in range(OPENINGS):
            place = window(count)
            response = place.page.goto(place.room, wait_until="commit")
            assert response is not None
            ms = float(place.page.evaluate(OPENED))
            nodes = int(place.page.evaluate("document.querySelectorAll('*').length"))
            found.append(Opening(ms, nodes, len(response.body())))
    return sorted(found, key=lambda opening: opening.ms)[len(found) // 2]


def room_open() -> Measured:
    few, more = _opening(FEW), _opening(MORE)
    what = (
        f"Time until the first picture is there and keys are heard, {MORE} / {FEW} candidates of {SIDE} x {SIDE}; "
        f"median of {OPENINGS}, nothing cached."
    )
    return Measured(more.ms / few.ms, more.ms, few.ms, "milliseconds", what)


def room_nodes() -> Measured:
    ours, other = _opening(MANY).nodes, _opening(MORE).nodes
    what = f"Elements of the page, {MANY:,} / {MORE} candidates; with {FEW} there are {_opening(FEW).nodes}."
    return Measured(ours / other, ours, other, "elements", what)


def room_bytes() -> Measured:
    few, more, many = (_opening(count).bytes for count in (FEW, MORE, MANY))
    ours, other = (many - more) / (MANY - MORE), (more - few) / (MORE - FEW)
    what = (
        f"Bytes of the page for one more candidate, between {MORE} and {MANY:,} / between {FEW} and {MORE}; nobody has "
        f"marked any. The page with {FEW} has {few:,} bytes."
    )
    return Measured(ours / other, ours, other, "bytes a candidate", what)


def room_scroll() -> Measured:
    """Chromium reports tasks from 50 ms on; what it reports none of is below."""
    longest = []
    with _windows() as window:
        for count in (MANY, MORE):
            place = window(
                count,
                "window.tasks = []; new PerformanceObserver((list) => tasks.push(...list.getEntries()"
                ".map(({duration}) => duration))).observe({type: 'longtask'})",
            )
            page = _opened(place)
            page.wait_for_timeout(500)
            page.evaluate("tasks.length = 0")
            page.mouse.move(700, 400)
            while not page.evaluate(AT_THE_BOTTOM):
                page.mouse.wheel(0, 900)
                page.wait_for_timeout(16)
            longest.append(max([50.0, *page.evaluate("tasks")]))
    what = (
        f"The longest task of the main thread while a wheel scrolls {MANY} (ours) and {MORE} (other) candidates from "
        f"top to bottom; the browser reports none below 50 ms, so 50 is none."
    )
    return Measured(longest[0], longest[0], longest[1], "milliseconds", what)


def cull_session() -> Measured:
    """Twenty to two with one compare: seventeen rejects, three picks, two of them compared, two shortlisted."""
    with _windows() as window:
        ours, our_keys = _session_in_the_room(window(FEW, ROOM_SCRIPT))
        theirs, their_keys = _session_page_by_page(window(FEW, PAGE_SCRIPT))
    what = (
        f"A script that never thinks culls {FEW} to 2: page by page / ours. Every candidate is seen and marked, two "
        f"picks are compared, one is rejected, two are shortlisted. Keys: {our_keys} in the room, {their_keys} page by "
        f"page."
    )
    return Measured(theirs / ours, ours, theirs, "seconds", what)


PICKED = (3, 8, 14)  # of the twenty, counted from 0


def _session_in_the_room(place: Place) -> tuple[float, int]:
    page, keys = _opened(place), 0

    def press(key: str, until: str) -> None:
        nonlocal keys
        page.keyboard.press(key)
        page.wait_for_function(f"() => {until}")
        keys += 1

    loaded = (
        "[...document.querySelectorAll('.pane img')].every((image) => image.complete && image.src.includes('/large/'))"
    )
    started = time.perf_counter()
    press("e", f"document.querySelector('.pane') && {loaded}")
    for index in range(FEW):
        press("p" if index in PICKED else "x", loaded)
    press("n", f"document.querySelectorAll('.pane').length === {len(PICKED)} && {loaded}")
    press("c", f"document.querySelector('[data-role=challenger]') && {loaded}")
    press("x", loaded)
    press("n", f"document.querySelectorAll('.pane').length === 2 && {loaded}")
    for listed, place_in_survey in enumerate(("Home", "End"), 1):
        press(place_in_survey, loaded)
        press("b", f"document.querySelectorAll('#tray li').length === {listed}")
    return time.perf_counter() - started, keys


def _session_page_by_page(place: Place) -> tuple[float, int]:
    page, keys = place.page, 0
    ids = list(place.brief.candidates.order_by("index").values_list("pk", flat=True))

    def press(key: str) -> None:
        nonlocal keys
        with page.expect_navigation():
            page.keyboard.press(key)
        page.wait_for_load_state()
        keys += 1

    def look(index: int) -> None:
        page.goto(f"/candidates/{ids[index]}/")
        page.wait_for_function("() => window.ready")

    look(0)
    started = time.perf_counter()
    for index in range(FEW):
        press("p" if index in PICKED else "x")
        if index + 1 < FEW:
            page.wait_for_function("() => window.ready")
    for index in (*PICKED[1:], PICKED[1]):  # one, the other, and the one again
        look(index)
        keys += 1  # a click somewhere
    look(PICKED[2])
    press("x")
    for index in PICKED[:2]:
        look(index)
        press("b")
        keys += 1
    return time.perf_counter() - started, keys
