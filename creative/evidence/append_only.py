"""What the database itself refuses: changing or deleting evidence. Declared on the model, armed after each migrate."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "is append-only"


class AppendOnly(models.Model):
    """Rows that the database lets nobody change or delete."""

    changes_once: ClassVar[str] = ""  # the one column that may go from NULL to a value, once

    class Meta:
        abstract = True


def arm(using: str = "default", **_: Any) -> None:
    """Safe to repeat, and repeated after every migrate: SQLite alters a table by making it anew, without triggers."""
    connection = connections[using]
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if issubclass(model, AppendOnly) and model._meta.db_table in there:
                for statement in _statements(connection, model):
                    cursor.execute(statement)


def _statements(connection: BaseDatabaseWrapper, model: type[AppendOnly]) -> list[str]:
    table, once = model._meta.db_table, model.changes_once
    columns = [str(field.column) for field in model._meta.local_concrete_fields if field.column != once]
    return (_on_sqlite if connection.vendor == "sqlite" else _on_postgresql)(table, columns, once)


def _on_sqlite(table: str, columns: list[str], once: str) -> list[str]:
    unchanged = " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in columns)
    when = f'WHEN NOT (OLD."{once}" IS NULL AND NEW."{once}" IS NOT NULL AND {unchanged})' if once else ""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} {REFUSAL}'); END"
    return [
        f"DROP TRIGGER IF EXISTS {table}_no_update",
        f"DROP TRIGGER IF EXISTS {table}_no_delete",
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {when} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
    ]


def _on_postgresql(table: str, columns: list[str], once: str) -> list[str]:
    unchanged = " AND ".join(f'NEW."{name}" IS NOT DISTINCT FROM OLD."{name}"' for name in columns)
    exception = (
        f'IF TG_OP = \'UPDATE\' THEN IF OLD."{once}" IS NULL AND NEW."{once}" IS NOT NULL AND {unchanged} '
        "THEN RETURN NEW; END IF; END IF;"
        if once
        else ""
    )
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN {exception} RAISE EXCEPTION '{table} {REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$",
        f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ]
