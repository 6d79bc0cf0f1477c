"""What the suite runs on, chosen by WINNOW_TEST_ON before Django reads its settings.

`embedded` is what `make run` uses; `services` is PostgreSQL, a broker on TCP and S3. Neither touches the
data of whoever runs it.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

from tests import services

CONFIGURATION = ("ALLOWED_HOSTS", "BROKER_URL", "DATABASE_URL", "EVIDENCE_KEY", "PORT", "STORAGE_URL", "WINNOW_MODELS")


def start() -> ExitStack:
    """Closing it ends every server."""
    chosen = os.environ.get("WINNOW_TEST_ON", "embedded")
    if chosen not in ("embedded", "services"):
        raise ValueError(f"WINNOW_TEST_ON is {chosen!r}; it must be 'embedded' or 'services'.")
    for name in CONFIGURATION:
        os.environ.pop(name, None)
    stack = ExitStack()
    data = stack.enter_context(services.folder())
    os.environ.update(environment(data))
    if chosen == "services":
        os.environ["DATABASE_URL"] = stack.enter_context(services.postgresql())
        os.environ["STORAGE_URL"] = stack.enter_context(services.s3())
    os.environ["BROKER_URL"] = stack.enter_context(services.valkey(tcp=chosen == "services"))
    return stack


def environment(data: Path) -> dict[str, str]:
    (data / "static").mkdir()
    return {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright's loop runs in the thread that the tests run in
        "HF_HUB_OFFLINE": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
        "SECRET_KEY": "only-the-tests-sign-with-this-and-nothing-else-ever-does",
        "WINNOW_DATA": str(data),
        "WINNOW_MODE": "demo",
    }
