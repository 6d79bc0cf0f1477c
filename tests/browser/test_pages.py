"""Every main page in a real browser: for everybody's eyes and hands, on small screens, and without JavaScript."""

from __future__ import annotations

import zipfile
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from creative import stages
from creative.models import BriefRevision, Membership, Project
from creative.roles import Role
from generation.models import Run
from review.composing import assets
from review.culling import shortlist
from review.delivery import building, export
from review.models import Flag, SignOff, Version
from review.signing import entry
from tests import make

pytestmark = [pytest.mark.browser, pytest.mark.client]

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
NO_SCROLL = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture
def world(transactional_db, project, brief, candidates, draft, maya, dan, bea, leo, pia):
    """Something on every page: a draft, a made brief, assets in review and approved, a built export."""
    waiting, approved = (make.asset(candidate, dan).versions.get() for candidate in candidates[:2])
    make.signed(approved, bea, stages.BRAND)
    make.signed(approved, leo, stages.LEGAL)
    shortlist.add(candidates[2], by=dan)
    ordered = export.order(project, by=maya, versions=[approved.pk])
    building.build_waiting()
    return SimpleNamespace(
        project=project,
        brief=brief,
        draft=draft,
        candidate=candidates[1],
        waiting=waiting,
        approved=approved,
        export=ordered,
        reference=make.attestation(make.reference(project, maya), maya).reference,
        maya=maya,
        dan=dan,
        bea=bea,
        leo=leo,
        pia=pia,
    )


def pages(w) -> list[tuple[str, object, str]]:
    """(name, whose, path)"""
    return [
        ("sign-in", None, "/sign-in/"),
        ("home", w.dan, "/"),
        ("home of a reviewer", w.bea, "/"),
        ("project", w.pia, f"/projects/{w.project.pk}/"),
        ("brief form", w.maya, f"/briefs/{w.draft.pk}/form/"),
        ("brief", w.maya, f"/briefs/{w.brief.pk}/"),
        ("culling room", w.dan, f"/briefs/{w.brief.pk}/cull/"),
        ("candidate", w.dan, f"/candidates/{w.candidate.pk}/"),
        ("candidates", w.dan, f"/projects/{w.project.pk}/candidates/"),
        ("queue", w.bea, "/review/"),
        ("empty queue", w.leo, "/review/"),
        ("review room", w.bea, f"/versions/{w.waiting.pk}/"),
        ("approved version", w.maya, f"/versions/{w.approved.pk}/"),
        ("reference", w.maya, f"/references/{w.reference.pk}/"),
        ("cutting out", w.dan, f"/references/{w.reference.pk}/cut-out/"),
        ("exports", w.maya, f"/projects/{w.project.pk}/exports/"),
        ("export", w.maya, f"/exports/{w.export.pk}/"),
    ]


def test_every_page_is_for_everybody_in_light_and_dark_and_on_a_phone(world, open_as, subtests):
    opened: dict[object, Page] = {}
    for name, person, path in pages(world):
        if person not in opened:
            opened[person] = open_as(person, color_scheme="light", reduced_motion="reduce")
        page = opened[person]
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESK)
        page.goto(path)
        with subtests.test(f"{name} in light"):
            assert serious(page) == []
        page.emulate_media(color_scheme="dark")
        with subtests.test(f"{name} in dark"):
            assert serious(page, rules=["color-contrast"]) == []  # the rest is the same document
        page.set_viewport_size(PHONE)
        with subtests.test(f"{name} on a phone"):
            assert page.evaluate(NO_SCROLL)


