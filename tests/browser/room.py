"""The culling room as its tests handle it: opened, read, and waited for. Candidates by their number, from 1."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Locator, Page, expect

from creative.models import Brief, User
from review.models import Flag

if TYPE_CHECKING:
    from tests.browser.conftest import OpenAs

KEPT = "Object.keys(localStorage).filter(key => key.startsWith('outbox:')).length"


def open_room(open_as: OpenAs, person: User, brief: Brief, **more: Any) -> Page:
    return entered(open_as(person, **more), brief)


def open_beside(page: Page, brief: Brief) -> Page:
    """Another tab of the same browser."""
    return entered(page.context.new_page(), brief)


def entered(page: Page, brief: Brief) -> Page:
    page.goto(f"/briefs/{brief.pk}/cull/")
    expect(stage(page)).to_be_focused()
    return page


def stage(page: Page) -> Locator:
    return page.locator("[data-stage]")


def tile(page: Page, number: int) -> Locator:
    return _of(page, ".tile", number)


def cell(page: Page, number: int) -> Locator:
    """In the filmstrip, which has no numbers: by its place."""
    return page.locator(f'.cell[aria-posinset="{number}"]')


def pane(page: Page, number: int) -> Locator:
    return _of(page, ".pane", number)


def _of(page: Page, kind: str, number: int) -> Locator:
    return page.locator(kind).filter(has=page.locator("[data-number]", has_text=re.compile(rf"^{number}$")))


def act(page: Page, name: str) -> Locator:
    """The button of an act, where it is to be seen: in the head, a menu of it, or the bar of marks."""
    return page.locator(f":is(header, [data-marking]) [data-act='{name}']").filter(visible=True)


def by_button(page: Page, name: str) -> None:
    """By its button, or in the menu where the window has no room for one."""
    if not act(page, name).count():
        page.get_by_role("button", name="More", exact=True).click()
    act(page, name).click()


def show_only(page: Page, name: str) -> None:
    """By the menu of filters."""
    page.get_by_role("button", name="Which candidates").click()
    page.locator(f"#filters [data-filter='{name}']").click()


def hear(page: Page) -> None:
    """Ask what changed now, as a tab does that is looked at again, and not at the next time."""
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")


def keys(page: Page, *pressed: str) -> None:
    """One after the other."""
    for key in pressed:
        page.keyboard.press(key)


def expect_view(page: Page, name: str) -> None:
    expect(page.locator("[data-cull]")).to_have_attribute("data-view", name)
    expect(page.locator(f"[data-view-button={name}]")).to_have_attribute("aria-pressed", "true")


def expect_panes(page: Page, *numbers: int) -> None:
    expect(page.locator(".pane [data-number]")).to_have_text([str(number) for number in numbers])


def expect_pair(page: Page, select: int, challenger: int) -> None:
    expect(page.locator(".pane[data-role=select] [data-number]")).to_have_text(str(select))
    expect(page.locator(".pane[data-role=challenger] [data-number]")).to_have_text(str(challenger))


def expect_active(page: Page, number: int) -> None:
    """The pane that a mark is for."""
    expect(page.locator(".pane[aria-current=true] [data-number]")).to_have_text(str(number))


def status(page: Page) -> Locator:
    """What the room says of marks that were not sent yet."""
    return page.locator("[data-status]")


def expect_current(page: Page, number: int) -> None:
    """In the grid and in the strip: whichever shows."""
    expect(page.locator(".tile[aria-current=true] [data-number]")).to_have_text(str(number))


def expect_flag(page: Page, number: int, value: str) -> None:
    expect(tile(page, number)).to_have_attribute("data-flag", value)


def expect_announced(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.locator("[data-announce]")).to_contain_text(words)


def saved(page: Page) -> None:
    """Marks are sent behind the hand; this waits until none is kept in the browser any more."""
    page.wait_for_function(f"() => {KEPT} === 0")


def kept(page: Page) -> int:
    """Marks on their way to the server."""
    return page.evaluate(KEPT)


def flags(person: User) -> dict[int, str]:
    """As the server has them, by the candidate's number; what was never marked is left out."""
    rows = Flag.objects.filter(person=person).order_by("candidate__index").values_list("candidate__index", "value")
    return {index + 1: value for index, value in rows}


def marks(person: User) -> list[tuple[int, str, int, str, str]]:
    """(number, flag, rating, label, reason) as the server has them."""
    rows = Flag.objects.filter(person=person).order_by("candidate__index")
    fields = ("candidate__index", "value", "rating", "label", "reason")
    return [(index + 1, *rest) for index, *rest in rows.values_list(*fields)]


def press(page: Page, **event: Any) -> None:
    """A key as another keyboard, or Caps Lock, says it."""
    page.evaluate(
        "event => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {...event, bubbles: true, cancelable: true}))",
        event,
    )
