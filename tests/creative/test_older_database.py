from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from tests.services import free_ports


@pytest.fixture
def old(tmp_path) -> Path:
    """A folder of before the migrations were begun anew."""
    with sqlite3.connect(tmp_path / "winnow.sqlite3") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app TEXT, name TEXT, applied TEXT)")
        names = [*MigrationLoader(None).disk_migrations, ("generation", "0009_keep_looks")]
        database.executemany("INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, '2026-11-01')", names)
    database.close()
    return tmp_path


@pytest.mark.parametrize("command", ["migrate", "launch"])
def test_it_is_refused_in_a_sentence_and_nothing_is_changed(old, command):
    before = tables(old)
    own = {"WINNOW_DATA": str(old), "PORT": str(free_ports(1)[0]), "DJANGO_SETTINGS_MODULE": "creative.settings"}
    theirs = {name: value for name, value in os.environ.items() if name not in ("BROKER_URL", "DATABASE_URL")}

    done = subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=settings.BASE_DIR,
        env=theirs | own,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert f"The database in {old} was made by an older Winnow" in done.stderr
    assert "Move it away or delete it, or choose another folder with WINNOW_DATA=" in done.stderr
    assert "Traceback" not in done.stderr
    assert tables(old) == before


def tables(folder: Path) -> list:
    with sqlite3.connect(folder / "winnow.sqlite3") as database:
        return list(database.iterdump())
