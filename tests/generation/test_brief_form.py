"""The brief form saves as people type, and undoes nobody's work by it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from creative import briefs
from creative.roles import Role
from generation.models import Run
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
