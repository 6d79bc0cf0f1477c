"""Files brought into a kit by hand: one after the other, told one by one; by dropping them, and without a script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from creative.models import Project, Reference, User
from tests.browser.conftest import OpenAs
from tests.creative.uploads.files import encoded, split

pytestmark = [pytest.mark.browser, pytest.mark.client]
DROP = """([name, bytes]) => {
  const files = new DataTransfer()
  files.items.add(new File([new Uint8Array(bytes)], name))
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }))
}"""


@pytest.fixture
def kit(open_as: OpenAs, project: Project, maya: User) -> Page:
    page = open_as(maya)
    page.goto(reverse("creative:kit", args=[project.brand_id]))
    return page


@pytest.fixture
def sent(tmp_path) -> list[Path]:
    contents = {"one.png": encoded(split(), "PNG"), "fake.png": b"GIF89a", "two.jpg": encoded(split((40, 60)), "JPEG")}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in contents]


@pytest.mark.expected_errors("422")
def test_many_files_are_told_one_by_one_and_one_that_fails_loses_none(kit, sent):
    kit.get_by_label("What is it?").select_option("product")
    kit.get_by_label("Files").set_input_files(sent)
    kit.get_by_role("button", name="Bring in").click()

    told = kit.locator("[data-progress] li")
    expect(told).to_have_text(
        [re.compile("one.png is in the kit"), re.compile("This is a GIF"), re.compile("two.jpg is")]
    )
    expect(kit.locator("[data-just-in] .reference strong")).to_have_text(["two", "one"])
    assert set(Reference.objects.values_list("name", "kind")) == {("one", "product"), ("two", "product")}


def test_a_file_that_is_dropped_on_the_page_is_brought_in(kit):
    kit.evaluate(DROP, ["dropped.png", list(encoded(split(), "PNG"))])

    expect(kit.locator("[data-just-in] .reference")).to_have_count(1)
    assert Reference.objects.get().name == "dropped"


@pytest.mark.expected_errors("ERR_INTERNET_DISCONNECTED")
def test_without_a_network_it_says_so_and_the_others_still_go(kit, sent):
    kit.context.set_offline(True)
    kit.get_by_label("Files").set_input_files(sent[0])
    kit.get_by_role("button", name="Bring in").click()
    expect(kit.locator("[data-progress] li")).to_have_text(re.compile("could not be sent"))

    kit.context.set_offline(False)
    kit.get_by_label("Files").set_input_files(sent[2])
    kit.get_by_role("button", name="Bring in").click()
    expect(kit.locator("[data-just-in] .reference strong")).to_have_text("two")
