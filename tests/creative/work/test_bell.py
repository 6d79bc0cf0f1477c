"""Nobody waits for the broker, and bells that nobody hears are not many."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from django.db import transaction

from creative.celery import app
from creative.work import bell
from generation import runs


def messages(queue: str) -> int:
    with app.connection_for_write() as broker:
        return int(broker.default_channel.client.llen(queue))


@pytest.fixture
def broker() -> None:
    with app.connection_for_write() as connection:
        connection.default_channel.client.flushdb()


@pytest.fixture
def frozen(monkeypatch) -> Iterator[socket.socket]:
    """A broker that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(app.conf, "broker_write_url", f"redis://127.0.0.1:{server.getsockname()[1]}/0")
        yield server


def test_a_frozen_broker_holds_nobody(transactional_db, frozen, caplog):
    with transaction.atomic():
        bell.ring(runs.WORK)

    assert "the sweep will ring again" not in caplog.text  # and yet we are here
    deadline = time.monotonic() + 60
    while "the sweep will ring again" not in caplog.text:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.services
@pytest.mark.once
def test_a_bell_that_nobody_has_heard_is_enough(broker):
    for _ in range(5):
        bell.send(runs.WORK)

    assert messages("generation") == 1


@pytest.mark.services
@pytest.mark.once
def test_without_a_worker_the_bells_of_beat_do_not_pile_up(broker, tmp_path):
    beat = bell.Scheduler(app=app, schedule_filename=str(tmp_path / "beat"))
    for _ in range(5):
        for entry in beat.schedule.values():
            beat.apply_entry(entry, producer=beat.producer)
    beat.close()

    for queue in ("sweeps", "housekeeping"):
        assert messages(queue) == [route["queue"] for route in app.conf.task_routes.values()].count(queue)