def serious(page: Page, rules: list[str] | None = None) -> list[str]:
    """axe-core's serious and critical violations, with what they are about."""
    options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    return [
        f"{each['id']}: {node['html'][:160]} {node['any'][0]['message'] if node['any'] else ''}"
        for each in Axe().run(page, options=options).response["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


PUSHED_OUT = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
  [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
    .map((each) => `${each.tagName}.${each.className}`)"""
LONG = "Campaignwithaverylongnameandnotasinglespaceinitbecausesomebodypastedafilenamefromtheirsharedfolder"


@pytest.mark.parametrize("width", [1280, 390])
def test_a_name_without_a_space_pushes_no_page_out(world, open_as, subtests, width):
    BriefRevision.objects.update(title=LONG, subject=LONG)
    Project.objects.update(name=LONG[:80])
    for name, person, path in pages(world):
        page = open_as(person, viewport={"width": width, "height": 800})
        page.goto(path)
        with subtests.test(name):
            assert page.evaluate(PUSHED_OUT) == []
        page.close()


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_bar_holds_any_number_of_projects(transactional_db, project, bea, pia, version, open_as, width):
    for number in range(30):
        other = Project.objects.create(brand=project.brand, name=f"Project {number:02} {LONG[: number * 2]}")
        Membership.objects.create(project=other, user=bea, role=Role.REVIEWER, stage="brand")
        Membership.objects.create(project=other, user=pia, role=Role.PRODUCER)
    for person, place, path in ((bea, "Review", f"/versions/{version.pk}/"), (pia, "Admin", f"/projects/{other.pk}/")):
        page = open_as(person, viewport={"width": width, "height": 800})
        page.goto(path)
        bar = page.get_by_role("navigation", name="Main")
        box = bar.get_by_role("link", name=place).bounding_box()
        assert box["x"] + box["width"] <= bar.bounding_box()["x"] + bar.bounding_box()["width"]
        assert page.evaluate(NO_SCROLL)

        bar.get_by_role("button").focus()
        page.keyboard.press("Enter")
        expect(bar.get_by_role("link", name="Project ")).to_have_count(30)
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        expect(bar.get_by_role("link", name="Project ")).to_have_count(0)
        expect(bar.get_by_role("button")).to_be_focused()
        page.close()


def test_axe_would_have_found_something(live_server, open_as):
    page = open_as(None)
    page.goto("/sign-in/")
    page.evaluate("() => document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=data:,>')")
    page.evaluate("() => { document.querySelector('label').style.color = '#bbb' }")

    assert {violation.split(":")[0] for violation in serious(page)} == {"image-alt", "color-contrast"}


@pytest.mark.expected_errors("404|403|409")
def test_pages_that_say_no_say_it_in_our_words(world, open_as, stranger):
    page = open_as(stranger)
    for path in (f"/briefs/{world.brief.pk}/", "/nowhere/"):
        page.goto(path)
        expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
        assert serious(page) == []
    page = open_as(world.leo)
    page.goto(f"/briefs/{world.draft.pk}/form/")
    expect(page.get_by_role("heading", name="You may not do that")).to_be_visible()


def test_back_and_deep_links_work(world, open_as):
    page = open_as(world.maya)
    page.goto("/")
    page.get_by_role("link", name="Autumn launch").first.click()
    expect(page.get_by_role("heading", name="Autumn launch", level=1)).to_be_visible()
    page.get_by_role("link", name="All candidates").click()
    page.get_by_label("My flag").select_option("pick")
    page.get_by_role("button", name="Filter").click()
    expect(page).to_have_url(f"{origin(page)}/projects/{world.project.pk}/candidates/?flag=pick&brief=")
    page.go_back()
    expect(page.locator(".sheet img")).to_have_count(5)
    page.go_back()
    expect(page.get_by_role("heading", name="Autumn launch", level=1)).to_be_visible()

    anonymous = open_as(None)
    anonymous.goto(f"/candidates/{world.candidate.pk}/")
    anonymous.get_by_label("Username").fill("maya")
    anonymous.get_by_label("Password").fill("winnow-demo")
    anonymous.get_by_role("button", name="Sign in").click()
    expect(anonymous).to_have_url(f"{origin(page)}/candidates/{world.candidate.pk}/")


def origin(page: Page) -> str:
    return "/".join(page.url.split("/")[:3])


# The review room


@pytest.mark.expected_errors("422")
def test_changes_required_lead_to_a_new_version(world, open_as):
    bea = open_as(world.bea)
    bea.goto(f"/versions/{world.waiting.pk}/")
    bea.keyboard.press("s")
    bea.get_by_role("button", name="Ask for changes").click()
    expect(bea.get_by_text("Say what has to change")).to_be_visible()
    assert not SignOff.objects.filter(version=world.waiting).exists()
    bea.get_by_label("Comment").fill("The red is not ours.")
    bea.get_by_role("button", name="Ask for changes").click()
    expect(bea.get_by_text("Changes required", exact=False).first).to_be_visible()

    dan = open_as(world.dan)
    dan.goto("/")
    dan.get_by_role("link", name="Autumn hero").first.click()
    dan.get_by_role("link", name=f"Asset {world.waiting.asset_id}, version 1").click()
    expect(dan.get_by_text("The red is not ours.")).to_be_visible()
    dan.get_by_role("button", name="Make version 2").click()
    expect(dan.get_by_text("It is being composed")).to_be_visible()
    entry.compose_waiting()
    dan.get_by_role("link", name="Look at the version").click()
    expect(dan.get_by_role("heading", name=f"Asset {world.waiting.asset_id}, version 2")).to_be_visible()

    version = Version.objects.get(asset=world.waiting.asset_id, number=2)
    bea.goto(f"/versions/{version.pk}/")
    bea.keyboard.press("s")
    bea.get_by_role("button", name="Sign as brand").click()
    expect(bea.get_by_text("Approved for brand.")).to_be_visible()


@pytest.mark.expected_errors("409")
def test_a_stale_page_signs_nothing(world, open_as):
    page = open_as(world.bea)
    page.goto(f"/versions/{world.waiting.pk}/")
    make.signed(world.waiting, world.bea, stages.BRAND, SignOff.Decision.REJECTED, "Not ours at all.")

    page.keyboard.press("s")
    page.get_by_role("button", name="Sign as brand").click()

    expect(page.get_by_role("alert")).to_contain_text("rejected already")
    page.get_by_role("link", name="Go back and look again").click()
    expect(page.get_by_text("Not ours at all.")).to_be_visible()
    assert SignOff.objects.get(version=world.waiting).decision == SignOff.Decision.REJECTED


def test_letters_typed_into_a_comment_are_only_letters(world, open_as):
    page = open_as(world.bea)
    page.goto(f"/versions/{world.waiting.pk}/")
    page.keyboard.press("s")
    page.get_by_label("Comment").fill("")
    page.get_by_label("Comment").press_sequentially("sax")

    expect(page.get_by_label("Comment")).to_have_value("sax")
    expect(page.locator("details:has(#sign)")).to_have_attribute("open", "")


# A candidate's page


def test_keys_judge_on_a_candidates_page_and_go_on_to_the_next(world, candidates, open_as):
    dan = open_as(world.dan)
    dan.goto(f"/candidates/{candidates[3].pk}/")
    dan.keyboard.press("x")
    expect(dan.get_by_role("heading", name="Candidate 5")).to_be_visible()
    dan.keyboard.press("3")
    expect(dan.get_by_role("heading", name="Autumn hero", level=1)).to_be_visible()
    dan.goto(f"/candidates/{candidates[4].pk}/")
    dan.keyboard.press("b")
    expect(dan.get_by_role("button", name="Take off the shortlist")).to_be_visible()
    dan.keyboard.press("ArrowLeft")
    expect(dan.get_by_role("button", name="Reject")).to_have_attribute("aria-pressed", "true")

    judged = Flag.objects.filter(person=world.dan).values_list("candidate", "value", "rating")
    assert set(judged) == {(candidates[3].pk, "reject", 0), (candidates[4].pk, "unflagged", 3)}
    assert candidates[4] in [row.candidate for row in assets.unsent(world.brief)]


def test_who_may_only_look_is_offered_no_mark(world, open_as):
    page = open_as(world.bea)
    page.goto(f"/candidates/{world.candidate.pk}/")

    expect(page.get_by_role("heading", name="Candidate 2")).to_be_visible()
    expect(page.locator(".judging button")).to_have_count(0)


# Without JavaScript


def test_the_whole_way_works_without_javascript(world, open_as, painter, tmp_path):
    def plain(person) -> Page:
        return open_as(person, java_script_enabled=False, accept_downloads=True)

    maya = plain(world.maya)
    maya.goto(f"/projects/{world.project.pk}/")
    maya.get_by_role("button", name="New brief").click()
    maya.get_by_label("What is it for?").fill("Plain pages")
    maya.get_by_label("What must the picture show?").fill("a wooden toy boat on a lake")
    maya.get_by_label("How many candidates?").fill("2")
    maya.get_by_role("button", name="Save and stay").click()
    expect(maya.get_by_label("What must the picture show?")).to_have_value("a wooden toy boat on a lake")
    maya.get_by_role("button", name="Submit brief").click()
    expect(maya.get_by_role("heading", name="Plain pages", level=1)).to_be_visible()
    run = Run.objects.latest("pk")
    assert BriefRevision.objects.get(brief=run.brief).title == "Plain pages"
    [first, last] = make.candidates(run, painter)

    dan = plain(world.dan)
    dan.goto(f"/candidates/{first.pk}/")
    dan.get_by_role("button", name="4 stars").click()
    expect(dan.get_by_role("heading", name="Candidate 2")).to_be_visible()
    dan.get_by_role("button", name="Reject").click()
    expect(dan.get_by_role("heading", name="Plain pages", level=1)).to_be_visible()
    dan.get_by_role("link", name="Candidate 1").first.click()
    dan.get_by_role("button", name="Pick").click()
    dan.get_by_role("link", name="1", exact=True).click()
    expect(dan.get_by_text("You picked it · 4★")).to_be_visible()
    judged = Flag.objects.filter(person=world.dan).values_list("candidate", "value", "rating")
    assert set(judged) == {(first.pk, "pick", 4), (last.pk, "reject", 0)}

    dan.get_by_role("button", name="Shortlist").click()
    dan.get_by_role("button", name="Take off the shortlist").click()
    assert assets.unsent(run.brief) == []
    dan.get_by_role("button", name="Shortlist").click()
    assert [row.candidate for row in assets.unsent(run.brief)] == [first]
    dan.get_by_role("button", name="to review").click()
    expect(dan.get_by_text("Sent 1 to review.")).to_be_visible()
    entry.compose_waiting()
    version = Version.objects.get(candidate=first)

    for person, stage in ((world.bea, "brand"), (world.leo, "legal")):
        page = plain(person)
        page.goto(f"/versions/{version.pk}/")
        page.locator("#sign").click()
        page.get_by_role("button", name=f"Sign as {stage}").click()
        expect(page.get_by_text(f"Approved for {stage}.")).to_be_visible()

    maya.goto(f"/projects/{world.project.pk}/exports/")
    maya.get_by_role("button", name="Export as zip").click()
    building.build_waiting()
    maya.reload()
    with maya.expect_download() as started:
        maya.get_by_role("link", name="Download the zip").click()
    started.value.save_as(tmp_path / "export.zip")
    assert len(zipfile.ZipFile(tmp_path / "export.zip").namelist()) == 3
