from __future__ import annotations

import datetime
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import environ
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from creative import environment

STRONG = "q8Zr2vLw5xJt7mBn4kHc9dGf6sPa3yTe1uWi0oXRzVbMqNlKjH"
EVIDENCE = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIPDiAlhxxCEZcvlYeEoR3Evgdv+KUSWobSjREF3Z01gN
-----END PRIVATE KEY-----
"""
PRODUCTION = {
    "WINNOW_MODE": "production",
    "SECRET_KEY": STRONG,
    "EVIDENCE_KEY": EVIDENCE,
    "ALLOWED_HOSTS": "winnow.example.com",
    "DATABASE_URL": "postgres://winnow:secret@127.0.0.1/winnow",
    "BROKER_URL": "redis://127.0.0.1/0",
    "STORAGE_URL": "s3://KEY:SECRET@s3.example.com/winnow",
    "WINNOW_MODELS": "/srv/models",
}
NEEDED = [name for name in PRODUCTION if name != "WINNOW_MODE"]


def started(data: Path, changes: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Read the settings as a process of production does."""
    ours = {**PRODUCTION, "WINNOW_DATA": str(data), **changes}
    theirs = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return subprocess.run(
        [sys.executable, "-c", "import creative.settings"],
        cwd=settings.BASE_DIR,
        env=theirs | ours,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_production_starts_on_its_environment_alone(tmp_path):
    result = started(tmp_path, {})

    assert (result.returncode, result.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_value_stops_the_start_and_is_named(tmp_path, name):
    result = started(tmp_path, {name: " "})

    assert result.returncode != 0
    assert f"ImproperlyConfigured: {name} is missing; production needs it" in result.stderr


def test_a_wildcard_host_stops_the_start(tmp_path):
    assert "ALLOWED_HOSTS may not be '*'" in started(tmp_path, {"ALLOWED_HOSTS": "winnow.example.com, *"}).stderr


def test_no_frozen_process_holds_the_others_for_long(env, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", PRODUCTION["DATABASE_URL"])
    found = environment.database(env, tmp_path, True)["OPTIONS"]

    assert {"lock_timeout=10s", "idle_in_transaction_session_timeout=30s", "statement_timeout=60s"} <= set(
        found["options"].split()
    )
    assert found["connect_timeout"] == 5


def test_what_the_address_of_the_database_says_goes_before(env, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", PRODUCTION["DATABASE_URL"] + "?options=-c%20statement_timeout%3D0")

    assert environment.database(env, tmp_path, True)["OPTIONS"]["options"] == "-c statement_timeout=0"


@pytest.fixture
def env(monkeypatch):
    """Read what the test sets, and nothing of what the suite runs on."""
    for name in (*PRODUCTION, "WINNOW_DATA"):
        monkeypatch.delenv(name, raising=False)
    return environ.Env()


@pytest.mark.parametrize("value", ["prod", "Production", "", "demo "])
def test_an_unknown_mode_is_named(env, monkeypatch, value):
    monkeypatch.setenv("WINNOW_MODE", value)

    with pytest.raises(ImproperlyConfigured, match=f"WINNOW_MODE is {value!r}"):
        environment.mode(env)


@pytest.mark.parametrize("value", ["short", "a" * 60, "change-me-" * 5, "0123456789" * 6, STRONG[:49]])
def test_a_weak_secret_is_named_and_not_repeated(env, monkeypatch, tmp_path, value):
    monkeypatch.setenv("SECRET_KEY", value)

    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is too weak") as error:
        environment.secret_key(env, tmp_path, True)

    assert value not in str(error.value)


@pytest.mark.parametrize("value", ["mysql://localhost/winnow", "winnow", "oracle://x/y", "postgres//db/winnow", "://"])
def test_an_unusable_database_is_named(env, monkeypatch, tmp_path, value):
    monkeypatch.setenv("DATABASE_URL", value)

    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        environment.database(env, tmp_path, True)


@pytest.mark.parametrize("value", ["memory://", "127.0.0.1:6379", "http://127.0.0.1", "redis://broker:port/0"])
def test_an_unusable_broker_is_named(env, monkeypatch, tmp_path, value):
    monkeypatch.setenv("BROKER_URL", value)

    with pytest.raises(ImproperlyConfigured, match="BROKER_URL (must begin with redis://|can't be read)"):
        environment.broker_url(env, tmp_path / "socket", True)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("/srv/winnow", "STORAGE_URL must be file:///folder or s3://"),
        ("file://srv", "STORAGE_URL must be file:///folder or s3://"),
        ("s3://s3.example.com/winnow", "STORAGE_URL must be file:///folder or s3://"),
        ("s3://KEY@s3.example.com/winnow", "STORAGE_URL must be file:///folder or s3://"),
        ("gs://KEY:SECRET@host/winnow", "STORAGE_URL must be file:///folder or s3://"),
        ("s3://KEY:SECRET@s3.example.com", "STORAGE_URL names no usable bucket: ''"),
        ("s3://KEY:SECRET@s3.example.com/Upper_Case", "STORAGE_URL names no usable bucket: 'Upper_Case'"),
        ("s3://KEY:SECRET@s3.example.com/a/b", "STORAGE_URL names no usable bucket: 'a/b'"),
        ("s3://KEY:SECRET@s3.example.com/winnow?scheme=ftp", "STORAGE_URL: scheme must be http or https"),
        ("s3://KEY:SECRET@s3.example.com:many/winnow", "STORAGE_URL can't be read"),
        ("s3://KEY:SECRET@[::1/winnow", "STORAGE_URL can't be read"),
    ],
)
def test_an_unusable_storage_is_named(env, monkeypatch, tmp_path, value, said):
    monkeypatch.setenv("STORAGE_URL", value)

    with pytest.raises(ImproperlyConfigured, match=re.escape(said)):
        environment.storage(env, tmp_path, True)


def test_an_object_store_is_read_whole(env, monkeypatch, tmp_path):
    url = f"s3://KEY:{quote('a/b@c', safe='')}@127.0.0.1:8333/winnow-files?scheme=http&region=eu-central-1"
    monkeypatch.setenv("STORAGE_URL", url)

    options = environment.storage(env, tmp_path, True)["OPTIONS"]

    assert options["secret_key"] == "a/b@c"
    assert (options["endpoint_url"], options["bucket_name"]) == ("http://127.0.0.1:8333", "winnow-files")
    assert options["region_name"] == "eu-central-1"


def test_a_folder_with_a_space_is_read_whole(env, monkeypatch, tmp_path):
    folder = tmp_path / "my files"
    monkeypatch.setenv("STORAGE_URL", folder.as_uri())

    assert environment.storage(env, tmp_path, True)["OPTIONS"]["location"] == str(folder)


def test_the_demo_needs_nothing_and_keeps_its_own_secret_to_its_owner(env, tmp_path):
    data = tmp_path / "var"

    secret = environment.secret_key(env, data, False)

    assert len(secret) >= 50
    assert environment.secret_key(env, data, False) == secret
    assert stat.S_IMODE((data / "secret-key").stat().st_mode) == 0o600


def test_two_demos_have_two_secrets(env, tmp_path):
    assert environment.secret_key(env, tmp_path / "a", False) != environment.secret_key(env, tmp_path / "b", False)


def test_the_data_folder_is_its_owners_alone_also_one_that_was_open_before(env, tmp_path, monkeypatch):
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    old.chmod(0o755)
    for folder in (old, new):
        monkeypatch.setenv("WINNOW_DATA", str(folder))
        environment.secret_key(env, environment.data_folder(env, tmp_path / "var"), False)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_of_everybodys_is_left_to_everybody(env, tmp_path, monkeypatch):
    tmp_path.chmod(0o1777)
    monkeypatch.setenv("WINNOW_DATA", str(tmp_path))

    environment.data_folder(env, tmp_path / "var")

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o1777


@pytest.mark.parametrize("name", ["plan #2", "what?", "100%"])
def test_a_path_that_addresses_would_misread_is_refused_at_start(env, tmp_path, monkeypatch, name):
    monkeypatch.setenv("WINNOW_DATA", str(tmp_path / name))

    with pytest.raises(ImproperlyConfigured, match="a path with '.' in it can't be used"):
        environment.data_folder(env, tmp_path / "var")


def test_a_folder_that_is_missing_stays_missing_until_something_is_kept(env, tmp_path, monkeypatch):
    monkeypatch.setenv("WINNOW_DATA", str(tmp_path / "absent"))

    assert not environment.data_folder(env, tmp_path / "var").exists()


def test_of_two_demo_processes_that_start_at_once_the_first_decides_and_neither_reads_half(env, tmp_path, monkeypatch):
    file = tmp_path / "secret-key"

    def overtaken(length: int) -> str:
        file.write_text("of the other process")
        return "ours, too late"

    monkeypatch.setattr(environment.secrets, "token_urlsafe", overtaken)

    assert environment.secret_key(env, tmp_path, False) == "of the other process"
    assert list(tmp_path.iterdir()) == [file]


def test_the_demo_writes_ahead_and_waits_for_its_lock(env, tmp_path):
    config = environment.database(env, tmp_path, False)

    assert config["ENGINE"].endswith("sqlite3")
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in config["OPTIONS"]["init_command"]


def test_a_deep_data_folder_still_gets_a_socket_with_a_short_name():
    deep = Path("/" + "deep/" * 30)

    assert len(str(environment.broker_socket(deep))) <= environment.SOCKET_PATH_LIMIT
    assert environment.broker_socket(Path("/srv/w")) == Path("/srv/w/broker/valkey.sock")
    assert environment.broker_socket(deep) != environment.broker_socket(deep / "other")


def test_the_demo_makes_a_key_for_its_evidence_once_for_its_owner_alone(env, tmp_path):
    first = environment.evidence_key(env, tmp_path / "new", False)

    assert environment.evidence_key(env, tmp_path / "new", False) == first
    [file] = (tmp_path / "new").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("given", [EVIDENCE, EVIDENCE.replace("\n", "\\n"), "evidence.pem"])
def test_the_evidence_key_is_given_as_pem_or_where_it_lies(env, tmp_path, monkeypatch, given):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evidence.pem").write_text(EVIDENCE)
    monkeypatch.setenv("EVIDENCE_KEY", given)

    assert environment.evidence_key(env, tmp_path, True).strip() == EVIDENCE.strip()


@pytest.mark.parametrize("given", ["secret", "-----BEGIN PRIVATE KEY-----", "rsa"])
def test_another_key_for_evidence_is_refused_in_a_sentence(env, tmp_path, monkeypatch, given):
    if given == "rsa":
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        given = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    monkeypatch.setenv("EVIDENCE_KEY", given)

    with pytest.raises(ImproperlyConfigured, match="EVIDENCE_KEY must be an Ed25519 key"):
        environment.evidence_key(env, tmp_path, True)


@pytest.mark.parametrize("value", ["", "0", "-1", "1.5", "a day", "\u0663", "10001"])
def test_an_unusable_number_of_hours_is_named(env, monkeypatch, value):
    monkeypatch.setenv("FILE_GRACE_HOURS", value)

    with pytest.raises(ImproperlyConfigured, match="FILE_GRACE_HOURS is .* whole number of hours"):
        environment.hours(env, "FILE_GRACE_HOURS", default=24)


def test_hours_are_read_or_as_shipped(env, monkeypatch):
    assert environment.hours(env, "FILE_GRACE_HOURS", default=24) == datetime.timedelta(days=1)
    monkeypatch.setenv("FILE_GRACE_HOURS", "1")

    assert environment.hours(env, "FILE_GRACE_HOURS", default=24) == datetime.timedelta(hours=1)
