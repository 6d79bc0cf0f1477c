"""What producers keep: brands, projects, people and their roles, by verbs that ask, check, store and tell."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from creative import brands, members, passwords, people, projects
from creative.errors import Refused
from creative.models import Brand, Event, Membership, Project, User
from creative.roles import Role


def told() -> list[tuple[str, dict]]:
    """The site's events, as act and data."""
    return list(Event.objects.filter(scope="site").order_by("sequence").values_list("act", "payload__data"))


def test_a_brand_is_told_with_what_was_given(pia):
    brand = brands.add(Brand(name="Korvo"), by=pia)

    assert told() == [("brand.added", {"brand": brand.pk, "values": {"name": ["", "Korvo"]}})]
    assert Event.objects.get(scope="site").actor_id == pia.pk


def test_only_what_differs_is_written_and_told(pia, project):
    assert projects.change(project, by=pia, name="Winter", starts=None) == ["name"]
    assert projects.change(project, by=pia, name="Winter", starts=None) == []

    values = {"name": ["Autumn launch", "Winter"]}
    assert told() == [("project.changed", {"project": project.pk, "values": values})]


def test_an_older_page_puts_nothing_back_that_it_did_not_change(pia, project):
    older, day = Project.objects.get(pk=project.pk), datetime.date(2026, 12, 1)
    projects.change(project, by=pia, starts=day)

    projects.change(older, by=pia, name="Winter")

    assert (older.name, older.starts) == ("Winter", day)


def test_what_the_form_would_refuse_the_verb_refuses(pia):
    brand = brands.add(Brand(name="Korvo"), by=pia)

    with pytest.raises(Refused, match="This has several lines where one is meant"):
        brands.change(brand, by=pia, name="Korvo\nNord")
    with pytest.raises(Refused, match="Brand with this Name already exists"):
        brands.add(Brand(name="Korvo"), by=pia)

    assert len(told()) == 1


def test_a_project_is_named_once_a_brand(pia, project):
    with pytest.raises(Refused, match="already exists"):
        projects.add(Project(brand=project.brand, name=project.name), by=pia)

    assert told() == []


def test_a_persons_password_is_told_to_nobody(pia):
    noa = User(username="noa", first_name="Noa")
    noa.set_password("a long enough sentence")

    people.add(noa, by=pia)
    people.change(noa, by=pia, is_active=False)

    assert told() == [
        ("user.added", {"user": noa.pk, "values": {"first_name": ["", "Noa"], "username": ["", "noa"]}}),
        ("user.changed", {"user": noa.pk, "values": {"is_active": ["True", "False"]}}),
    ]


@pytest.mark.parametrize(
    ("role", "stage", "said"),
    [
        (Role.REVIEWER, "", "A reviewer has a stage to sign"),
        (Role.DESIGNER, "legal", "A reviewer has a stage to sign"),
        (Role.REVIEWER, "Legal 1", "A stage is one word in small letters"),
        ("boss", "", "is not a valid choice"),
    ],
)
def test_role_and_stage_go_together(pia, project, stranger, role, stage, said):
    with pytest.raises(Refused, match=said):
        members.add(project, by=pia, user=stranger, role=role, stage=stage)

    assert told() == []


def test_a_person_has_one_role_a_project(pia, project, dan):
    with pytest.raises(Refused, match="already exists"):
        members.add(project, by=pia, user=dan, role=Role.MARKETER)


@pytest.mark.parametrize("name", ["maya", "dan", "bea", "leo", "stranger", "other producer"])
def test_only_a_producer_keeps_what_belongs_to_everybody(request, project, pia, other_people, name):
    who = other_people["producer"] if name == "other producer" else request.getfixturevalue(name)
    member = Membership.objects.get(user=pia, project=project)
    acts = (
        lambda: brands.add(Brand(name="Korvo"), by=who),
        lambda: brands.change(project.brand, by=who, name="Mine"),
        lambda: projects.add(Project(brand=project.brand, name="Mine"), by=who),
        lambda: people.add(User(username="noa"), by=who),
        lambda: people.change(pia, by=who, is_active=False),
        lambda: members.add(project, by=who, user=who, role=Role.PRODUCER),
        lambda: members.add(None, by=who, user=who, role=Role.PRODUCER),
        lambda: members.change(member, by=who, role=Role.DESIGNER),
        lambda: members.remove(member, by=who),
        lambda: passwords.give_link(pia, by=who),
    )

    for act in acts:
        with pytest.raises(PermissionDenied):
            act()

    assert told() == []
