from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from tests.services import folder, free_ports

# It starts everything on embedded defaults of its own, so there is nothing to learn from a second backend.
pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(os.environ.get("WINNOW_TEST_ON") == "services", reason="once is enough"),
]

PREPARED = 120  # seconds; a first start migrates and makes the demo's data


@contextmanager
def launched(data: Path, port: int):
    process = subprocess.Popen(
        [sys.executable, "manage.py", "launch", "--candidates", "1"],
        cwd=settings.BASE_DIR,
        env=environment(data, port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def environment(data: Path, port: int) -> dict[str, str]:
    own = {"WINNOW_DATA": str(data), "PORT": str(port), "DJANGO_SETTINGS_MODULE": "creative.settings"}
    borrowed = {"BROKER_URL", "DATABASE_URL", "STORAGE_URL"}
    return {name: value for name, value in os.environ.items() if name not in borrowed} | own


def read_until_up(process: subprocess.Popen[str]) -> str:
    said = ""
    for line in process.stdout or ():
        said += line
        if "the workers wait" in line:
            return said
    pytest.fail(f"launch ended:\n{said}")


def processes_of(data: Path) -> set[int]:
    """Everything that runs on this data folder, by its environment."""
    mark = f"WINNOW_DATA={data}".encode()
    found = set()
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (each / "environ").read_bytes().split(b"\0"):
                found.add(int(each.name))
        except OSError:
            pass  # ended meanwhile
    return found


def await_none(data: Path, seconds: float) -> set[int]:
    deadline = time.monotonic() + seconds
    while (left := processes_of(data)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


@pytest.fixture(scope="module")
def data():
    """A folder that has seen its first start."""
    with folder() as path:
        with launched(path, free_ports(1)[0]) as process:
            read_until_up(process)
            process.terminate()
            process.wait(30)
        yield path


@pytest.fixture
def port():
    return free_ports(1)[0]


def test_it_answers_names_the_demo_people_and_refuses_a_second_launcher(data, port):
    with launched(data, port) as process:
        said = read_until_up(process)
        assert f"http://127.0.0.1:{port}" in said
        assert re.search(r"maya.*dan.*bea.*leo.*pia.*winnow-demo", said)

        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request("GET", "/")
            with connection.getresponse() as response:
                assert response.status in (200, 302)

        second = subprocess.run(
            [sys.executable, "manage.py", "launch"],
            cwd=settings.BASE_DIR,
            env=environment(data, free_ports(1)[0]),
            capture_output=True,
            text=True,
            timeout=PREPARED,
        )
        assert second.returncode != 0
        assert "Another launcher" in second.stderr

        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert await_none(data, 0) == set()


def test_a_second_start_makes_nothing_again(data, port):
    with launched(data, port) as process:
        assert "Making" not in read_until_up(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_a_worker_that_dies_is_started_again(data, port):
    with launched(data, port) as process:
        read_until_up(process)
        time.sleep(10)  # younger than that, its death would stop everything
        [first, *_] = generation_workers(data)
        os.kill(first, signal.SIGKILL)
        assert any("generation ended (signal SIGKILL) and is started again" in line for line in process.stdout)

        deadline = time.monotonic() + 10
        while not (again := generation_workers(data)) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert again
        assert first not in again


def generation_workers(data: Path) -> list[int]:
    """The worker itself first, then its pool."""
    return sorted(pid for pid in processes_of(data) if b"\0generation@" in Path(f"/proc/{pid}/cmdline").read_bytes())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
def test_a_launcher_killed_outright_leaves_no_process_behind(data, port):
    with launched(data, port) as process:
        read_until_up(process)
        process.kill()
        process.wait()
        assert await_none(data, 10) == set()


def test_a_busy_port_is_refused_by_name(tmp_path):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        with launched(tmp_path, busy.getsockname()[1]) as process:
            said, _ = process.communicate(timeout=PREPARED)
    assert process.returncode != 0
    assert "choose another with PORT=" in said


def test_a_port_that_is_no_number_is_refused_by_name(tmp_path):
    with launched(tmp_path, "eighty") as process:
        said, _ = process.communicate(timeout=PREPARED)
    assert process.returncode != 0
    assert "PORT is 'eighty'" in said
