"""What the database itself refuses: changing or deleting evidence. Used by migrations, on SQLite and PostgreSQL."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSAL = "is append-only"


def refuse_changes(schema_editor: BaseDatabaseSchemaEditor, table: str, *, once: str = "") -> None:
    """Refuse UPDATE and DELETE on `table`. `once` names the one column that may go from NULL to a value, once."""
    columns = [column.name for column in _columns(schema_editor, table)]
    if schema_editor.connection.vendor == "sqlite":
        _on_sqlite(schema_editor, table, columns, once)
    else:
        _on_postgresql(schema_editor, table, columns, once)


def allow_changes(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
    else:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}")
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_refuse()")


def _columns(schema_editor: BaseDatabaseSchemaEditor, table: str) -> list:
    with schema_editor.connection.cursor() as cursor:
        return schema_editor.connection.introspection.get_table_description(cursor, table)


def _on_sqlite(schema_editor: BaseDatabaseSchemaEditor, table: str, columns: list[str], once: str) -> None:
    unchanged = " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in columns if name != once)
    when = f'WHEN NOT (OLD."{once}" IS NULL AND NEW."{once}" IS NOT NULL AND {unchanged})' if once else ""
    schema_editor.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table} {REFUSAL}'); END"
    )
    schema_editor.execute(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} {REFUSAL}'); END"
    )


def _on_postgresql(schema_editor: BaseDatabaseSchemaEditor, table: str, columns: list[str], once: str) -> None:
    unchanged = " AND ".join(f'NEW."{name}" IS NOT DISTINCT FROM OLD."{name}"' for name in columns if name != once)
    exception = (
        f'IF TG_OP = \'UPDATE\' THEN IF OLD."{once}" IS NULL AND NEW."{once}" IS NOT NULL AND {unchanged} '
        "THEN RETURN NEW; END IF; END IF;"
        if once
        else ""
    )
    schema_editor.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN {exception} RAISE EXCEPTION '{table} {REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$"
    )
    schema_editor.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
    )
    schema_editor.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )
