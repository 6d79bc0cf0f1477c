"""The brief form saves as people type, and undoes nobody's work by it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from creative import briefs, files
from creative.roles import Role
from generation import presets
from generation.models import Preset, Run
from tests import make

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def draft(project, maya):
    return briefs.draft(project, by=maya, **make.WORDS)


@pytest.fixture
def form(client, maya, draft):
    """Maya's open page: post(words) saves by htmx, as she types."""
    client.force_login(maya)
    url = reverse("generation:brief-form", args=[draft.pk])
    seen = client.get(url).context["seen"]

    def post(at=url, headers=FRAGMENT, **words):
        values = {**make.WORDS, "use_class": "internal", "seen": seen, **words}
        return client.post(at, values, headers=headers)

    return post


def test_it_saves_what_is_valid_and_marks_what_is_not(form, draft):
    reply = form(mood="calm", count="many")

    assert reply.status_code == 422
    assert briefs.newest(draft).mood == "calm"
    assert briefs.newest(draft).count == make.WORDS["count"]
    assert "Enter a whole number" in reply.content.decode()


@pytest.mark.parametrize("target", ["", "0", "21", "2.5", "two", "-1", "9" * 40])
def test_a_target_that_is_no_number_from_1_to_20_is_marked_and_the_stored_one_stays(form, draft, target):
    assert form(target=target).status_code == 422
    assert briefs.newest(draft).target == make.WORDS["target"]


def test_wanting_more_finished_pictures_than_candidates_is_advised_against_and_saved(form, draft):
    reply = form(count="3", target="4")

    assert (reply.status_code, briefs.newest(draft).target) == (200, 4)
    assert "more than the candidates asked for" in reply.content.decode()


def test_a_day_that_has_passed_is_told_beside_it_and_saved(form, draft):
    yesterday, today = timezone.localdate() - timedelta(days=1), timezone.localdate()

    assert "That day has passed." in form(due=str(yesterday)).content.decode()
    assert briefs.newest(draft).due == yesterday
    assert "That day has passed." not in form(due=str(today)).content.decode()


def test_it_tells_what_is_thin_beside_the_field(form):
    assert "could be anything" in form(subject="a picture of a pool").content.decode()


def test_a_late_save_does_not_undo_a_submission(form, draft, maya, preset):
    form(at=reverse("generation:submission", args=[draft.pk]), headers={}, preset=preset.pk)
    assert Run.objects.count() == 1

    reply = form(mood="an older word")

    assert (reply.status_code, draft.revisions.count()) == (409, 1)
    assert "submitted meanwhile" in reply.content.decode()


def test_a_stale_page_does_not_undo_what_a_colleague_wrote(form, draft, project):
    colleague = make.member(project, "mo", Role.MARKETER)
    briefs.write(draft, by=colleague, mood="bold")

    reply = form(mood="calm")

    assert (reply.status_code, briefs.newest(draft).mood) == (409, "bold")
    assert "Mo changed this brief meanwhile" in reply.content.decode()


def test_submit_pressed_twice_orders_once(form, draft, preset):
    at = reverse("generation:submission", args=[draft.pk])
    words = {"at": at, "headers": {}, "preset": preset.pk}

    assert (form(**words).status_code, form(**words).status_code) == (302, 302)
    assert Run.objects.count() == 1


def test_without_a_model_submit_says_so(form, draft):
    reply = form(at=reverse("generation:submission", args=[draft.pk]), headers={})

    assert reply.status_code == 409
    assert "No model is set up yet" in reply.content.decode()


def test_regulated_use_is_told_while_writing_and_refused_at_submit(form, draft, preset):
    assert "refused until a policy version" in form(use_class="regulated").content.decode()

    reply = form(
        at=reverse("generation:submission", args=[draft.pk]), headers={}, use_class="regulated", preset=preset.pk
    )
    assert (reply.status_code, Run.objects.count()) == (409, 0)


def test_who_was_signed_out_is_told_and_not_shown_a_sign_in_form(client, draft):
    reply = client.post(reverse("generation:brief-form", args=[draft.pk]), {}, headers=FRAGMENT)

    assert reply.status_code == 401


def test_an_older_tab_of_the_same_person_puts_nothing_back_however_often_it_saves(form, draft):
    other_tab = form  # opened at the same moment, and so with the same words
    form(subject="a green boat on a lake")

    first = other_tab(mood="calm")
    second = other_tab(mood="calm and cool", seen=first.context["seen"])

    assert (first.status_code, second.status_code) == (200, 200)
    stored = briefs.newest(draft)
    assert (stored.subject, stored.mood) == ("a green boat on a lake", "calm and cool")


