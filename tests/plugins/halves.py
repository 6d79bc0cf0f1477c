"""Which half of `make test` runs a test, where the suite runs on two backends side by side.

What touches no backend says the same on both, so it runs on the services half alone, and so does what is slow and asks
of the backend only what other tests ask of both (`once`); what the browser alone decides is slow as well, and runs on
the embedded half (`client`). The whole way through a browser is gone on both: tests/browser/test_journey.py. Whoever
runs pytest by hand on one backend gets everything.
"""

from __future__ import annotations

import os

import pytest

SIDE_BY_SIDE = "PYTEST_XDIST_WORKER" in os.environ
EMBEDDED = os.environ.get("WINNOW_TEST_ON", "embedded") == "embedded"
BACKENDS = {"db", "transactional_db", "live_server", "page", "context", "browser", "start_worker"}
BOTH = ("backend", "browser", "races", "services")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not SIDE_BY_SIDE:
        return
    left = [item for item in items if _belongs_to_the_other_half(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]


def _belongs_to_the_other_half(item: pytest.Item) -> bool:
    if item.get_closest_marker("client"):
        return not EMBEDDED
    if item.get_closest_marker("once"):
        return EMBEDDED
    return EMBEDDED and not _touches_a_backend(item)


def _touches_a_backend(item: pytest.Item) -> bool:
    marked = any(item.get_closest_marker(name) for name in (*BOTH, "django_db"))
    return marked or not BACKENDS.isdisjoint(getattr(item, "fixturenames", ()))
