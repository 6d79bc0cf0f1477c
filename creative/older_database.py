"""A database that an older Winnow made, before its migrations were begun anew: refused, and nothing in it changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def refuse(using: str = "default", **_: Any) -> None:
    """Before anything is migrated. Raises CommandError, which names the folder and says what to do."""
    connection = connections[using]
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
    known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    if any(key[0] in ours and key not in known for key in MigrationRecorder(connection).applied_migrations()):
        name = str(connection.settings_dict["NAME"])
        where = f"in {Path(name).parent}" if connection.vendor == "sqlite" else f"'{name}'"
        raise CommandError(
            f"The database {where} was made by an older Winnow, and this one can't read it. Move it away or delete it, "
            "or choose another folder with WINNOW_DATA=. Nothing in it was changed."
        )