def test_what_a_tab_changed_it_may_change_back(form, draft):
    first = form(subject="a green boat on a lake")

    form(seen=first.context["seen"])

    assert briefs.newest(draft).subject == make.WORDS["subject"]


def test_it_says_which_stage_nobody_can_sign(form, project):
    assert form(use_class="customer-facing").content.decode().count("Nobody in this project can sign it") == 2
    make.member(project, "leo", Role.REVIEWER, "legal")
    assert form(use_class="customer-facing").content.decode().count("Nobody in this project can sign it") == 1


@pytest.fixture
def small(db) -> Preset:
    """Hears four words of a prompt, by the starter's tokenizer, and nothing of what to avoid."""
    tokenizer = files.put(presets.starter_tokenizer(), media_type="application/json")
    heard = {"tokens": 4, "avoid": False, "guidance": True, "noise": True, "stops": True}
    return make.preset(name="small", heard=heard, tokenizer=tokenizer)


def test_words_that_a_model_does_not_hear_are_marked_while_they_are_written(form, small):
    page = form(subject="red sneaker", style="soft light", mood="fresh", lighting="", composition="", preset=small.pk)

    assert "<del" in page.content.decode()
    assert page.context["unheard"] and page.context["prompt"]["prompt"].endswith(page.context["unheard"])
    assert "reads 4 word parts of a prompt, so that it does not hear “fresh”" in page.context["advice"]["mood"]
    assert "What is struck out is not heard" in page.content.decode()
    assert "subject" not in page.context["advice"] or "does not hear" not in page.context["advice"]["subject"]


def test_what_to_avoid_is_promised_by_a_model_that_hears_it_alone(form, small):
    able = make.preset(
        name="able", heard={"tokens": None, "avoid": True, "guidance": True, "noise": True, "stops": True}
    )

    assert "Without: hat" in form(avoid="hat", preset=able.pk).content.decode()
    deaf = form(avoid="hat", preset=small.pk)
    assert "Without:" not in deaf.content.decode()
    assert 'data-hides="avoid"' not in deaf.content.decode()  # words that somebody wrote stay in sight
    assert deaf.context["advice"]["avoid"] == "“small” can't be told what to avoid, so this changes nothing."


def test_a_model_that_hears_nothing_of_what_to_avoid_is_not_given_the_field(form, small):
    able = make.preset(name="able", heard={**small.heard, "avoid": True})

    page = form(avoid="", preset=small.pk).content.decode()
    assert 'data-hides="avoid"' in page
    assert "“small” can't be told what to avoid." in page
    assert 'data-hides="avoid"' not in form(avoid="", preset=able.pk).content.decode()


def test_a_brief_that_says_enough_is_not_thin_for_words_that_go_unheard(form, small):
    full = {"subject": "a red sneaker on a wooden bench", "style": "photo", "lighting": "dusk", "composition": "low"}

    page = form(**full, mood="fresh", avoid="hat", due="2020-01-01", preset=small.pk)

    assert {"avoid", "due", "mood"} <= page.context["advice"].keys()
    assert "A thin brief" not in page.content.decode()


def test_the_house_style_is_seen_in_the_prompt_and_sent_with_it(form, draft, project, pia, preset):
    make.kit(project, pia, house_style="clean, premium")

    page = form(mood="fresh")
    assert page.context["prompt"]["prompt"].endswith("fresh, clean, premium")
    assert "house style of Halden" in page.content.decode()
    form(at=reverse("generation:submission", args=[draft.pk]), headers={}, mood="fresh", preset=preset.pk)
    make.kit(project, pia, house_style="dark")

    assert Run.objects.get().recipe.prompt.endswith("fresh, clean, premium")
    assert "clean" not in briefs.newest(draft).mood


def test_a_word_that_the_kit_avoids_is_told_beside_its_field_and_forbids_nothing(form, draft, project, pia, preset):
    make.kit(project, pia, avoid=["cheap"])

    page = form(subject="cheap red sneaker on a teal background", mood="cheap")
    assert page.context["advice"]["subject"] == "The kit of Halden avoids “cheap”."
    assert page.context["hints"] == ""
    at = reverse("generation:submission", args=[draft.pk])
    assert form(at=at, headers={}, mood="cheap", preset=preset.pk).status_code == 302


def test_colours_of_the_brief_are_those_of_the_kit(form, project, pia):
    make.kit(project, pia)

    assert [name for name, _ in form().context["form"].fields["palette"].choices] == ["red", "teal"]
