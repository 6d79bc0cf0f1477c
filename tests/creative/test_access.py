from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creative import access
from creative.models import Brief, Membership, Project
from creative.roles import GRANTS, OF_STAGE, Action, Role

# Word for word the table of who may.
TABLE = {
    "marketer": {"view", "brief", "cull", "download", "refer"},
    "designer": {"view", "brief", "cull", "compose", "download", "refer"},
    "reviewer": {"view", "sign", "refer"},
    "producer": {"view", "brief", "cull", "compose", "download", "refer", "keep the kit", "manage"},
}
BRAND = {"keep the kit"}  # a reviewer's of that stage, besides
CAST = {"maya": "marketer", "dan": "designer", "bea": "reviewer", "leo": "reviewer", "pia": "producer"}


def test_the_grants_are_the_table():
    assert {str(role): {str(action) for action in actions} for role, actions in GRANTS.items()} == TABLE
    assert {stage: {str(action) for action in actions} for stage, actions in OF_STAGE.items()} == {"brand": BRAND}


@pytest.mark.parametrize("name", CAST)
@pytest.mark.parametrize("action", list(Action))
def test_each_person_may_what_their_role_may(project, request, name, action):
    person = request.getfixturevalue(name)
    expected = action in TABLE[CAST[name]] | (BRAND if name == "bea" else set())

    assert access.allowed(person, action, project) is expected
    if expected:
        access.require(person, action, project)
    else:
        with pytest.raises(PermissionDenied):
            access.require(person, action, project)


@pytest.mark.parametrize("action", list(Action))
def test_a_stranger_may_nothing(project, stranger, action):
    assert not access.allowed(stranger, action, project)


def test_a_role_in_one_project_is_none_in_another(project, other_people):
    assert not any(access.allowed(person, Action.VIEW, project) for person in other_people.values())


def test_somebody_who_left_may_nothing(project, pia):
    pia.is_active = False
    pia.save(update_fields=["is_active"])

    assert not access.allowed(pia, Action.VIEW, project)
    assert not access.keeps_site(pia)


def test_a_superuser_without_a_membership_is_a_stranger(project, stranger):
    stranger.is_superuser = stranger.is_staff = True
    stranger.save(update_fields=["is_superuser", "is_staff"])

    assert not access.allowed(stranger, Action.VIEW, project)


def test_a_reviewer_signs_in_their_own_stage_alone(project, bea, leo, pia, stranger, other_people):
    assert [access.may_sign(bea, project, stage) for stage in ("brand", "legal", "medical", "")] == [True] + [False] * 3
    access.require_sign(leo, project, "legal")
    with pytest.raises(PermissionDenied, match="Legal reviewer may not sign for brand"):
        access.require_sign(leo, project, "brand")
    for person in (pia, stranger, other_people["legal"]):
        with pytest.raises(PermissionDenied):
            access.require_sign(person, project, "legal")


@pytest.mark.parametrize(("role", "stage"), [(Role.REVIEWER, ""), (Role.PRODUCER, "legal")])
def test_a_reviewer_and_nobody_else_has_a_stage(project, stranger, role, stage):
    with pytest.raises(IntegrityError):
        Membership.objects.create(project=project, user=stranger, role=role, stage=stage)


def test_fetch_finds_for_a_colleague_with_the_right(draft, maya):
    assert access.fetch(Brief.objects, maya, Action.BRIEF, pk=draft.pk) == draft


def test_fetch_refuses_a_colleague_without_the_right(draft, leo):
    with pytest.raises(PermissionDenied, match="Legal reviewer may not brief"):
        access.fetch(Brief.objects, leo, Action.BRIEF, pk=draft.pk)


@pytest.mark.parametrize("action", [Action.VIEW, Action.MANAGE])
def test_fetch_knows_nothing_for_a_stranger(draft, stranger, other_people, action):
    for person in (stranger, *other_people.values()):
        with pytest.raises(Http404):
            access.fetch(Brief.objects, person, action, pk=draft.pk)


def test_a_project_is_visible_to_its_members_alone(project, other_project, maya, stranger):
    assert list(Project.objects.visible_to(maya)) == [project]
    assert not Project.objects.visible_to(stranger).exists()
    assert not Project.objects.visible_to(AnonymousUser()).exists()


def test_a_role_in_a_project_is_none_of_the_site(pia, leo, stranger, other_people):
    assert access.keeps_site(pia) and not access.agrees_for_site(pia)
    assert access.agrees_for_site(leo) and not access.keeps_site(leo)
    for person in (stranger, *other_people.values(), AnonymousUser()):
        assert not access.keeps_site(person) and not access.agrees_for_site(person)


def test_a_page_reads_memberships_once(client, project, pia):
    client.force_login(pia, "django.contrib.auth.backends.ModelBackend")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("review:project", args=[project.pk])).status_code == 200

    read = [query["sql"] for query in queries if query["sql"].endswith(f'"creative_membership"."user_id" = {pia.pk}')]
    assert len(read) == 1


def test_a_role_that_was_taken_away_counts_at_the_next_request(client, project, pia):
    client.force_login(pia, "django.contrib.auth.backends.ModelBackend")
    page = reverse("review:project", args=[project.pk])
    assert client.get(page).status_code == 200

    project.members.filter(user=pia).delete()

    assert client.get(page).status_code == 404
