"""What production says to browsers, by its own settings: read in a process as it starts, then taken for ours."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as ours
from django.test import Client
from django.urls import reverse

from creative import demo
from tests.creative.test_environment import PRODUCTION

TOLD = re.compile(r"PRODUCTION|ALLOWED_HOSTS|\w*(COOKIE|CSRF|SECURE|CONTENT_SECURITY|MESSAGE|WHITENOISE|X_FRAME)\w*")
READ = """
import json, creative.settings as read
print(json.dumps({name: value for name, value in vars(read).items() if name.isupper()}, default=str))
"""
NEW = "a long enough sentence"


@pytest.fixture(scope="module")
def read(tmp_path_factory) -> dict:
    data = tmp_path_factory.mktemp("data")
    done = subprocess.run(
        [sys.executable, "-c", READ],
        cwd=ours.BASE_DIR,
        env={**PRODUCTION, "WINNOW_DATA": str(data)},
        capture_output=True,
        text=True,
        check=True,
    )
    return {name: value for name, value in json.loads(done.stdout).items() if TOLD.fullmatch(name)}


@pytest.fixture
def production(settings, read, tmp_path) -> None:
    """The static files are the three kinds that are ours."""
    for name, value in read.items():
        setattr(settings, name, value)
    settings.SECURE_PROXY_SSL_HEADER = tuple(read["SECURE_PROXY_SSL_HEADER"])
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    for name in ("icon.svg", "css/tokens.css", "js/app.js"):
        shutil.copy(ours.BASE_DIR / "static" / name, settings.STATIC_ROOT)


def browser() -> Client:
    """Behind a proxy that speaks TLS with it."""
    return Client(headers={"Host": "winnow.example.com", "X-Forwarded-Proto": "https"})


def signed_in(person) -> Client:
    person.set_password(NEW)
    person.save()
    client = browser()
    signed = client.post(reverse("creative:sign-in"), {"username": person.username, "password": NEW})
    assert signed.status_code == 302
    return client


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/static/app.js", "/nowhere/", "/admin/"])
def test_plain_http_is_answered_with_the_way_to_https_alone(db, production, path):
    response = Client(headers={"Host": "winnow.example.com"}).get(path)

    assert response.status_code == 301
    assert response.headers["Location"] == f"https://winnow.example.com{path}"
    assert not response.content and not response.cookies


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/static/app.js", "/nowhere/", "/admin/", "/account/"])
def test_every_reply_says_https_alone_for_a_year(maya, production, path):
    client = signed_in(maya)

    response = client.get(path)
    if response.streaming:
        response.getvalue()

    assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_every_cookie_is_this_hosts_alone_and_travels_over_https_alone(maya, production):
    client = signed_in(maya)
    client.get(reverse("creative:password"))
    form = {"old_password": NEW, "new_password1": f"{NEW}!", "new_password2": f"{NEW}!"}
    client.post(reverse("creative:password"), form, headers={"Referer": "https://winnow.example.com/"})

    assert {"__Host-sessionid", "__Host-csrftoken"} <= set(client.cookies)
    assert all(name.startswith("__Host-") for name in client.cookies)
    for cookie in client.cookies.values():
        assert cookie["secure"] and cookie["httponly"]
        assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax")


def test_what_the_browser_itself_keeps_in_cookies_is_named_alike(maya, production):
    client = signed_in(maya)
    client.cookies["theme"] = "light"  # as a neighbour under the same domain may have set it
    client.cookies["__Host-theme"] = "dark"

    page = client.get(reverse("creative:account")).content.decode()

    assert 'data-cookies="__Host-"' in page and 'data-theme="dark"' in page
    script = (ours.BASE_DIR / "static/js/theme.js").read_text()
    assert "${prefix}${name}" in script and "; secure" in script
    others = [path for path in Path(ours.BASE_DIR, "static/js").rglob("*.js") if "document.cookie" in path.read_text()]
    assert [path.name for path in others] == ["theme.js"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("icon.svg", "image/svg+xml; charset=utf-8"),
        ("tokens.css", 'text/css; charset="utf-8"'),
        ("app.js", 'text/javascript; charset="utf-8"'),
    ],
)
def test_a_static_file_says_what_it_is(db, production, name, kind):
    response = browser().get(f"/static/{name}")

    assert response.status_code == 200 and response.getvalue()
    assert response.headers["Content-Type"] == kind


@pytest.mark.parametrize(
    "path", ["/.git/HEAD", "/static/../.git/HEAD", "/static/%2e%2e/manage.py", "/static/", "/var/"]
)
def test_nothing_of_the_checkout_is_served(maya, production, path):
    assert signed_in(maya).get(path).status_code == 404


def test_the_sign_in_page_names_nobody(db, production):
    page = browser().get(reverse("creative:sign-in")).content.decode()

    assert demo.PASSWORD not in page
    assert not any(person.username in page for person in demo.PEOPLE)
