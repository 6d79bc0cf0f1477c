"""From a brief to an exported, approved picture, with the starter model, in a real browser."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from creative import files
from creative.models import Brief
from generation import engines, presets
from generation.engines.diffusers import weights
from generation.models import Candidate
from review.models import Flag, SignOff, Version
from tests.browser.conftest import TIMEOUT, OpenAs, working
from tests.browser.room import expect_current, keys, pane, saved, tile

pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # diffusers, under this NumPy
    pytest.mark.skipif(not weights.STARTER_FOLDER.exists(), reason="The starter model's weights are not here."),
]
MADE = 120_000  # ms for four pictures by the starter model on a busy machine


def test_from_brief_to_exported_picture(transactional_db, project, maya, dan, bea, leo, open_as, tmp_path):
    preset = presets.starter()
    preset.save()
    engines.load(preset.snapshot())  # a worker has it in hand
    with working(engines.load):
        brief = a_brief_is_written(open_as)
        candidates_arrive(open_as, brief)
        chosen = a_designer_culls(open_as, dan, brief)
        version = two_people_sign(open_as, chosen, bea, leo)
        file = the_approved_set_is_exported(open_as, maya, project, tmp_path)
    the_zip_holds_what_was_signed(file, version)


def a_brief_is_written(open_as: OpenAs) -> Brief:
    page = open_as(None)
    page.goto("/")
    page.locator("[data-person=maya]").click()
    page.get_by_role("link", name="Autumn launch").first.click()
    page.get_by_role("button", name="New brief").click()

    page.get_by_label("What is it for?").fill("Autumn hero")
    page.get_by_label("What must the picture show?").fill("a picture of a pool")
    expect(page.locator("#advice-subject")).not_to_be_empty()
    expect(page.locator("#advice-lighting")).not_to_be_empty()
    page.get_by_label("What must the picture show?").fill("glossy red sneaker on a pastel teal background")
    page.get_by_label("Style", exact=True).fill("studio product photo")
    page.get_by_label("Lighting").fill("soft light")
    page.get_by_label("How many candidates?").fill("4")
    expect(page.locator("#advice-lighting")).to_be_empty()
    expect(page.locator("#outlook")).to_contain_text("glossy red sneaker")
    expect(page.locator("#outlook dl")).to_contain_text("4")

    page.reload()
    expect(page.get_by_label("What must the picture show?")).to_have_value(
        "glossy red sneaker on a pastel teal background"
    )
    expect(page.get_by_label("How many candidates?")).to_have_value("4")
    page.get_by_role("button", name="Submit brief").click()
    expect(page.get_by_role("heading", name="Autumn hero", level=1)).to_be_visible()
    return Brief.objects.get()


def candidates_arrive(open_as: OpenAs, brief: Brief) -> None:
    """Without a reload."""
    page = open_as(brief.created_by)
    page.goto(f"/briefs/{brief.pk}/")
    made = page.locator("#live .tile:not(.tile--pending) img")
    expect(made).to_have_count(4, timeout=MADE)
    expect(page.locator("#live progress")).to_have_count(0)
    sizes = made.evaluate_all("images => Promise.all(images.map(async i => (await i.decode(), i.naturalWidth)))")
    assert min(sizes) > 0


def a_designer_culls(open_as: OpenAs, dan, brief: Brief) -> Candidate:
    """By keyboard alone."""
    page = open_as(dan)
    page.goto("/")
    page.get_by_role("link", name="Autumn hero").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-stage]")).to_be_focused()
    first, second, third, _ = Candidate.objects.order_by("index")

    keys(page, "p", "x", "4", "Control+z")
    expect_current(page, 3)
    expect(tile(page, 3)).to_have_attribute("data-rating", "0")
    page.keyboard.press("e")
    expect(pane(page, 3)).to_be_visible()
    keys(page, "ArrowLeft", "ArrowLeft", "Shift+5", "b")
    expect(pane(page, 1)).to_have_attribute("data-rating", "5")
    expect(pane(page, 1)).to_have_attribute("data-listed", "true")
    page.keyboard.press("g")
    expect(tile(page, 1)).to_be_visible()
    saved(page)

    page.locator("[data-dialog=send]").focus()
    page.keyboard.press("Enter")
    page.locator("#send").get_by_label("Note to the reviewers").focus()
    page.keyboard.type("The sole is complete.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Autumn hero", level=1, exact=True)).to_be_visible()

    expect(page.locator("#live").get_by_text("Waiting for brand").first).to_be_visible()  # composed, without a reload

    judged = {flag.candidate_id: (flag.value, flag.rating) for flag in Flag.objects.filter(person=dan)}
    assert judged == {first.pk: ("pick", 5), second.pk: ("reject", 0), third.pk: ("unflagged", 0)}
    return first


def two_people_sign(open_as: OpenAs, chosen: Candidate, bea, leo) -> Version:
    version = Version.objects.get(candidate=chosen)
    for count, (person, stage) in enumerate([(bea, "brand"), (leo, "legal")]):
        page = open_as(person)
        page.goto("/")
        page.get_by_role("link", name="Autumn hero").first.click()
        expect(page.get_by_text("The sole is complete.")).to_be_visible()
        panel = page.locator("details:has(#sign)")
        for key in ("a", "y", "Enter", "Space", "s"):
            page.keyboard.press(key)
        expect(panel).to_have_attribute("open", "")
        assert SignOff.objects.count() == count, "no single key signs"
        page.get_by_role("button", name=f"Sign as {stage}").click()
        expect(page.get_by_text(f"Approved for {stage}.")).to_be_visible()
        assert SignOff.objects.get(stage=stage).signed_by == person
    return version


def the_approved_set_is_exported(open_as: OpenAs, maya, project, folder: Path) -> Path:
    page = open_as(maya)
    page.goto(f"/projects/{project.pk}/exports/")
    page.get_by_role("button", name="Export as zip").click()
    link = page.get_by_role("link", name="Download the zip")
    expect(link).to_be_visible(timeout=3 * TIMEOUT)
    with page.expect_download() as started:
        link.click()
    file = folder / started.value.suggested_filename
    started.value.save_as(file)
    return file


def the_zip_holds_what_was_signed(file: Path, version: Version) -> None:
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        [name] = [name for name in archive.namelist() if name != "manifest.json"]
        picture = archive.read(name)
    text = json.dumps(manifest)
    assert hashlib.sha256(picture).hexdigest() == version.candidate.sha256
    with files.open_file(version.candidate.sha256) as stored:
        assert stored.read() == picture
    assert Image.open(io.BytesIO(picture)).size == (256, 256)
    for fact in (version.candidate.sha256, version.fingerprint, "glossy red sneaker", "bea", "leo", name):
        assert fact in text
    assert str(version.candidate.seed) in text
