"""Here rather than in tests/, because it has to run before anything there imports a model."""

from __future__ import annotations

import os

import django
import pytest

from tests import backend

_servers = backend.start()
django.setup()

pytest_plugins = ["tests.plugins.browser", "tests.plugins.flush", "tests.plugins.halves", "tests.plugins.workers"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Workers inherit our environment, and with this in it their Django would be set up before they chose."""
    del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_unconfigure() -> None:
    _servers.close()
