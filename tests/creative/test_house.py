"""What people meet while the house is at fault: a sentence, within seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ReadTimeoutError
from django.conf import settings
from django.db import DatabaseError, connection
from django.urls import reverse

from creative import files
from creative.door import Door
from creative.work import house


@pytest.fixture
def locked(transactional_db) -> Iterator[None]:
    """By another program, as one that was frozen in a transaction leaves the database; and we wait no time for it."""
    other = connection.copy()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA busy_timeout = 50")
        else:
            cursor.execute("SET lock_timeout = '50ms'")
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("UPDATE django_session SET session_data = session_data")
        if connection.vendor == "postgresql":
            cursor.execute("LOCK TABLE creative_user IN ACCESS EXCLUSIVE MODE")
    yield
    other.rollback()
    other.close()
    connection.close()


def test_a_busy_database_is_a_page_in_a_sentence(client, locked):
    client.raise_request_exception = False
    reply = client.post(reverse("creative:sign-in"), {"username": "maya", "password": "wrong"})

    assert reply.status_code == 503
    assert reply.headers["Retry-After"] == "5"
    page = reply.content.decode()
    assert "The database is busy or can&#x27;t be reached. Go back, where what you wrote still stands" in page


def test_a_storage_that_is_away_is_a_page_in_a_sentence(client, candidate, maya, monkeypatch):
    def away(sha256):
        raise ReadTimeoutError(endpoint_url="http://10.0.0.3:9000")

    monkeypatch.setattr(files, "open_file", away)
    client.raise_request_exception = False
    client.force_login(maya)
    reply = client.get(reverse("generation:picture", args=[candidate.pk]))

    assert reply.status_code == 503
    assert "The storage can&#x27;t be reached" in reply.content.decode()
    assert "10.0.0.3" not in reply.content.decode()

    monkeypatch.undo()
    assert client.get(reverse("generation:picture", args=[candidate.pk])).getvalue()


def test_what_else_breaks_is_no_fault_of_the_house(client, candidate, maya, monkeypatch):
    monkeypatch.setattr(files, "open_file", lambda sha256: 1 / 0)
    client.raise_request_exception = False
    client.force_login(maya)

    assert client.get(reverse("generation:picture", args=[candidate.pk])).status_code == 500


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite ends no transaction of another process")
def test_a_process_that_is_frozen_in_a_transaction_is_cut_off(transactional_db, client):
    """By the server, so that what it had locked is free again. Asked for in the settings, and heard."""
    frozen = connection.copy()
    with frozen.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("30s",)
        cursor.execute("SET idle_in_transaction_session_timeout = '50ms'")
    frozen.set_autocommit(False)
    with frozen.cursor() as cursor:
        cursor.execute("LOCK TABLE creative_user IN ACCESS EXCLUSIVE MODE")

    assert client.get(reverse("creative:sign-in")).status_code == 200
    assert client.post(reverse("creative:sign-in"), {"username": "maya", "password": "x"}).status_code == 200
    with pytest.raises(DatabaseError) as woken, frozen.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert house.fault(woken.value) == "The database is busy or can't be reached."


def test_while_a_storage_is_away_one_asks_and_nobody_waits_for_it():
    door = Door()
    with pytest.raises(TimeoutError, match="silence"), door.asked():
        raise TimeoutError("silence")

    with door.asked(), pytest.raises(TimeoutError), door.asked():  # the first one finds out whether it is back
        pytest.fail("waited")
    with door.asked(), door.asked():
        pass


def test_a_burst_of_pictures_comes_whole_once_the_storage_is_back():
    """As a room asks for twenty at once."""
    door = Door()
    with pytest.raises(TimeoutError), door.asked():
        raise TimeoutError
    together = threading.Barrier(6)

    def shown(_: int) -> bool:
        together.wait()
        with door.asked():
            time.sleep(0.02)
        return True

    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(shown, range(6)))


def test_what_is_missing_says_nothing_of_the_storage():
    door = Door()
    with pytest.raises(FileNotFoundError), door.asked():
        raise FileNotFoundError(2, "No such file")

    with door.asked(), door.asked():
        pass


def test_an_object_store_that_is_silent_is_left_soon():
    options = settings.STORAGES["default"].get("OPTIONS", {})
    if "client_config" not in options:
        pytest.skip("files")
    config = options["client_config"]
    assert config.connect_timeout + config.read_timeout <= 10
    assert config.retries == {"mode": "standard", "total_max_attempts": 2}
