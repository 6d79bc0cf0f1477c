"""What the environment says, checked: every malformed or missing value is named in a sentence."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import re
import secrets
import stat
import zlib
import zoneinfo
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import environ
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from django.core.exceptions import ImproperlyConfigured

LEAST_RANDOM = 45  # bytes that a secret key has to keep when it is compressed: a phrase five times over keeps 20
SOCKET_PATH_LIMIT = 100  # bytes; Linux allows 108, macOS 104


def mode(env: environ.Env) -> str:
    value = str(env("WINNOW_MODE", default="demo"))
    if value not in ("demo", "production"):
        raise ImproperlyConfigured(f"WINNOW_MODE is {value!r}; it must be 'demo' or 'production'.")
    return value


def required(env: environ.Env, name: str, why: str) -> str:
    value = str(env(name, default="")).strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is missing; production needs it: {why}.")
    return value


def data_folder(env: environ.Env, default: Path) -> Path:
    """Where everything is kept. Sessions, hashes and exports lie in it, so it is its owner's alone.

    A folder that belongs to everybody, as /tmp does, stays as it is, and one that is missing stays missing.
    """
    folder = Path(str(env("WINNOW_DATA", default=str(default)))).resolve()
    if wrong := set(str(folder)) & set("#?%"):  # they mean something else in the addresses of database and broker
        raise ImproperlyConfigured(f"WINNOW_DATA is {str(folder)!r}; a path with {min(wrong)!r} in it can't be used.")
    if folder.is_dir():
        found = folder.stat()
        if found.st_uid == os.getuid() and found.st_mode & 0o077 and not found.st_mode & stat.S_ISVTX:
            folder.chmod(0o700)
    return folder


def secret_key(env: environ.Env, data: Path, production: bool) -> str:
    """From SECRET_KEY; the demo writes its own once, readable by its owner alone."""
    if production:
        value = required(env, "SECRET_KEY", "50 random characters or more that sign sessions")
        if len(value) < 50 or len(zlib.compress(value.encode(), 9)) < LEAST_RANDOM:
            raise ImproperlyConfigured("SECRET_KEY is too weak; it must be at least 50 random characters.")
        return value
    if "SECRET_KEY" in os.environ:
        return str(env("SECRET_KEY"))
    file = data / "secret-key"
    _written_once(file, lambda: secrets.token_urlsafe(64).encode())
    return file.read_text()


def evidence_key(env: environ.Env, data: Path, production: bool) -> str:
    """The Ed25519 key that signs the audit anchors, as PEM; EVIDENCE_KEY is the PEM itself or where it lies.

    The demo writes its own once, readable by its owner alone.
    """
    why = "the Ed25519 key that signs the audit anchors, as PEM or the path of a PEM file (docs/running.md)"
    value = required(env, "EVIDENCE_KEY", why) if production else str(env("EVIDENCE_KEY", default=""))
    if not value:
        value = str(data / "evidence-key.pem")
        _written_once(Path(value), _new_evidence_key)
    try:
        text = value.replace("\\n", "\n") if value.startswith("-----BEGIN") else Path(value).read_text()
        key = load_pem_private_key(text.encode(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ImproperlyConfigured("EVIDENCE_KEY must be an Ed25519 key as PEM, or the path of such a file.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured("EVIDENCE_KEY must be an Ed25519 key: openssl genpkey -algorithm ed25519.")
    return text


def _new_evidence_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _written_once(file: Path, make: Callable[[], bytes]) -> None:
    """Whole or not at all, for its owner alone; of several processes that start, the first one's stays."""
    if file.exists():
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as opened:
        opened.write(make())
    with contextlib.suppress(FileExistsError):
        os.link(new, file)
    new.unlink()


def database(env: environ.Env, data: Path, production: bool) -> dict[str, Any]:
    if production:
        required(env, "DATABASE_URL", "for example postgres://winnow:secret@db.internal:5432/winnow")
    url = str(env("DATABASE_URL", default=f"sqlite:///{data / 'winnow.sqlite3'}"))
    try:
        config: dict[str, Any] = env.db_url_config(url)
    except Exception as error:
        raise ImproperlyConfigured(f"DATABASE_URL can't be read ({error}).") from error
    engine = config.get("ENGINE", "")
    if engine.endswith("sqlite3"):
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,  # seconds that a write waits for another program's
            # FULL: what people signed survives a power cut (docs/decisions/0002).
            # Recursive: INSERT OR REPLACE deletes a row, and only then do the triggers that keep evidence hear of it.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;"
            " PRAGMA recursive_triggers=ON;",
        }
        # Threads and processes of the tests share one database, so it must be a file.
        config["TEST"] = {"NAME": str(data / "test.sqlite3")}
    elif engine.endswith("postgresql"):
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
        # One process that is frozen, or a host that is gone, holds the others for as long as this and no longer. What
        # DATABASE_URL says in its query goes before.
        config["OPTIONS"] = {
            "connect_timeout": 5,  # seconds
            "tcp_user_timeout": 15_000,  # milliseconds
            "options": "-c lock_timeout=10s -c idle_in_transaction_session_timeout=30s -c statement_timeout=60s",
        } | config.get("OPTIONS", {})
    else:
        raise ImproperlyConfigured("DATABASE_URL must begin with 'postgres://' or 'sqlite:///'.")
    return config


