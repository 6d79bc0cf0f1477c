"""Nobody alone gives anybody a right to sign or to confirm: what an insider tries, by the verbs."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import resolve
from django.utils.timezone import now

from creative import access, members, passwords, people
from creative.errors import Refused
from creative.models import Event, Membership, User
from creative.roles import Action, Role
from tests import make


def given(project, by, user, role=Role.REVIEWER, stage="legal"):
    return members.add(project, by=by, user=user, role=role, stage=stage)


def confirmed(member, by):
    """On a page as it shows the right now."""
    shown = Membership.objects.select_related("user").get(pk=member.pk)
    members.confirm(shown, by=by, seen=members.ask(shown))


def acts(scope: str) -> list[str]:
    return list(Event.objects.filter(scope=scope).order_by("sequence").values_list("act", flat=True))


def chosen(user: User, *, by: User | None, password: str = "a long enough sentence") -> None:
    """The owner, or whoever holds the link, uses it."""
    kwargs = resolve(passwords.give_link(user, by=by)).kwargs
    found = passwords.owner_of(kwargs["key"], kwargs["token"])
    assert found == user
    passwords.choose(found, password, token=kwargs["token"])


# A right takes effect by a second person


@pytest.mark.parametrize(("role", "stage"), [(Role.REVIEWER, "legal"), (Role.REVIEWER, "brand"), (Role.PRODUCER, "")])
def test_a_right_to_sign_or_to_confirm_waits_and_looks_on_until_then(project, pia, bea, stranger, role, stage):
    member = given(project, pia, stranger, role, stage)

    assert access.rights(stranger, project) == {Action.VIEW}
    assert not access.may_sign(stranger, project, stage) and not access.confirms(stranger, project)

    confirmed(member, bea)

    assert access.confirms(stranger, project) and access.may_sign(stranger, project, stage) == bool(stage)
    assert acts(f"project:{project.pk}") == ["membership.added", "membership.confirmed"]


@pytest.mark.parametrize("role", [Role.MARKETER, Role.DESIGNER])
def test_other_roles_hold_at_once(project, pia, stranger, role):
    assert given(project, pia, stranger, role, "").is_in_force


@pytest.mark.parametrize("who", ["pia", "stranger", "maya", "dan", "other"])
def test_neither_giver_nor_owner_nor_who_holds_no_such_right_confirms(
    project, pia, stranger, other_people, request, who
):
    member = given(project, pia, stranger)
    by = other_people["producer"] if who == "other" else request.getfixturevalue(who)

    with pytest.raises((Refused, PermissionDenied)):
        confirmed(member, by)

    member.refresh_from_db()
    assert not member.is_in_force


def test_who_waits_to_be_confirmed_confirms_nobody(project, pia, stranger):
    puppet = make.person("puppet")
    given(project, pia, puppet, Role.PRODUCER, "")

    with pytest.raises(PermissionDenied):
        confirmed(given(project, pia, stranger), puppet)


def test_a_reviewer_of_another_stage_and_a_legal_reviewer_of_the_site_may_confirm(project, pia, bea, leo, stranger):
    confirmed(given(project, pia, stranger), bea)
    other = make.project("Winter", brand="Korvo")
    confirmed(given(other, pia, stranger, Role.PRODUCER, ""), leo)

    assert access.allowed(stranger, Action.MANAGE, other)


def test_a_changed_role_waits_anew_and_the_one_before_is_confirmed_no_more(project, pia, bea, leo, stranger):
    member = given(project, pia, stranger, stage="brand")
    confirmed(member, bea)

    members.change(member, by=pia, role=Role.REVIEWER, stage="legal")
    assert not access.may_sign(stranger, project, "legal") and not access.may_sign(stranger, project, "brand")
    members.change(member, by=pia, role=Role.REVIEWER, stage="brand")
    assert not access.may_sign(stranger, project, "brand")


def test_nobody_makes_themselves_legal_and_then_producer_again(project, pia):
    mine = Membership.objects.get(user=pia, project=project)

    members.change(mine, by=pia, role=Role.REVIEWER, stage="legal")
    assert not access.may_sign(pia, project, "legal")
    with pytest.raises(Refused, match="Nobody confirms a right of their own"):
        confirmed(mine, pia)


def test_a_page_that_showed_another_role_confirms_nothing(project, pia, bea, stranger):
    member = given(project, pia, stranger, stage="brand")
    seen = members.ask(member)
    members.change(member, by=pia, role=Role.REVIEWER, stage="legal")

    with pytest.raises(Refused, match="something other"):
        members.confirm(member, by=bea, seen=seen)


def test_it_is_confirmed_once(project, pia, bea, leo, stranger):
    member = given(project, pia, stranger)
    confirmed(member, bea)

    with pytest.raises(Refused, match="confirmed it already"):
        confirmed(member, leo)
    assert Membership.objects.get(pk=member.pk).confirmed_by == bea


def test_the_clock_gives_no_right(project, pia, stranger):
    member = given(project, pia, stranger)
    Membership.objects.filter(pk=member.pk).update(given_at="2001-01-01T00:00Z")

    assert not access.may_sign(stranger, project, "legal")


def test_the_database_knows_no_confirmation_by_giver_or_owner(project, pia, stranger):
    member = given(project, pia, stranger)
    for by in (pia, stranger):
        with pytest.raises(IntegrityError, match="confirmed_by_a_second_person"), transaction.atomic():
            Membership.objects.filter(pk=member.pk).update(confirmed_by=by, confirmed_at=now())


# Other projects, and the site


def test_a_producer_of_another_project_gives_nothing_here(project, other_people):
    theirs = other_people["producer"]
    for where in (project, None):
        with pytest.raises(PermissionDenied):
            given(where, theirs, theirs, Role.PRODUCER, "")


def test_a_right_of_the_site_needs_a_second_person_of_the_site(project, pia, bea, leo, stranger):
    member = given(None, pia, stranger)
    with pytest.raises(PermissionDenied):
        confirmed(member, bea)
    assert not access.agrees_for_site(stranger)

    confirmed(member, leo)

    assert access.agrees_for_site(stranger)
    assert acts("site") == ["membership.added", "membership.confirmed"]


@pytest.mark.parametrize(("role", "stage"), [(Role.DESIGNER, ""), (Role.REVIEWER, "brand")])
def test_the_site_has_producers_and_legal_reviewers_alone(pia, stranger, role, stage):
    with pytest.raises(Refused, match="producers and legal reviewers"):
        given(None, pia, stranger, role, stage)


def test_the_last_producer_and_the_last_legal_reviewer_of_the_site_stay(pia, leo):
    for person in (pia, leo):
        held = Membership.objects.get(user=person, project=None)
        with pytest.raises(Refused, match="needs a producer and a legal reviewer"):
            members.remove(held, by=pia)
        with pytest.raises(Refused, match="needs a producer and a legal reviewer"):
            people.change(person, by=pia, is_active=False)
    with pytest.raises(Refused, match="needs a producer"):
        members.change(Membership.objects.get(user=pia, project=None), by=pia, role=Role.REVIEWER, stage="legal")


def test_stopping_needs_one_person_alone(project, pia, bea):
    assert members.remove(Membership.objects.get(user=bea), by=pia)

    assert not access.rights(bea, project)


# Passwords


def test_a_new_person_has_no_password_until_they_choose_one(project, pia, bea):
    noa = people.add(User(username="noa"), by=pia)
    assert not noa.has_usable_password()
    member = given(project, pia, noa)
    with pytest.raises(Refused, match="has not chosen a password"):
        confirmed(member, bea)

    chosen(noa, by=pia)

    confirmed(member, bea)
    assert access.may_sign(noa, project, "legal")
    assert acts("site") == ["user.added", "user.link_given", "user.password_changed"]


def test_a_link_that_a_colleague_gave_takes_what_its_owner_signs_and_confirms(project, pia, bea, leo):
    """Whoever gave the link may have used it."""
    chosen(leo, by=pia)

    assert not access.may_sign(leo, project, "legal") and not access.agrees_for_site(leo)
    assert not access.confirms(leo, project)
    for by in (pia, leo):
        with pytest.raises((Refused, PermissionDenied)):
            confirmed(Membership.objects.get(user=leo, project=project), by)

    confirmed(Membership.objects.get(user=leo, project=project), bea)
    assert access.may_sign(leo, project, "legal")


def test_a_link_takes_no_role_of_who_signs_nothing(project, pia, dan):
    chosen(dan, by=pia)

    assert access.allowed(dan, Action.COMPOSE, project)


def test_who_gave_the_link_does_not_confirm_what_another_gave(project, pia, bea, stranger):
    second = make.of_site(make.member(project, "second", Role.PRODUCER))
    chosen(stranger, by=second)
    member = given(project, pia, stranger)

    with pytest.raises(Refused, match="link to their password"):
        confirmed(member, second)
    confirmed(member, bea)


def test_nor_after_a_third_gave_a_link_that_was_not_used(project, pia, leo, stranger):
    second, third = (make.of_site(make.member(project, name, Role.PRODUCER)) for name in ("second", "third"))
    chosen(stranger, by=second)
    passwords.give_link(User.objects.get(pk=stranger.pk), by=third)

    with pytest.raises(Refused, match="link to their password"):
        confirmed(given(project, pia, stranger), second)


def test_a_link_is_good_once_and_the_newest_alone(pia, stranger):
    older, newer = (resolve(passwords.give_link(stranger, by=pia)).kwargs for _ in range(2))
    assert passwords.owner_of(older["key"], older["token"]) is None

    passwords.choose(stranger, "a long enough sentence", token=newer["token"])

    assert passwords.owner_of(newer["key"], newer["token"]) is None
    with pytest.raises(Refused, match="used already"):
        passwords.choose(stranger, "another long sentence", token=newer["token"])


@pytest.mark.parametrize("key", ["", "MQ", "/", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk", "\x00", "4pyT", "é"])
def test_a_link_that_nobody_gave_is_nobodys(stranger, key):
    assert passwords.owner_of(key, "c0ffee-" + "0" * 32) is None


def test_a_deactivated_person_gets_no_link(pia, stranger):
    people.change(stranger, by=pia, is_active=False)

    with pytest.raises(Refused, match="deactivated"):
        passwords.give_link(User.objects.get(pk=stranger.pk), by=pia)


# How the first two people come to be


def set_up(capsys) -> dict[str, str]:
    call_command("set_up_people", producer="pia", legal="leo")
    lines = [line.split(": ") for line in capsys.readouterr().out.splitlines() if ": " in line]
    return {name.strip(): link for name, link in lines}


def test_the_installation_names_the_first_two_and_tells_so(db, capsys):
    links = set_up(capsys)
    for name, link in links.items():
        user, kwargs = User.objects.get(username=name), resolve(link).kwargs
        passwords.choose(user, "a long enough sentence", token=kwargs["token"])

    pia, leo = (User.objects.get(username=name) for name in ("pia", "leo"))
    assert access.keeps_site(pia) and access.agrees_for_site(leo)
    told = Event.objects.filter(scope="site", act="membership.added")
    assert {(event.actor_id, event.data["user"], event.data["role"]) for event in told} == {
        (None, pia.pk, "producer"),
        (None, leo.pk, "reviewer"),
    }
    with pytest.raises(CommandError, match="let others in"):
        call_command("set_up_people", producer="eve", legal="mallory")


def test_it_can_be_said_again_until_both_have_come(db, capsys):
    set_up(capsys)

    assert set(set_up(capsys)) == {"pia", "leo"}
    assert Membership.objects.count() == 2


def test_one_person_is_not_both(db):
    with pytest.raises(CommandError, match="two people"):
        call_command("set_up_people", producer="pia", legal="pia")


def test_a_link_from_the_command_line_takes_nothing_and_is_told(project, leo, capsys):
    call_command("password_link", "leo")
    kwargs = resolve(capsys.readouterr().out.strip()).kwargs
    passwords.choose(leo, "a long enough sentence", token=kwargs["token"])

    assert access.may_sign(leo, project, "legal")
    event = Event.objects.get(act="user.link_given")
    assert (event.scope, event.actor_id, event.data["user"]) == ("site", None, leo.pk)


def test_djangos_own_superuser_may_nothing(project, db):
    boss = User.objects.create_superuser("boss", password="a long enough sentence")

    assert not access.keeps_site(boss) and not access.rights(boss, project)
