"""Writing and watching a brief in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from creative import briefs
from generation import scheduling
from generation.engines.diffusers import weights
from generation.models import Run
from tests import make
from tests.browser.conftest import OpenAs

pytestmark = [pytest.mark.browser, pytest.mark.client]


@pytest.fixture
def form(transactional_db, open_as: OpenAs, draft, preset, maya) -> Page:
    page = open_as(maya)
    page.goto(f"/briefs/{draft.pk}/form/")
    return page


def outlook(page: Page):
    return page.locator("#outlook")


def test_what_it_leads_to_follows_the_words(form, draft):
    form.get_by_label("What must the picture show?").fill("a red kite over a beach")
    expect(outlook(form)).to_contain_text("a red kite over a beach")
    expect(outlook(form)).to_contain_text("Brand")
    form.get_by_label("Internal").check()
    expect(outlook(form)).to_contain_text("Nobody")
    form.get_by_label("Regulated").check()
    expect(outlook(form).locator(".note--no")).to_be_visible()

    revision = briefs.newest(draft)
    assert (revision.subject, revision.use_class) == ("a red kite over a beach", "regulated")


@pytest.mark.expected_errors("422")
def test_a_bad_value_is_marked_beside_its_field_and_the_rest_is_kept(form, draft):
    form.get_by_label("How many candidates?").fill("500")
    expect(form.locator("#advice-count")).to_contain_text("100")
    with form.expect_response("**/form/"):
        form.get_by_label("Mood").fill("calm")
    expect(outlook(form)).to_contain_text("except what is marked")

    revision = briefs.newest(draft)
    assert (revision.mood, revision.count) == ("calm", 5)
    form.get_by_role("button", name="Submit brief").click()
    expect(form.get_by_text("whole number from 1 to 100").first).to_be_visible()
    assert not Run.objects.exists()


@pytest.mark.expected_errors("ERR_FAILED|sendError|htmx:")
def test_words_stay_when_the_server_does_not_answer(form, draft):
    form.route("**/form/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    form.get_by_label("Mood").fill("stormy")

    expect(form.locator("#toasts")).to_contain_text("still here")
    expect(form.get_by_label("Mood")).to_have_value("stormy")
    form.unroute("**/form/")
    form.get_by_label("Mood").fill("stormy sea")
    expect(outlook(form)).to_contain_text("Saved just now")
    assert briefs.newest(draft).mood == "stormy sea"


def test_typing_never_loses_its_place(form):
    field = form.get_by_label("Style", exact=True)
    field.fill("")
    field.press_sequentially("studio product photo with a long shadow", delay=40)
    expect(outlook(form)).to_contain_text("long shadow")

    expect(field).to_be_focused()
    expect(field).to_have_value("studio product photo with a long shadow")


def test_enter_in_a_field_orders_nothing_and_control_enter_submits(form, draft):
    for field in ("What is it for?", "Style", "How many candidates?"):
        form.get_by_label(field, exact=True).press("Enter")
    expect(form.get_by_role("button", name="Submit brief")).to_be_visible()
    assert not Run.objects.exists()

    form.get_by_label("Style", exact=True).press("Control+Enter")
    form.wait_for_url(f"**/briefs/{draft.pk}/")
    assert Run.objects.count() == 1


@pytest.mark.expected_errors("409")
def test_a_regulated_brief_is_refused_in_a_sentence(form, draft):
    form.get_by_label("Regulated").check()
    expect(outlook(form).locator(".note--no")).to_be_visible()
    form.get_by_role("button", name="Submit brief").click()

    expect(form.get_by_role("alert")).to_be_visible()
    assert not Run.objects.exists()
    form.get_by_role("link", name="Go back and look again").click()
    expect(form.get_by_label("Regulated")).to_be_checked()


def test_a_run_is_cancelled_and_tried_again(transactional_db, open_as, run, brief, maya, painter):
    page = open_as(maya)
    page.goto(f"/briefs/{brief.pk}/")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("What was made stays.")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#live .tile--pending")).to_have_count(5)

    scheduling.work(painter.load, worker="test", saver_threads=0)

    expect(page.locator("#live .tile:not(.tile--pending)")).to_have_count(5)
    assert len(set(painter.seeds)) == 5


def test_a_failed_run_says_why_and_offers_to_try_again(transactional_db, open_as, run, brief, maya, painter):
    def out_of_memory() -> None:
        raise MemoryError("The device is out of memory.")

    painter.before_each = out_of_memory
    for _ in range(3 * run.batches.count()):
        scheduling.work(painter.load, worker="test", saver_threads=0)
    page = open_as(maya)
    page.goto(f"/briefs/{brief.pk}/")

    expect(page.get_by_role("alert").first).to_contain_text("out of memory")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#live .tile--pending")).to_have_count(5)


def test_light_or_dark_is_kept(form):
    form.emulate_media(color_scheme="light")
    form.get_by_role("button", name="Light or dark").click()
    expect(form.locator("html")).to_have_attribute("data-theme", "dark")

    form.goto("/")

    expect(form.locator("html")).to_have_attribute("data-theme", "dark")


def test_more_candidates_show_in_an_open_brief_page(transactional_db, open_as, candidates, brief, maya, painter):
    page = open_as(maya)
    page.goto(f"/briefs/{brief.pk}/")
    page.get_by_label("How many more?").fill("2")
    page.get_by_role("button", name="Make more").click()
    expect(page.locator("#live .tile--pending")).to_have_count(2)

    make.candidates(Run.objects.latest("pk"), painter)

    expect(page.locator("#live .tile:not(.tile--pending)")).to_have_count(7)
    expect(page.locator("#live .tile--pending")).to_have_count(0)


@pytest.fixture
def starter(transactional_db):
    return make.preset(name=weights.STARTER, source=weights.STARTER)


@pytest.fixture
def starter_form(starter, open_as: OpenAs, draft, maya) -> Page:
    page = open_as(maya)
    page.goto(f"/briefs/{draft.pk}/form/")
    return page


def test_a_known_word_is_completed_by_keys_alone(starter_form, draft):
    subject = starter_form.get_by_label("What must the picture show?")
    subject.fill("")
    subject.press_sequentially("glossy red str")
    offered = starter_form.get_by_role("listbox").get_by_role("option")
    expect(offered.first).to_have_text("strawberry")
    subject.press("ArrowDown")
    expect(offered.first).to_have_attribute("aria-selected", "true")
    with starter_form.expect_response("**/form/"):
        subject.press("Enter")

    expect(subject).to_have_value("glossy red strawberry")
    expect(starter_form.get_by_role("listbox")).to_be_hidden()
    assert briefs.newest(draft).subject == "glossy red strawberry"


def test_a_completion_is_taken_by_touch(starter, open_as: OpenAs, draft, maya):
    page = open_as(maya, has_touch=True, viewport={"width": 390, "height": 844})
    page.goto(f"/briefs/{draft.pk}/form/")
    subject = page.get_by_label("What must the picture show?")
    subject.fill("")
    subject.press_sequentially("ice")
    page.get_by_role("option", name="ice cream", exact=True).tap()
    expect(subject).to_have_value("ice cream")
    expect(subject).to_be_focused()
    subject.press("Control+z")
    expect(subject).to_have_value("ice")


def test_a_completion_never_takes_other_words_with_it(starter_form):
    subject = starter_form.get_by_label("What must the picture show?")
    offered = starter_form.get_by_role("listbox")
    subject.fill("")
    subject.press_sequentially("glossy red str")
    expect(offered).to_be_visible()
    subject.press("Home")
    expect(offered).to_be_hidden()
    subject.press("End")
    subject.press_sequentially("a")
    expect(offered).to_be_visible()
    subject.press("Escape")
    expect(offered).to_be_hidden()
    subject.press("Enter")
    expect(subject).to_have_value("glossy red stra\n")


def test_a_phrase_of_several_words_is_completed_to_its_end(starter_form):
    lighting = starter_form.get_by_label("Lighting")
    lighting.fill("")
    lighting.press_sequentially("light from the l")
    lighting.press("ArrowDown")
    lighting.press("Tab")
    expect(lighting).to_have_value("light from the left")


def test_an_unknown_word_is_said_beside_the_field(starter_form):
    starter_form.get_by_label("What must the picture show?").fill("a swimming pool at night")
    expect(starter_form.locator("#advice-subject")).to_contain_text("“pool” is not one")


def test_a_full_model_completes_nothing(form):
    form.get_by_label("What must the picture show?").fill("")
    form.get_by_label("What must the picture show?").press_sequentially("str")
    expect(form.get_by_role("listbox")).to_be_hidden()
