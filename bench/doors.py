"""What strangers do at the doors of the server that `make run` starts: slow bodies, and bombs for whatever parses."""

from __future__ import annotations

import http.client
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connections
from django.urls import reverse

from bench import stage
from bench.results import Measured
from bench.timing import seconds_of
from creative.roles import Role
from generation import brief_file
from tests import make

SENDERS = 64
REQUESTS = 200
TURNS = 3
MOST_BYTES = 990_000  # the most that a form may have is a million
TOKEN = "t" * 32  # of forms: the same in cookie and header


@dataclass(frozen=True)
class Served:
    """A server process, and somebody signed in to it."""

    port: int
    process: subprocess.Popen[bytes]
    session: str

    def ask(self, method: str, path: str, body: str = "", kind: str = "application/x-www-form-urlencoded") -> int:
        cookies = f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        headers = {"Cookie": cookies, "X-CSRFToken": TOKEN, "Content-Type": kind}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body or None, headers)
            with connection.getresponse() as reply:
                reply.read()
                return reply.status


@contextmanager
def served(here: stage.Stage) -> Iterator[Served]:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    session = here.client().cookies[settings.SESSION_COOKIE_NAME].value
    connections.close_all()
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR)
    try:
        found = Served(port, process, session)
        _await(lambda: found.ask("GET", "/") == 200)
        yield found
    finally:
        process.terminate()
        process.wait()


def slow_bodies(requests: int = REQUESTS, turns: int = TURNS) -> Measured:
    here = stage.with_stand_in(side=64, batch_size=4)
    here.brief_holding(20)
    with served(here) as site:
        for _ in range(10):
            site.ask("GET", "/")
        slow: list[float] = []
        alone: list[float] = []
        for _ in range(turns):
            alone += _homes(site, requests)
            with _slow_senders(site.port):
                slow += _homes(site, requests)
    with_them, without = (statistics.quantiles(times, n=20)[-1] for times in (slow, alone))
    what = (
        f"Home for somebody signed in with {SENDERS} anonymous senders of a byte a second / without, 95th percentile "
        f"of {turns} x {requests} requests in turn, by HTTP from the server of `make run`."
    )
    return Measured(with_them / without, with_them * 1000, without * 1000, "milliseconds", what)


def _homes(site: Served, requests: int) -> list[float]:
    def ask() -> None:
        assert site.ask("GET", "/") == 200

    return [seconds_of(ask) for _ in range(requests)]


@contextmanager
def _slow_senders(port: int) -> Iterator[None]:
    """Each has begun a long body; a byte a second follows, from a process of theirs."""
    script = (
        "import socket,sys,time\n"
        "head=b'POST /sign-in/ HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 100000\\r\\n"
        "Content-Type: application/x-www-form-urlencoded\\r\\n\\r\\n'\n"
        "port,count=map(int,sys.argv[1:])\n"
        "def begun():\n"
        "    s=socket.create_connection(('127.0.0.1',port)); s.sendall(head); return s\n"
        "senders=[begun() for _ in range(count)]\n"
        "print('begun',flush=True)\n"
        "while True:\n"
        "    time.sleep(1)\n"
        "    for n,s in enumerate(senders):\n"
        "        try: s.sendall(b'a')\n"
        "        except OSError: senders[n]=begun()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(port), str(SENDERS)], stdout=subprocess.PIPE)
    try:
        assert process.stdout and process.stdout.readline() == b"begun\n"
        yield
    finally:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


def bomb_seconds() -> Measured:
    found, name = max((seconds, name) for name, (seconds, _) in _bombs().items())
    what = f"The longest that a bomb of 1 MB took at any of {len(_bombs())} doors and shapes ({name}) / 0.5 s allowed."
    return Measured(found, found, 0.5, "seconds", what)


def bomb_megabytes() -> Measured:
    found, name = max((megabytes, name) for name, (_, megabytes) in _bombs().items())
    what = f"The most that a bomb of 1 MB added to the server's memory, at {len(_bombs())} doors and shapes ({name})."
    return Measured(found, found, 50, "megabytes", what)


TOML = {
    "keys in keys": "a." * (MOST_BYTES // 2 - 2) + "a=1",
    "lists in lists": "a=" + "[" * (MOST_BYTES - 2),
    "an open text": 'a="""' + '\\"""' * (MOST_BYTES // 4 - 4),
}
JSON = {
    "lists in lists": "[" * MOST_BYTES,
    "empty lists": "[" + "[]," * (MOST_BYTES // 3 - 1) + "[]]",
    "empty objects": '{"marks":[' + "{}," * (MOST_BYTES // 3 - 5) + "{}]}",
    "numbers": '{"marks":[' + "1," * (MOST_BYTES // 2 - 20) + "1]}",
    "keys": "{" + ",".join(f'"{number}":1' for number in range(90_000)) + "}",
    "a number": "9" * MOST_BYTES,
}


@cache
def _bombs() -> dict[str, tuple[float, float]]:
    """Seconds and megabytes by door and shape."""
    here = stage.with_stand_in(side=64, batch_size=4)
    brief = here.brief_holding(4)
    make.of_site(here.person, Role.PRODUCER)
    form = reverse("generation:brief-form", args=[brief.pk])
    policy = reverse("admin:creative_policy_add")
    with ExitStack() as stack:
        site = stack.enter_context(served(here))
        doors: dict[str, tuple[dict[str, str], Callable[[str], object]]] = {
            "marks": (JSON, lambda body: _json(site, reverse("review:marks", args=[brief.pk]), body)),
            "seen": (JSON, lambda text: site.ask("POST", form, _form(use_class="internal", seen=text))),
            "policy": (TOML, lambda text: site.ask("POST", policy, _form(rules=text))),
        }
        for _ in range(3):  # what is loaded once
            for _shapes, send in doors.values():
                send("[]")
        found = {
            f"{door}, {shape}": _cost(site.process.pid, lambda text=text, send=send: send(text))  # type: ignore[misc]
            for door, (shapes, send) in doors.items()
            for shape, text in shapes.items()
        }
    own = {f"brief file, {shape}": _cost(None, lambda text=text: _parsed(text)) for shape, text in TOML.items()}  # type: ignore[misc]
    return found | own


def _form(**fields: str) -> str:
    """As few bytes as a form can have."""
    return urlencode(fields, safe='[]{}",:.=\\')


def _json(site: Served, path: str, body: str) -> int:
    return site.ask("POST", path, body, "application/json")


def _parsed(text: str) -> None:
    try:
        brief_file.parse(text)
    except brief_file.BriefError:
        return
    raise AssertionError("a bomb is no brief")


def _cost(pid: int | None, work: Callable[[], object]) -> tuple[float, float]:
    """Seconds, and what the process held at its highest above what it held before."""
    process = Path("/proc") / (str(pid) if pid else "self")
    (process / "clear_refs").write_text("5")
    before = _highest(process)
    seconds = seconds_of(work)
    return seconds, _highest(process) - before


def _highest(process: Path) -> float:
    lines = (process / "status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM"))


def _await(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if is_so():
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("the server did not start")
