from __future__ import annotations

import os

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.management import call_command
from django.db import connection

from creative.celery import app

pytestmark = pytest.mark.backend

SERVICES = os.environ.get("WINNOW_TEST_ON") == "services"


def test_the_database_is_the_one_the_suite_claims_to_run_on(db):
    assert connection.vendor == ("postgresql" if SERVICES else "sqlite")
    assert "winnow-" in f"{connection.settings_dict['HOST']}{connection.settings_dict['NAME']}"


def test_the_storage_is_the_one_the_suite_claims_to_run_on():
    assert type(default_storage._wrapped).__name__ == ("S3Storage" if SERVICES else "FileSystemStorage")

    name = default_storage.save("probe", ContentFile(b"kept"))

    with default_storage.open(name) as file:
        assert file.read() == b"kept"


@pytest.mark.skipif(not SERVICES, reason="files ask for no secret")
def test_the_storage_refuses_a_wrong_secret():
    from botocore.exceptions import ClientError
    from django.conf import settings

    options = settings.STORAGES["default"]["OPTIONS"] | {"secret_key": "wrong"}
    stranger = storages.create_storage({"BACKEND": settings.STORAGES["default"]["BACKEND"], "OPTIONS": options})

    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        stranger.listdir("")


def test_the_broker_is_real():
    with app.connection_for_write() as broker:
        assert broker.default_channel.client.ping()


@pytest.mark.services
def test_a_worker_process_answers(start_worker):
    assert start_worker("generation").poll() is None


def test_emptying_the_tables_between_tests_keeps_the_triggers_that_guard_evidence(transactional_db):
    guards = triggers()
    assert len(guards) >= 10

    call_command("flush", interactive=False, verbosity=0)

    assert triggers() == guards


def triggers() -> set[str]:
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with connection.cursor() as cursor:
        cursor.execute(catalogue[connection.vendor])
        return {name for (name,) in cursor.fetchall()}
