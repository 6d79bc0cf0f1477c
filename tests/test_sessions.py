"""How a session begins, what it is known by, and how it ends, also for who copied its cookie."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from creative.models import User

NEW = "a long enough sentence"


def signed_in(name: str = "maya", client: Client | None = None) -> Client:
    client = client or Client()
    form = {"username": name, "password": "winnow-demo"}
    assert client.post(reverse("creative:sign-in"), form).status_code == 302
    return client


def copy_of(client: Client) -> Client:
    """As who has the cookie, and nothing else."""
    thief = Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    return thief


def is_in(client: Client) -> bool:
    return client.get(reverse("creative:account")).status_code == 200


def test_signing_in_begins_a_session_that_nobody_knew_before(client, maya):
    planted = client.session  # as somebody else may have put into this browser
    planted["anything"] = 1
    planted.save()
    client.cookies["sessionid"] = planted.session_key

    signed_in(client=client)

    assert client.session.session_key != planted.session_key
    assert not Session.objects.filter(session_key=planted.session_key).exists()
    thief = Client()
    thief.cookies["sessionid"] = planted.session_key
    assert not is_in(thief)


def test_a_session_is_known_by_an_id_of_its_own_that_nobody_guesses(maya):
    keys = {signed_in().session.session_key for _ in range(5)}

    assert len(keys) == 5
    assert all(len(key) == 32 and key.isalnum() for key in keys)  # of 36 letters and digits: 165 bits


def test_an_id_that_we_never_gave_is_nobodys(client, maya):
    client.cookies["sessionid"] = "a" * 32

    assert not is_in(client)


def test_who_signs_out_ends_the_session_for_every_copy_of_its_cookie(maya):
    here = signed_in()
    thief = copy_of(here)
    assert is_in(thief)

    here.post(reverse("creative:sign-out"))

    assert not is_in(thief)
    assert not Session.objects.exists()


def test_signing_out_takes_pages_and_pictures_out_of_the_browser(maya):
    left = signed_in().post(reverse("creative:sign-out"))

    assert left.status_code == 302
    assert left.headers["Clear-Site-Data"] == '"cache"'


def test_a_new_password_ends_every_other_session_and_renews_this_one(maya):
    here, elsewhere = signed_in(), signed_in()
    thief = copy_of(here)
    form = {"old_password": "winnow-demo", "new_password1": NEW, "new_password2": NEW}

    here.post(reverse("creative:password"), form)

    assert is_in(here)
    assert not is_in(elsewhere) and not is_in(thief)


def test_a_deactivated_persons_sessions_are_over_at_once(maya):
    here = signed_in()
    User.objects.filter(pk=maya.pk).update(is_active=False)

    assert not is_in(here)


def test_a_session_ends_a_week_after_it_began_however_much_it_is_used(maya, settings):
    here = signed_in()
    began = Session.objects.get().expire_date
    later = here.session
    later["used"] = True
    later.save()

    assert Session.objects.get().expire_date == began
    assert timedelta(0) <= now() + timedelta(days=7) - began < timedelta(minutes=1)
    Session.objects.update(expire_date=now() - timedelta(seconds=1))
    assert not is_in(here)


def test_what_a_page_says_once_stays_out_of_the_browser(maya):
    here = signed_in()
    form = {"old_password": "winnow-demo", "new_password1": NEW, "new_password2": NEW}

    changed = here.post(reverse("creative:password"), form)

    assert set(changed.cookies) <= {"sessionid", "csrftoken"}
    assert "Your new password is set" in here.get(changed.headers["Location"]).content.decode()
    assert "Your new password is set" not in here.get(changed.headers["Location"]).content.decode()
