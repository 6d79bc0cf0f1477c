"""A kit edited by hand: rows added and taken out by keys, without a script as well, and what two write at once."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from creative.models import Brand, Project, User
from tests import make
from tests.browser.conftest import OpenAs
from tests.browser.test_pages import NO_SCROLL, PHONE, serious

pytestmark = [pytest.mark.browser, pytest.mark.client]


@pytest.fixture
def kit(transactional_db, project: Project, pia: User) -> Brand:
    make.kit(project, pia, rules="Plain grounds.")
    return project.brand


def newest(brand: Brand):
    return Brand.objects.get(pk=brand.pk).kit


def open_form(open_as: OpenAs, brand: Brand, person: User, **more) -> Page:
    page = open_as(person, **more)
    page.goto(brand.get_absolute_url())
    page.get_by_role("link", name="Edit the kit").click()
    return page


def test_a_brand_reviewer_adds_a_colour_and_takes_one_out_by_keys(open_as, kit, bea):
    page = open_form(open_as, kit, bea)
    palette = page.locator("[data-formset]").first
    palette.get_by_role("button", name="Take this row out").nth(1).press("Enter")
    for _ in range(3):
        page.get_by_role("button", name="Another colour").press("Enter")
    expect(palette.get_by_label("Name").last).to_be_focused()
    page.keyboard.type("navy")
    palette.get_by_label("Choose a colour").last.fill("#1c285f")
    expect(palette.get_by_label("Hex").last).to_have_value("#1c285f")
    palette.get_by_label("Hex").last.press("Enter")
    expect(page.get_by_role("button", name="Save the kit")).to_be_visible()
    page.get_by_role("button", name="Save the kit").click()

    expect(page.get_by_text("Version 2 of the kit holds from now on.")).to_be_visible()
    assert [(colour.name, colour.hex) for colour in newest(kit).palette] == [("red", "#d6282e"), ("navy", "#1c285f")]
    page.get_by_role("link", name="Version 2").first.click()
    expect(page.get_by_text("Colour “teal” was taken out")).to_be_visible()


@pytest.mark.expected_errors("409")
def test_what_two_write_at_once_is_put_together_by_the_second(open_as, kit, bea, pia):
    mine, theirs = open_form(open_as, kit, bea), open_form(open_as, kit, pia)
    theirs.get_by_label("House style").fill("clean")
    theirs.get_by_role("button", name="Save the kit").click()
    expect(theirs.get_by_text("Version 2 of the kit")).to_be_visible()

    mine.get_by_label("Rules").fill("No people.")
    mine.get_by_role("button", name="Save the kit").click()
    expect(mine.get_by_role("alert")).to_contain_text("Pia wrote version 2 meanwhile")
    expect(mine.get_by_label("Rules")).to_have_value("No people.")
    mine.get_by_role("button", name="Save the kit").click()
    expect(mine.get_by_text("Version 3 of the kit")).to_be_visible()

    assert (newest(kit).rules, newest(kit).house_style) == ("No people.", "clean")


@pytest.mark.expected_errors("422")
def test_without_a_script_an_empty_row_is_there_and_an_emptied_one_goes(open_as, kit, pia):
    page = open_form(open_as, kit, pia, java_script_enabled=False)
    assert page.get_by_role("button", name="Another colour").count() == 0
    names, hexes = page.get_by_label("Name"), page.get_by_label("Hex")
    names.nth(0).fill("")
    hexes.nth(0).fill("")
    names.nth(2).fill("navy")
    hexes.nth(2).fill("blue")
    page.get_by_role("button", name="Save the kit").click()
    expect(page.get_by_text("Write its hex as # and six digits")).to_be_visible()
    expect(hexes.nth(2)).to_have_attribute("aria-invalid", "true")
    hexes.nth(2).fill("#1c285f")
    page.get_by_role("button", name="Save the kit").click()

    expect(page.get_by_role("heading", name="Palette")).to_be_visible()
    assert [colour.name for colour in newest(kit).palette] == ["teal", "navy"]


def test_words_in_a_row_that_was_added_come_back_after_the_tab_was_closed(open_as, kit, bea):
    page = open_form(open_as, kit, bea)
    for _ in range(3):
        page.get_by_role("button", name="Another legal line").click()
    page.get_by_label("Text").last.fill("Nur solange der Vorrat reicht.")
    again = page.context.new_page()
    page.close()
    again.goto(reverse("creative:kit-form", args=[kit.pk]))

    expect(again.get_by_label("Text").last).to_have_value("Nur solange der Vorrat reicht.")


def test_page_and_form_are_for_everybody_on_a_phone_too(open_as, kit, bea, maya):
    page = open_form(open_as, kit, bea, viewport=PHONE, color_scheme="dark")
    for url in (page.url, kit.get_absolute_url()):
        page.goto(url)
        assert page.evaluate(NO_SCROLL)
        assert serious(page) == []
    theirs = open_as(maya)
    theirs.goto(kit.get_absolute_url())
    expect(theirs.get_by_role("link", name="Edit the kit")).to_have_count(0)
