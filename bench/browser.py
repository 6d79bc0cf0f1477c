"""The app as it is served, and somebody's Chromium in front of it."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from bench.stage import Stage
from creative.management.commands.launch import HOST, web_answers, web_command
from tests.plugins.browser import CHROMIUM, FLAGS

DESK = ViewportSize(width=1440, height=900)
PATIENCE = 60  # seconds until the server answers
THINKING = 200  # ms between two keys: a quick person


@contextmanager
def served() -> Iterator[str]:
    """The web process of `make run`, on the bench's data. Yields its address."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(web_command(port), cwd=settings.BASE_DIR, env={**os.environ}, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while not web_answers(port):
            if time.monotonic() > deadline:
                raise TimeoutError("The server does not answer.")
            time.sleep(0.1)
        yield f"http://{HOST}:{port}"
    finally:
        process.terminate()
        process.wait()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Playwright runs an event loop of its own, which Django would take for an async view's."""
    if not CHROMIUM:
        raise RuntimeError("No Chromium: bin/chromium finds or installs one; `make bench` calls it.")
    allowed = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            yield browser
            browser.close()
    finally:
        connections.close_all()
        if allowed is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def signed_in(browser: Browser, address: str, here: Stage, *, script: str = "") -> Page:
    """A new window of the stage's person; `script` runs first on each of its pages."""
    context: BrowserContext = browser.new_context(base_url=address, viewport=DESK)
    session = here.client().cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    if script:
        context.add_init_script(script)
    return context.new_page()
