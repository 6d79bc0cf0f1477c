"""Our modules of JavaScript in one blank page: no server, no database, milliseconds a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, Route

MODULES = Path(settings.BASE_DIR) / "static" / "js"
ORIGIN = "http://room.test/"

Run = Callable[[str], Any]


@contextmanager
def blank_page(browser: Browser, setup: str) -> Iterator[Run]:
    """`run(body)` returns what the body of an async function returns, after `setup`."""
    page = browser.new_page()
    page.route(f"{ORIGIN}**", served)
    page.goto(ORIGIN)
    yield lambda body: page.evaluate(f"async () => {{{setup}{body}}}")
    page.close()


def served(route: Route) -> None:
    name = route.request.url.removeprefix(ORIGIN)
    if name:
        route.fulfill(path=MODULES / f"{name}.js", content_type="text/javascript")
    else:
        importmap = f'<script type="importmap">{{"imports": {{"winnow/": "{ORIGIN}"}}}}</script>'
        route.fulfill(body=importmap, content_type="text/html")
