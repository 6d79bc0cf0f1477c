"""How fast passwords may be tried: slower and slower, never locked, and never at the cost of pages."""

import threading
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from creative import sign_in_limits
from creative.models import Event, Tries
from creative.sign_in_limits import OF_ONE, Limit

RIGHT = "winnow-demo"


def sign_in(client, password, name="maya", address="203.0.113.9"):
    data = {"username": name, "password": password}
    return client.post(reverse("creative:sign-in"), data, headers={"X-Forwarded-For": address})


def wrong(times, **more):
    for _ in range(times):
        answer = sign_in(Client(), "wrong", **more)
    return answer


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Of what is a hundred, so that the test is over before any of it comes back."""
    monkeypatch.setattr(sign_in_limits, "OF_ADDRESS", Limit(15, timedelta(minutes=5)))
    monkeypatch.setattr(sign_in_limits, "OF_NAME", Limit(15, timedelta(minutes=5)))


def later(seconds):
    for tries in Tries.objects.all():
        tries.until -= timedelta(seconds=seconds)
        tries.save()


def test_ten_wrong_passwords_slow_one_name_from_one_address(maya, dan):
    assert wrong(OF_ONE.burst).status_code == 200

    for password in ("wrong", RIGHT):
        refused = sign_in(Client(), password)
        assert refused.status_code == 429 and 1 <= int(refused.headers["Retry-After"]) <= 60
        assert "Too many tries. Wait" in refused.content.decode()
    assert sign_in(Client(), RIGHT, "dan").status_code == 302
    assert sign_in(Client(), RIGHT, address="198.51.100.1").status_code == 302


def test_it_ends_although_somebody_keeps_trying(maya):
    wrong(OF_ONE.burst)
    for _ in range(5):
        later(11)
        wrong(3)  # refused, and costs nothing further

    later(11)

    assert sign_in(Client(), RIGHT).status_code == 302


def test_who_signed_in_here_before_is_kept_out_by_nobody_elsewhere(maya):
    browser = Client()
    sign_in(browser, RIGHT)
    browser.post(reverse("creative:sign-out"))
    for each in range(15):  # from many addresses, the owner's among them
        wrong(1, address=f"203.0.113.{each % 12}")

    assert sign_in(Client(), RIGHT, address="192.0.2.1").status_code == 429, "a browser that never was"
    assert sign_in(browser, RIGHT).status_code == 302
    assert wrong_by(browser, OF_ONE.burst + 1).status_code == 429, "and is bounded itself"


def wrong_by(browser, times):
    browser.post(reverse("creative:sign-out"))
    for _ in range(times):
        answer = sign_in(browser, "wrong")
    return answer


def test_a_known_browser_is_known_for_its_own_name_alone(maya, dan):
    browser = Client()
    sign_in(browser, RIGHT)
    wrong(OF_ONE.burst, name="dan")
    browser.post(reverse("creative:sign-out"))

    assert sign_in(browser, "wrong", "dan").status_code == 429
    browser.cookies["known"] = browser.cookies["known"].value[:-1] + "x"
    wrong(OF_ONE.burst)
    assert sign_in(browser, "wrong").status_code == 429, "nor by a cookie that is not ours"


def test_many_names_slow_an_address_and_no_other(maya):
    for each in range(15):
        wrong(1, name=f"nobody-{each}")

    assert sign_in(Client(), RIGHT).status_code == 429
    assert sign_in(Client(), RIGHT, address="198.51.100.1").status_code == 302


def test_an_address_of_version_6_is_its_network(maya):
    for each in range(OF_ONE.burst):
        wrong(1, address=f"2001:db8::{each + 1:x}")

    assert sign_in(Client(), RIGHT, address="2001:db8::ffff").status_code == 429


def test_who_knew_the_password_in_the_end_may_mistype_it_again(maya):
    wrong(4)
    assert sign_in(Client(), RIGHT).status_code == 302
    assert wrong(OF_ONE.burst - 1).status_code == 200


def test_what_no_longer_counts_is_forgotten(maya):
    wrong(2)
    later(3600)
    wrong(1, name="nobody", address="198.51.100.1")

    assert Tries.objects.count() == 3


@pytest.mark.parametrize("name", ["a" * 900_000, "\x00", "a\x00b"])
def test_a_name_that_nobody_can_have_is_looked_up_and_stored_nowhere(db, name):
    answer = sign_in(Client(), "wrong", name)

    assert answer.status_code == 200
    assert not Tries.objects.exclude(of__regex="^[0-9a-f]{64}$").exists()


def test_being_slowed_is_told_once(maya):
    wrong(OF_ONE.burst + 5)

    assert Event.objects.filter(scope="site", act="session.locked").count() == 1


def test_more_sign_ins_at_once_than_a_process_has_places_for_are_asked_to_come_again(maya):
    with ExitStack() as taken:
        for _ in range(sign_in_limits.AT_ONCE):
            assert taken.enter_context(sign_in_limits.place())
        busy = sign_in(Client(), RIGHT)
    assert busy.status_code == 503 and busy.headers["Retry-After"]
    assert 'value="maya"' in busy.content.decode()
    assert sign_in(Client(), RIGHT).status_code == 302


def test_a_place_is_given_back_whatever_happens():
    def fail():
        with pytest.raises(ZeroDivisionError), sign_in_limits.place():
            1 / 0  # noqa: B018

    threads = [threading.Thread(target=fail) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sign_in_limits.place() as free:
        assert free
