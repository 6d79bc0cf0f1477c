"""Accounts, roles and passwords as people meet them: pages, and what an insider tries at them."""

from __future__ import annotations

import logging

import pytest
from django.test import Client
from django.urls import reverse

from creative import access, members, passwords, people, policy
from creative.models import Event, Membership, User
from creative.roles import Role
from review.signing import rights
from tests import make

MEDICAL = policy.SHIPPED.replace('["brand", "legal"]', '["brand", "legal", "medical"]')
NEW = "a long enough sentence"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


def site_acts(start: str) -> list[tuple[str, int | None, dict]]:
    events = Event.objects.filter(scope="site", act__startswith=start).order_by("sequence")
    return [(event.act, event.actor_id, event.data) for event in events]


def people_of(project) -> str:
    return reverse("creative:people", args=[project.pk])


# The way of a new reviewer


def test_a_new_reviewer_is_named_chooses_a_password_and_is_confirmed(project, pia, bea):
    """As pia, noa and bea do it, page by page."""
    account, url = {"username": "noa", "is_active": "on"}, reverse("admin:creative_user_add")
    added = signed_in(pia).post(url, account, follow=True)
    link = next(word for word in added.content.decode().split() if "/welcome/" in word)
    named = signed_in(pia).post(people_of(project), {"user": "noa", "role": "reviewer:legal"}, follow=True)
    assert "once a second person confirms it" in named.content.decode()
    member = Membership.objects.get(user__username="noa")

    noa = Client()
    assert "Welcome, noa" in noa.get(link).content.decode()
    welcomed = noa.post(link, {"new_password1": NEW, "new_password2": NEW}, follow=True)
    assert "waits for a second person to confirm it" in welcomed.content.decode()

    home = signed_in(bea).get("/").content.decode()
    assert "noa as legal reviewer" in home and people_of(project) in home
    page = signed_in(bea).get(people_of(project)).content.decode()
    assert "Ask noa in person before you confirm" in page
    member.refresh_from_db()
    signed_in(bea).post(reverse("creative:confirmation", args=[member.pk]), {"seen": members.ask(member)})

    assert access.may_sign(User.objects.get(username="noa"), project, "legal")
    assert "noa as legal reviewer" not in signed_in(bea).get("/").content.decode()


def test_a_user_name_that_nobody_has_is_said_beside_its_field_and_stays(project, pia):
    response = signed_in(pia).post(people_of(project), {"user": "nobody-here", "role": "designer"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "Nobody here has this user name" in page and 'value="nobody-here"' in page


def test_a_stage_that_no_policy_names_is_not_offered(project, pia, stranger):
    response = signed_in(pia).post(people_of(project), {"user": stranger.username, "role": "reviewer:medical"})

    assert response.status_code == 422 and not stranger.memberships.exists()


def test_a_stage_that_policy_names_is_offered(project, pia, leo):
    make.agreed_policy(MEDICAL, written_by=pia, agreed_by=leo)

    assert "Medical reviewer" in signed_in(pia).get(people_of(project)).content.decode()


# What an insider tries at the pages


def test_a_producer_finds_no_page_that_takes_somebodys_password(project, pia, leo):
    client = signed_in(pia)
    old = leo.password
    for path in (f"/admin/creative/user/{leo.pk}/password/", "/admin/password_change/"):
        assert client.post(path, {"password1": NEW, "password2": NEW, "usable_password": "true"}).status_code in (
            302,
            404,
        )
    url = reverse("admin:creative_user_change", args=[leo.pk])
    client.post(url, {"username": "leo", "is_active": "on", "password": "x", "password_set_at": "", "link_by": ""})

    leo.refresh_from_db()
    assert leo.password == old and leo.password_set_at


def test_a_producer_who_uses_the_link_they_gave_signs_nothing_with_it(project, version, pia, bea):
    link = passwords.give_link(bea, by=pia)
    thief = Client()
    thief.post(link, {"new_password1": NEW, "new_password2": NEW})
    sign = reverse("review:signoffs", args=[version.pk])

    response = thief.post(sign, {"stage": "brand", "decision": "approved", "seen": version.fingerprint})

    assert response.status_code == 403
    assert not version.signoffs.exists()
    told = [change.sentence for change in rights.changed_lately(project)]
    assert "Pia gave Bea (brand reviewer) the link to a new password" in told


def test_a_link_signs_the_ones_other_browsers_out(bea, pia):
    here = signed_in(bea)
    Client().post(passwords.give_link(bea, by=pia), {"new_password1": NEW, "new_password2": NEW})

    assert here.get("/").status_code == 302


def test_roles_have_no_page_in_the_admin(pia):
    assert signed_in(pia).get("/admin/creative/membership/").status_code == 404


def test_a_right_given_in_one_project_confirms_nothing_in_another(project, other_people):
    member = make.waiting_to_be_confirmed(project)
    url = reverse("creative:confirmation", args=[member.pk])

    assert signed_in(other_people["legal"]).post(url, {"seen": members.ask(member)}).status_code == 404


def test_a_signature_says_what_its_right_rests_on(project, version, pia, bea, leo):
    member = members.add(project, by=pia, user=make.person("noa"), role=Role.REVIEWER, stage="brand")
    members.confirm(member, by=bea, seen=members.ask(member))
    make.signed(version, member.user, "brand")

    right = Event.objects.get(act="signoff.signed").data["right"]
    assert (right["given_by"], right["confirmed_by"]) == (pia.pk, bea.pk)


def test_who_signs_sees_what_changed_lately_around_the_right(project, version, pia, bea):
    member = members.add(project, by=pia, user=make.person("noa"), role=Role.REVIEWER, stage="legal")
    members.confirm(member, by=bea, seen=members.ask(member))

    page = signed_in(bea).get(reverse("review:version", args=[version.pk])).content.decode()

    assert "Rights to sign here changed lately" in page
    assert "Pia made Noa legal reviewer" in page and "Bea confirmed Noa as legal reviewer" in page


@pytest.mark.parametrize("name", ["leо", "ｌｅｏ", "Leo", "le\u200bo", "le o"])  # the first ends in Cyrillic
def test_a_user_name_that_reads_like_anothers_is_refused(pia, leo, name):
    response = signed_in(pia).post(reverse("admin:creative_user_add"), {"username": name, "is_active": "on"})

    assert response.status_code == 200 and response.context["adminform"].errors
    assert User.objects.count() == 2


def test_a_name_of_any_script_stands_beside_the_user_name(pia):
    words = {"username": "leo", "first_name": "Лео", "last_name": "田中", "is_active": "on"}
    signed_in(pia).post(reverse("admin:creative_user_add"), words)

    assert str(User.objects.get(username="leo")) == "Лео 田中"


def test_who_is_let_in_again_signs_in_again(pia, dan):
    here = signed_in(dan)
    for active in (False, True):
        people.change(User.objects.get(pk=dan.pk), by=pia, is_active=active)

    assert here.get("/").status_code == 302
    assert signed_in(User.objects.get(pk=dan.pk)).get("/").status_code == 200


# The admin's lists


@pytest.mark.parametrize(
    "asked", ["username__regex=^(a%2B)%2B$", "email__contains=a", "password__startswith=a", "link_by__username=pia"]
)
def test_a_list_of_the_admin_is_asked_what_its_filters_offer_alone(pia, asked):
    assert signed_in(pia).get(f"{reverse('admin:creative_user_changelist')}?{asked}").status_code == 400


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("creative_user", "is_active__exact=1"),
        ("creative_user", "q=pia&o=2"),
        ("creative_project", "brand__id__exact=1"),
        ("creative_event", "scope=site&p=1"),
        ("generation_batch", "status__exact=queued"),
    ],
)
def test_and_its_own_filters_work(pia, page, asked):
    assert signed_in(pia).get(f"{reverse(f'admin:{page}_changelist')}?{asked}").status_code == 200


