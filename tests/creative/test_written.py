"""What somebody wrote comes back to them from every answer that says no, and only to them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from creative import http

NOTE = "Warmer light on the seam"


@pytest.fixture
def signing(version):
    """Where a reviewer's comment is sent, and the page that it is written on."""
    return reverse("review:signoffs", args=[version.pk]), reverse("review:version", args=[version.pk])


def sent(client, signing, **headers):
    address, page = signing
    data = {"stage": "brand", "decision": "rejected", "note": NOTE}
    return client.post(address, data, headers={"Referer": f"http://testserver{page}", **headers})


def test_signed_out_it_is_shown_and_signing_in_leads_back_to_its_page(client, signing, bea):
    answer = sent(client, signing)
    assert answer.status_code == 401
    assert NOTE in answer.content.decode()

    sign_in = answer.context["sign_in"]
    assert sign_in.endswith(f"?next={signing[1]}")
    signed_in = client.post(sign_in, {"username": "bea", "password": "winnow-demo", "next": signing[1]}, follow=True)
    assert (signed_in.status_code, signed_in.request["PATH_INFO"]) == (200, signing[1])


def test_a_button_without_words_leads_to_signing_in_at_once(client, brief):
    page = reverse("review:brief", args=[brief.pk])
    answer = client.post(
        reverse("generation:top-up", args=[brief.pk]), {"count": 3}, headers={"Referer": f"http://testserver{page}"}
    )

    assert answer.headers["Location"] == f"/sign-in/?next={page}"


def test_another_sites_page_is_not_where_signing_in_leads(client, brief):
    elsewhere = {"Referer": "https://elsewhere.example/briefs/1/"}
    answer = client.post(reverse("generation:top-up", args=[brief.pk]), {"count": 3}, headers=elsewhere)

    assert answer.headers["Location"] == "/sign-in/?next=/"


def test_with_the_token_of_an_earlier_session_it_is_shown_and_no_role_is_spoken_of(signing, bea):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bea)
    answer = sent(client, signing)

    assert (answer.status_code, answer.headers["X-CSRF-Stale"]) == (403, "1")
    assert NOTE in answer.content.decode()
    assert "role" not in answer.content.decode().partition("<main")[2].partition("</main>")[0].replace('role="', "")
    assert answer.context["back"].endswith(signing[1])


def test_a_form_of_another_site_writes_nothing_on_our_pages(client, signing):
    assert NOTE not in sent(client, signing, **{"Sec-Fetch-Site": "cross-site"}).content.decode()


def test_passwords_are_never_shown(client, project):
    answer = client.post(reverse("review:exports", args=[project.pk]), {"new_password1": "correct horse", "note": NOTE})

    assert "correct horse" not in answer.content.decode()
    assert NOTE in answer.content.decode()


def test_the_token_of_an_open_page_is_asked_for_anew_by_who_is_signed_in(client, bea):
    assert client.get("/token/", headers={"HX-Request": "true"}).status_code == 401
    client.force_login(bea)

    answer = client.get("/token/")
    assert answer.json()["person"] == bea.pk
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = answer.cookies | client.cookies
    assert strict.post("/sign-out/", headers={"X-CSRFToken": answer.json()["token"]}).status_code == 302


@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("/versions/3/signoffs/", "/versions/3/"),
        ("/briefs/3/blind-pass/completion/", "/briefs/3/blind-pass/"),
        ("/projects/3/briefs/", "/projects/3/"),
        ("/runs/3/retry/", "/"),
    ],
)
def test_above_an_address_that_only_takes_forms_is_its_page(path, above):
    assert http.page_above(path) == above


def test_an_address_that_only_takes_forms_leads_to_its_page_and_refuses_in_words_otherwise(client, signing, bea):
    client.force_login(bea)

    assert client.get(signing[0]).headers["Location"] == signing[1]
    refused = client.post(signing[1], {"note": NOTE})
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")
    assert NOTE in refused.content.decode()


def test_a_page_tells_once_which_form_was_taken(client, brief, maya):
    client.force_login(maya)
    page = reverse("review:brief", args=[brief.pk])
    client.post(reverse("generation:top-up", args=[brief.pk]), {"count": 3, "press": "a" * 32})

    assert f'data-taken="{"a" * 32}"' in client.get(page).content.decode()
    assert 'data-taken=""' in client.get(page).content.decode()


def test_a_form_that_was_refused_is_not_told_as_taken(client, brief, maya):
    client.force_login(maya)
    client.post(reverse("generation:top-up", args=[brief.pk]), {"count": 0, "press": "a" * 32})

    assert 'data-taken=""' in client.get(reverse("review:home")).content.decode()