def time_zone(env: environ.Env) -> str:
    """The zone in which pages tell the time."""
    name = str(env("TIME_ZONE", default="UTC"))
    if name not in zoneinfo.available_timezones():
        raise ImproperlyConfigured(f"TIME_ZONE is {name!r}; it must be a name such as 'Europe/Berlin'.")
    return name


def currency(env: environ.Env) -> str:
    """What presets are priced in."""
    code = str(env("CURRENCY", default="EUR"))
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ImproperlyConfigured(f"CURRENCY is {code!r}; it must be a three-letter code such as 'EUR'.")
    return code


def hours(env: environ.Env, name: str, *, default: int) -> datetime.timedelta:
    text = str(env(name, default=str(default)))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 10_000):
        raise ImproperlyConfigured(f"{name} is {text!r}; it must be a whole number of hours from 1 to 10000.")
    return datetime.timedelta(hours=int(text))


def networks(env: environ.Env, name: str, *, default: str) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks with commas between them."""
    texts = [text.strip() for text in str(env(name, default=default)).split(",") if text.strip()]
    try:
        return [ip_network(text) for text in texts]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} must be addresses or networks such as 10.0.0.5 or 10.0.0.0/8, with commas between them: {error}."
        ) from error


def broker_socket(data: Path) -> Path:
    """Where the embedded broker listens; unix sockets have short names."""
    socket = data / "broker" / "valkey.sock"
    if len(os.fsencode(socket)) <= SOCKET_PATH_LIMIT:
        return socket
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(f"/tmp/winnow-{os.getuid()}-{digest}/valkey.sock")  # noqa: S108


def broker_url(env: environ.Env, socket: Path, production: bool) -> str:
    if production:
        required(env, "BROKER_URL", "for example redis://broker.internal:6379/0")
    url = str(env("BROKER_URL", default=f"redis+socket://{socket}"))
    if _split("BROKER_URL", url).scheme not in ("redis", "rediss", "redis+socket", "amqp", "amqps"):
        raise ImproperlyConfigured("BROKER_URL must begin with redis://, rediss://, redis+socket:// or amqp://.")
    return url


def storage(env: environ.Env, data: Path, production: bool) -> dict[str, Any]:
    """`file:///folder` or `s3://KEY:SECRET@host[:port]/bucket[?scheme=http&region=...]`."""
    if production:
        required(env, "STORAGE_URL", "file:///srv/winnow or s3://KEY:SECRET@s3.example.com/bucket")
    url = str(env("STORAGE_URL", default=(data / "files").as_uri()))
    parts = _split("STORAGE_URL", url)
    if parts.scheme == "file" and parts.path.startswith("/"):
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": unquote(parts.path), "base_url": None},
        }
    bucket = parts.path.strip("/")
    if parts.scheme != "s3" or not (parts.hostname and parts.username and parts.password):
        raise ImproperlyConfigured(
            "STORAGE_URL must be file:///folder or s3://KEY:SECRET@host/bucket (percent-encode / and @ in the secret)."
        )
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", bucket):
        raise ImproperlyConfigured(f"STORAGE_URL names no usable bucket: {bucket!r}.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    scheme = query.get("scheme", "https")
    if scheme not in ("http", "https"):
        raise ImproperlyConfigured("STORAGE_URL: scheme must be http or https.")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password),
            "bucket_name": bucket,
            "endpoint_url": f"{scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else ""),
            "region_name": query.get("region", "us-east-1"),
            "client_config": Config(
                s3={"addressing_style": "path"},
                signature_version="s3v4",
                connect_timeout=2,  # seconds
                read_timeout=8,  # of silence
                retries={"mode": "standard", "total_max_attempts": 2},
            ),
            "transfer_config": TransferConfig(num_download_attempts=1),
            "default_acl": None,
            "querystring_auth": True,
            "max_memory_size": 16 << 20,  # bytes of an open object; what is larger lies on disk meanwhile
        },
    }


def _split(name: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} can't be read; look at its host and port.") from error
    return parts
