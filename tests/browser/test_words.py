"""Nothing that somebody wrote is lost: in every form of the product, whatever ends before it was sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve
from playwright.sync_api import BrowserContext, Page

from creative.models import BriefRevision
from review.culling import shortlist
from review.models import SignOff, VersionOrder, Withdrawal
from tests.browser.conftest import seat
from tests.test_access import PAGES, ROLES, world  # noqa: F401  (a fixture)

TEXTS = ("text", "search", "url", "email", "tel")


@dataclass
class Form:
    """One that takes words, on a page of somebody's."""

    page: str
    person: Any
    action: str
    fields: list[str] = field(default_factory=list)


class Forms(HTMLParser):
    """Finds them in a page."""

    def __init__(self, page: str, person: Any) -> None:
        super().__init__()
        self.page, self.person = page, person
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, given: Any) -> None:
        of = dict(given)
        if tag == "form":
            action = of.get("action") or self.page if of.get("method") == "post" else ""
            action = action.partition("?")[0]  # without a ticket
            self.found.append(Form(self.page, self.person, action))
        is_text = tag == "textarea" or (tag == "input" and of.get("type", "text") in TEXTS)
        in_template = "__prefix__" in (of.get("name") or "")  # of a row that is yet to be added
        if is_text and self.found and of.get("name") and not in_template:
            self.found[-1].fields.append(of["name"])


def every_form(world: Any) -> Iterator[Form]:  # noqa: F811
    """Of every page in the table of URLs, which a test holds against the resolver; each kind of form once."""
    seen = set()
    for row in [row for row in PAGES if row.name != "review:styleguide"]:
        for role in [role for role in ROLES if role in (row.get or ())]:
            person, client = world.people[role], Client()
            client.force_login(person, "django.contrib.auth.backends.ModelBackend")
            answer = client.get(row.url(world))
            answer.close()
            if answer.streaming or "html" not in answer.headers.get("Content-Type", ""):
                continue
            forms = Forms(row.url(world), person)
            forms.feed(answer.content.decode())
            for form in forms.found:
                kind = (resolve(form.action).view_name, tuple(form.fields)) if form.action and form.fields else None
                if kind and kind not in seen and "<!DOCTYPE" in answer.content.decode()[:40]:
                    seen.add(kind)
                    yield form


OPEN = """({ action, fields }) => {
    const fits = (form) => new URL(form.action).pathname === action && fields.every((name) => form.elements[name])
    const form = [...document.forms].find(fits)
    for (let part = form; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true
    const dialog = form.closest("dialog")
    if (dialog && !dialog.open) dialog.showModal()
    form.dataset.tested = ""
}"""
SHOWN = """words => document.body.textContent.includes(words)
    || [...document.querySelectorAll("textarea, input")].some(({ value }) => value.includes(words))"""


def opened(context: BrowserContext, form: Form) -> Page:
    page = context.new_page()
    page.goto(form.page)
    page.evaluate(OPEN, {"action": form.action, "fields": form.fields})
    return page


def write(page: Page, form: Form, words: str) -> None:
    for name in form.fields:
        page.locator(f"form[data-tested] [name={name}]").fill(words)


def press(page: Page) -> None:
    page.locator("form[data-tested] button:not([type=button]):not([hidden])").last.click(no_wait_after=True)


def expect_there(page: Page, words: str) -> None:
    if not is_saved(words):
        page.wait_for_function(SHOWN, arg=words, timeout=4000)


def session_ends(page: Page, form: Form, words: str, url: str) -> None:
    page.context.clear_cookies()
    press(page)
    expect_there(page, words)
    seat(page.context, form.person, url)


def token_turns_stale(page: Page, form: Form, words: str, url: str) -> None:
    page.context.clear_cookies()
    seat(page.context, form.person, url)
    page.context.add_cookies([{"name": settings.CSRF_COOKIE_NAME, "value": "x" * 32, "url": url}])
    press(page)
    expect_there(page, words)


def network_goes(page: Page, form: Form, words: str, url: str) -> None:
    page.context.set_offline(True)
    with page.expect_event("requestfailed", lambda request: request.method == "POST"):
        press(page)


def tab_closes(page: Page, form: Form, words: str, url: str) -> None:
    page.close()


def another_tab_saves(page: Page, form: Form, words: str) -> None:
    other = opened(page.context, form)
    write(other, form, "Quite other words")
    press(other)
    other.wait_for_load_state("networkidle")
    other.close()
    press(page)
    expect_there(page, words)


KEPT = ((VersionOrder, "note"), (SignOff, "note"), (Withdrawal, "reason"), (BriefRevision, "subject"))


def is_saved(words: str) -> bool:
    return any(model.objects.filter(**{name: words}).exists() for model, name in KEPT)


@pytest.mark.browser
@pytest.mark.client
def test_what_is_written_in_any_form_is_there_afterwards(transactional_db, world, open_as, live_server, seen, subtests):  # noqa: F811
    """Written once: each time it is the browser that brings it back for the next end."""
    forms = sorted(every_form(world), key=lambda form: "withdrawal" in form.action)  # nothing is signed after one
    context = open_as(None).context
    context.route("**/thumbnails/**", lambda route: route.abort())
    for form in forms:
        name = resolve(form.action).view_name
        words = f"Warmer light for {name}"
        context.clear_cookies()
        seat(context, form.person, live_server.url)
        page = opened(context, form)
        write(page, form, words)
        for ends in (network_goes, tab_closes, session_ends, token_turns_stale):
            with subtests.test(f"{name}: {ends.__name__}"):
                ends(page, form, words, live_server.url)
                page.close()
                context.set_offline(False)
                if is_saved(words):
                    shortlist.add(world.candidate, by=world.people["designer"])  # else nothing is left to send
                page = opened(context, form)
                expect_there(page, words)
        with subtests.test(f"{name}: another tab saves"):
            another_tab_saves(page, form, words)
            page.close()
    names = {resolve(form.action).view_name for form in forms}
    assert {"generation:brief-form", "review:orders", "review:signoffs", "review:version-withdrawal"} < names
    seen.clear()  # refusals are what this is about
