"""A real Chromium for tests marked `browser`, found by bin/chromium."""

from __future__ import annotations

import os
from typing import Any

import pytest

CHROMIUM = os.environ.get("WINNOW_TEST_CHROMIUM", "")
REQUIRED = os.environ.get("WINNOW_TEST_BROWSER") == "required"
FLAGS = [
    "--no-sandbox",  # only our own pages are opened, and root and most containers have none to offer
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
]
NONE = "No Chromium: the browser tests did not run. Install chromium or Chrome, or run make test as root."


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("browser") and not (CHROMIUM or REQUIRED):
            item.add_marker(pytest.mark.skip(reason=NONE))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if any(NONE in str(report.longrepr) for report in skipped):
        terminalreporter.section(NONE, sep="!", red=True, bold=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if not CHROMIUM:
        pytest.fail(NONE, pytrace=False)
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture
def context(context: Any) -> Any:
    context.set_default_timeout(5_000)
    context.set_default_navigation_timeout(5_000)
    return context