# One's own password


@pytest.mark.parametrize("name", ["maya", "dan", "bea", "leo", "pia", "stranger"])
def test_everybody_changes_their_own_password(request, name):
    person = request.getfixturevalue(name)
    client = signed_in(person)
    form = {"old_password": "winnow-demo", "new_password1": NEW, "new_password2": NEW}

    assert client.post(reverse("creative:password"), form).status_code == 302
    assert client.get(reverse("creative:account")).status_code == 200, "still signed in here"

    person.refresh_from_db()
    assert person.check_password(NEW)
    assert site_acts("user.") == [("user.password_changed", person.pk, {"user": person.pk, "by_link": False})]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (
            {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW},
            "Your old password was entered incorrectly",
        ),
        ({"old_password": "winnow-demo", "new_password1": NEW, "new_password2": "other"}, "didn’t match"),
        ({"old_password": "winnow-demo", "new_password1": "short", "new_password2": "short"}, "too short"),
        ({}, "This field is required"),
    ],
)
def test_what_is_no_new_password_is_said(maya, form, said):
    response = signed_in(maya).post(reverse("creative:password"), form)

    assert response.status_code == 422 and said in response.content.decode()
    maya.refresh_from_db()
    assert maya.check_password("winnow-demo")


def test_a_password_that_somebody_typed_is_replaced_at_the_first_sign_in(client, maya):
    User.objects.filter(pk=maya.pk).update(password_set_at=None)

    response = client.post("/sign-in/", {"username": "maya", "password": "winnow-demo", "next": "/review/"})

    assert response.headers["Location"] == reverse("creative:password")
    assert "Choose your own password" in client.get(reverse("creative:password")).content.decode()


# Who came and went


def test_sign_ins_and_sign_outs_are_told(client, maya, caplog):
    with caplog.at_level(logging.INFO, "creative.sign_ins"):
        client.post("/sign-in/", {"username": "maya", "password": "winnow-demo"})
        client.post("/sign-out/")

    told = {"user": maya.pk}
    assert site_acts("session.") == [("session.began", maya.pk, told), ("session.ended", maya.pk, told)]
    assert [record.getMessage() for record in caplog.records] == [f"sign-in user={maya.pk}", f"sign-out user={maya.pk}"]


def test_a_wrong_password_is_told_and_a_name_that_nobody_has_fills_no_evidence(client, maya, caplog):
    with caplog.at_level(logging.WARNING, "creative.sign_ins"):
        client.post("/sign-in/", {"username": "maya", "password": "wrong"})
        client.post("/sign-in/", {"username": "nobody\nforged line", "password": "wrong"})

    assert site_acts("session.") == [("session.refused", None, {"user": maya.pk})]
    lines = [record.getMessage() for record in caplog.records]
    assert lines == [f"sign-in refused user={maya.pk}", "sign-in refused user=None"]
