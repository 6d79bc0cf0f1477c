from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from creative import briefs
from creative.errors import Refused
from generation import runs
from generation.models import Candidate, Preset, Run
from review import failures, suggesting
from review.culling import blind_pass, marking
from tests import make


@pytest.fixture
def twenty(project, maya, preset) -> list[Candidate]:
    """Of one brief, looked at by the checks: text in nine of them."""
    made = make.to_cull(make.run(project, maya, preset, count=20))
    for place, candidate in enumerate(made):
        found = [make.finding(), make.finding()] if place < 9 else []
        make.checked(candidate, *found)
    return made


@pytest.fixture
def hears(preset: Preset) -> Preset:
    """The preset hears what to avoid."""
    preset.heard = {"avoid": True, "guidance": True, "tokens": None}
    preset.save(update_fields=["heard"])
    return preset


def lines(told: list[failures.Line]) -> list[tuple[str, str]]:
    return [(line.label, line.sentence) for line in told]


def test_it_tells_in_how_many_of_those_looked_at_something_was_found(project, twenty, dan):
    whole = failures.of_brand(project.brand, dan).whole

    assert (whole.made, whole.looked_at, whole.judged) == (20, 20, 0)
    assert lines(whole.found) == [("Text", "45 % (9 of 20)")]


def test_it_tells_why_people_reject_of_those_they_judged(project, twenty, dan, maya):
    for candidate in twenty[:3]:
        marking.flag(candidate, by=dan, value="reject", reason="hands")
    marking.flag(twenty[0], by=maya, value="reject", reason="hands")
    marking.flag(twenty[4], by=maya, value="pick")
    whole = failures.of_brand(project.brand, dan).whole

    assert whole.judged == 4
    assert lines(whole.rejected_for) == [("Hands", "3 of 4")]  # of fewer than twenty no share


def test_it_is_told_by_preset_and_by_words_of_the_prompt(project, twenty, dan, maya):
    make.to_cull(make.run(project, maya, make.preset(name="other"), count=3, style="watercolour"))
    told = failures.of_brand(project.brand, dan)

    assert [(each.name, each.made) for each in told.presets] == [("painter", 20), ("other", 3)]
    assert {each.name for each in told.parts} == {
        "studio product photo",
        "soft light",
        "centre, copy space on the left",
    }  # what three candidates have alone tells nothing


def test_what_counts_no_more_is_not_counted(project, twenty, dan):
    make.checked(twenty[0])

    assert lines(failures.of_brand(project.brand, dan).whole.found) == [("Text", "40 % (8 of 20)")]


def test_only_what_the_person_sees(project, twenty, dan, stranger, other_people):
    assert failures.of_brand(project.brand, stranger).whole.made == 0
    assert failures.of_brand(project.brand, other_people["designer"]).whole.made == 0


def test_what_was_made_long_ago_is_left_out(project, twenty, dan, monkeypatch):
    monkeypatch.setattr(failures, "SINCE", datetime.timedelta(0))

    assert failures.of_brand(project.brand, dan).whole.made == 0


def test_a_blind_pass_gives_nothing_away(project, twenty, dan, maya):
    blind_pass.start(twenty[0].brief, by=dan, people=[maya.pk])

    assert failures.of_brand(project.brand, maya).whole.made == 0


def test_the_page_shows_counts_with_a_chart(client: Client, project, twenty, dan):
    client.force_login(dan)
    shown = client.get(reverse("review:failures", args=[project.brand_id])).content.decode()

    assert "45 % (9 of 20)" in shown
    assert '<rect class="share-is" width="0.45" height="1" />' in shown


def test_the_page_of_a_brand_without_candidates_says_so(client: Client, project, dan):
    client.force_login(dan)

    assert "Nothing was made for this brand lately" in (
        client.get(reverse("review:failures", args=[project.brand_id])).content.decode()
    )


def test_text_in_nine_of_twenty_suggests_to_avoid_lettering(twenty, hears, maya):
    [suggestion] = suggesting.of(twenty[0].brief, maya)

    assert suggestion.sentence == "Text in 9 of 20: add “lettering” to what to avoid."


def test_nothing_is_suggested_to_a_model_that_hears_nothing_of_it(twenty, preset, maya):
    assert suggesting.of(twenty[0].brief, maya) == []


def test_nothing_is_suggested_of_a_few(project, hears, maya):
    made = make.to_cull(make.run(project, maya, hears, count=20))
    for candidate in made:
        make.checked(candidate)
    for candidate in made[:4]:
        make.checked(candidate, make.finding())

    assert suggesting.of(made[0].brief, maya) == []


def test_following_it_writes_the_next_revision_and_the_recipe_of_the_next_run(twenty, hears, maya):
    brief = twenty[0].brief
    suggesting.follow(brief, by=maya, avoid="lettering")
    revision = briefs.newest(brief)
    run: Run = runs.submit(brief, by=maya, preset=hears)

    assert (revision.number, revision.avoid) == (2, "lettering")
    assert run.recipe.negative_prompt == "lettering"
    assert suggesting.of(brief, maya) == []


def test_what_nothing_suggests_is_refused(twenty, hears, maya):
    with pytest.raises(Refused, match="Nothing suggests that any more"):
        suggesting.follow(twenty[0].brief, by=maya, avoid="everything")


def test_a_click_on_the_brief_follows_it(client: Client, twenty, hears, maya):
    client.force_login(maya)
    brief = twenty[0].brief
    assert "Text in 9 of 20: add “lettering”" in client.get(brief.get_absolute_url()).content.decode()
    response = client.post(reverse("review:suggestion", args=[brief.pk]), {"avoid": "lettering"})

    assert response.headers["Location"] == reverse("generation:brief-form", args=[brief.pk])
    assert briefs.newest(brief).avoid == "lettering"
