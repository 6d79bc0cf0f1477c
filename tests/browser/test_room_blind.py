"""A blind pass in the room, from its start to what it shows at the end; and new candidates asked for from there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from generation.models import Run
from review.culling import blind_pass, marking
from review.models import Shortlisting
from tests import make
from tests.browser import crowds
from tests.browser.room import (
    entered,
    expect_current,
    expect_flag,
    flags,
    hear,
    keys,
    open_room,
    saved,
    tile,
)

pytestmark = [pytest.mark.browser, pytest.mark.once]

NOTICE = "A blind pass began or ended."


@pytest.fixture
def some(transactional_db, run):
    return crowds.made(run, 8)


def order(page: Page) -> list[str]:
    return page.evaluate(
        """() => [...document.querySelectorAll('.tile')].sort((a, b) => a.ariaPosInSet - b.ariaPosInSet)
        .map(tile => tile.querySelector('[data-number]').textContent)"""
    )


def theirs(page: Page):
    return page.locator(".tile [data-theirs] .their")


def finish(page: Page) -> None:
    page.get_by_role("button", name="Finish …").click()
    page.get_by_role("dialog").get_by_role("button", name="I’m done").click()


@pytest.mark.expected_errors("409")
def test_a_blind_pass_hides_and_shuffles_until_all_have_finished(open_as, some, brief, dan, maya):
    marking.flag(some[0], by=maya, value="reject")
    mine, hers = open_room(open_as, dan, brief), open_room(open_as, maya, brief)
    came = order(mine)
    expect(theirs(mine)).to_have_count(1)

    mine.get_by_role("button", name="More", exact=True).click()
    mine.get_by_role("button", name="Blind pass").click()
    dialog = mine.get_by_role("dialog", name="Blind pass")
    expect(dialog.get_by_label("Maya")).to_be_checked()
    dialog.get_by_role("button", name="Start the blind pass").click()
    for judge in ("Dan (judging)", "Maya (judging)"):
        expect(mine.get_by_role("note")).to_contain_text(judge)
    shuffled = order(mine)
    assert shuffled != came
    assert sorted(shuffled) == came
    expect(theirs(mine)).to_have_count(0)

    hear(hers)
    expect(hers.get_by_text(NOTICE)).to_be_visible()
    assert order(hers) == came  # nothing moves under her hand
    keys(hers, "p")
    saved(hers)
    hers.get_by_role("button", name="Show the room as it is now").click()
    expect(hers.get_by_role("note")).to_be_visible()
    assert order(hers) not in (came, shuffled)

    keys(mine, "p")
    saved(mine)
    entered(mine, brief)
    expect_flag(mine, int(shuffled[0]), "pick")
    expect(theirs(mine)).to_have_count(0)
    assert order(mine) == shuffled
    expect_current(mine, int(shuffled[1]))
    keys(mine, "b")
    expect(mine.get_by_text("A blind pass is going on; shortlist when everybody is finished.")).to_be_visible()
    expect(tile(mine, int(shuffled[1]))).to_have_attribute("data-listed", "false")
    assert not Shortlisting.objects.exists()

    finish(mine)
    for judge in ("Dan (finished)", "Maya (judging)"):
        expect(mine.get_by_role("note")).to_contain_text(judge)
    expect(theirs(mine)).to_have_count(0)
    finish(hers)
    expect(hers.get_by_role("note")).to_have_count(0)
    expect(theirs(hers)).to_have_count(1)
    assert order(hers) == came
    hear(mine)
    expect(theirs(mine)).to_have_count(2)
    expect(mine.get_by_text(NOTICE)).to_be_visible()
    assert order(mine) == shuffled
    mine.get_by_role("button", name="Show the room as it is now").click()
    expect(mine.get_by_text(NOTICE)).to_be_hidden()
    assert order(mine) == came


def test_who_judges_blindly_is_told_neither_model_nor_seed_nor_others_marks(open_as, some, brief, dan, maya, pia):
    marking.flag(some[0], by=maya, value="reject")
    blind_pass.start(brief, by=dan, people=[maya.pk])
    page = open_room(open_as, dan, brief)
    tile(page, 1).click()
    keys(page, "i")
    panel = page.get_by_role("complementary", name="Info")
    expect(panel).to_contain_text("hidden until everybody has finished")
    expect(panel).to_contain_text("You have not marked it yet.")
    expect(panel).not_to_contain_text(str(some[0].seed))
    expect(panel).not_to_contain_text(some[0].run.recipe.preset.name)
    for secret in (f'"{some[0].seed}"', "Maya: rejected"):
        assert secret not in page.content()
    panel.get_by_role("link", name="Everything about it").click()
    expect(page.get_by_role("heading", name="Candidate 1")).to_be_visible()
    assert str(some[0].seed) not in page.content()

    outside = open_room(open_as, pia, brief)  # takes no part, and may end it
    expect(outside.get_by_role("note")).to_contain_text("Blind pass")
    expect(theirs(outside)).to_have_count(1)
    entered(page, brief)
    outside.get_by_role("button", name="Finish …").click()
    outside.get_by_role("button", name="End it for everybody").click()
    expect(outside.get_by_role("note")).to_have_count(0)
    hear(page)
    expect(theirs(page)).to_have_count(1)
    expect(page.get_by_text(NOTICE)).to_be_visible()


def test_nobody_to_judge_with_is_told(open_as, some, brief, dan, project):
    project.members.exclude(user=dan).delete()
    page = open_room(open_as, dan, brief)
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Blind pass").click()

    expect(page.get_by_role("dialog")).to_contain_text("A blind pass needs a colleague who may cull here.")
    keys(page, "x", "Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert flags(dan) == {}


def test_a_top_up_is_asked_for_without_leaving(transactional_db, open_as, candidates, brief, dan, painter):
    page = open_room(open_as, dan, brief)
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Top up").click()
    page.get_by_label("How many more").fill("2")
    page.get_by_role("button", name="Make more").click()
    expect(page.get_by_text("2 more are on their way.")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="More", exact=True)).to_be_focused()
    make.candidates(Run.objects.latest("pk"), painter)
    hear(page)

    expect(page.locator("[data-left]")).to_have_text("7 left")
    expect(tile(page, 7)).to_be_visible()
    page.get_by_role("button", name="More", exact=True).click()
    keys(page, "Escape")
    expect(page.get_by_role("button", name="Top up")).to_be_hidden()


def test_more_like_one_and_the_same_again_are_asked_for_without_leaving(
    transactional_db, open_as, candidates, brief, dan, painter
):
    page = open_room(open_as, dan, brief)
    keys(page, "ArrowRight", "i")
    panel = page.get_by_role("complementary", name="Info")
    expect(panel.get_by_role("heading", name="Candidate 2")).to_be_visible()
    panel.get_by_label("How many").fill("2")
    panel.get_by_role("button", name="More like this").click()
    expect(page.get_by_text("2 more like candidate 2 are on their way.")).to_be_visible()
    run = Run.objects.latest("pk")
    assert run.recipe.source.candidate == candidates[1].pk
    make.candidates(run, painter)
    hear(page)
    expect(page.locator("[data-left]")).to_have_text("7 left")
    expect_current(page, 2)

    panel.get_by_role("button", name="Make it again").click()
    expect(panel).to_contain_text("Waiting to be made again.")
    make.candidates(run, painter)
    expect(panel).to_contain_text("identical", ignore_case=True)
    keys(page, "p")
    expect_flag(page, 2, "pick")
    expect(panel.get_by_role("heading", name="Candidate 3")).to_be_visible()
    saved(page)
