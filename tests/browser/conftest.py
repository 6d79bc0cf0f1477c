"""A person's browser: signed in, watched for errors, and the workers that the pages wait for."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import connections
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from creative.models import Brief, User
from generation import renderer, scheduling
from generation.models import Candidate
from review.delivery import building
from review.signing import entry
from tests.browser.room import open_room

TIMEOUT = 15_000  # ms: two halves of the suite share a machine

OpenAs = Callable[..., Page]

expect.set_options(timeout=TIMEOUT)


@pytest.fixture
def open_as(
    transactional_db: None,
    live_server: Any,
    new_context: Callable[..., BrowserContext],
    seen: list[str],
    under_way: set[int],
) -> Iterator[OpenAs]:
    """`open_as(dan)` is dan's page, `open_as(None)` nobody's; further arguments go to the browser context."""

    pages: list[Page] = []

    def opened(person: User | None, **more: Any) -> Page:
        context = new_context(base_url=live_server.url, **more)
        context.set_default_timeout(TIMEOUT)
        context.set_default_navigation_timeout(TIMEOUT)
        if person:
            seat(context, person, live_server.url)
        page = context.new_page()
        pages.append(page)
        page.on("console", lambda message: seen.append(told(message)) if message.type == "error" else None)
        page.on("pageerror", lambda error: seen.append(str(error)))
        return page

    yield opened
    for page in pages:
        page.close()
    deadline = time.monotonic() + TIMEOUT / 1000
    while under_way and time.monotonic() < deadline:  # or the tables would be emptied under a request's hands
        time.sleep(0.01)


def seat(context: BrowserContext, person: User, url: str) -> None:
    """This browser is `person`'s from now on, whoever was signed in before."""
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])


@pytest.fixture
def room(transactional_db: None, open_as: OpenAs, candidates: list[Candidate], brief: Brief, dan: User) -> Page:
    """dan's culling room of five candidates."""
    return open_room(open_as, dan, brief)


@pytest.fixture
def under_way() -> Iterator[set[int]]:
    """The server's threads that are answering right now."""
    threads: set[int] = set()

    def started(**_: Any) -> None:
        threads.add(threading.get_ident())

    def finished(**_: Any) -> None:
        threads.discard(threading.get_ident())

    request_started.connect(started)
    request_finished.connect(finished)
    yield threads
    request_started.disconnect(started)
    request_finished.disconnect(finished)


def told(message: ConsoleMessage) -> str:
    return f"{message.text} ({message.location.get('url', '')})"


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Errors on the console, which content policy violations are too. `expected_errors(pattern)` allows some."""
    errors: list[str] = []
    yield errors
    marker = request.node.get_closest_marker("expected_errors")
    unexpected = [error for error in errors if not (marker and re.search(marker.args[0], error))]
    assert not unexpected


@contextmanager
def working(load: renderer.Load) -> Iterator[None]:
    """The generation and the export worker, on a thread of this process and the test's database."""
    over = threading.Event()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            while not over.wait(0.1):
                scheduling.work(load, worker="browser", saver_threads=1)
                entry.compose_waiting()
                building.build_waiting()
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work, name="worker")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(60)
    assert not failed
