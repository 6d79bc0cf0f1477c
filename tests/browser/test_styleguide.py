"""The page of components as people see it: in light and dark, on a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import NO_SCROLL, PHONE, serious

pytestmark = [pytest.mark.browser, pytest.mark.client]

SCREENS = {"a desk": {"width": 1440, "height": 900}, "a phone": PHONE}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_every_component_is_for_everybody(version, dan, open_as, theme, screen):
    page = open_as(dan, color_scheme=theme, viewport=SCREENS[screen], reduced_motion="reduce")
    page.goto("/styleguide/")

    assert page.evaluate(NO_SCROLL)
    assert serious(page) == []
    page.get_by_role("button", name="Send 1 to review").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert serious(page) == []


def test_an_example_is_pressed_in_vain_and_says_so(version, dan, open_as):
    page = open_as(dan)
    page.goto("/styleguide/")

    page.get_by_role("button", name="Show a toast").click()

    expect(page.get_by_role("status").get_by_text("nothing was changed")).to_be_visible()


def test_a_toast_is_read_and_dismissed_also_while_a_dialog_is_open(version, dan, open_as):
    page = open_as(dan)
    page.goto("/styleguide/")
    page.get_by_role("button", name="Send 1 to review").click()
    page.evaluate("import('winnow/toast').then(({ tell }) => tell('The server did not answer.'))")

    page.get_by_role("dialog").get_by_text("The server did not answer.").click()
    page.keyboard.press("Escape")
    expect(page.get_by_text("The server did not answer.")).to_be_visible()
    page.get_by_role("button", name="Dismiss").last.click()
    expect(page.get_by_text("The server did not answer.")).to_be_hidden()
