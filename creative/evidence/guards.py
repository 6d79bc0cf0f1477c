"""What the database itself refuses, by triggers. Declared on the model, armed after each migrate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.apps import apps
from django.db import connections, models, transaction

ALWAYS = ""


@dataclass(frozen=True)
class Guard:
    """Refuses a statement, with an IntegrityError that says why.

    `refuses` is a condition on NEW and OLD in SQL that both databases know; it may look into other tables.
    """

    name: str  # of the trigger, after its table's
    on: str  # INSERT, UPDATE, DELETE or TRUNCATE
    refuses: str
    because: str


class Guarded(models.Model):
    """A table with guards of its own."""

    guards: ClassVar[tuple[Guard, ...]] = ()

    class Meta:
        abstract = True

    @classmethod
    def all_guards(cls) -> tuple[Guard, ...]:
        return cls.guards


def arm(using: str = "default", **_: Any) -> None:
    """Safe to repeat, and repeated after every migrate: SQLite alters a table by making it anew, without triggers."""
    connection = connections[using]
    there = set(connection.introspection.table_names())
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for model in apps.get_models():
            if issubclass(model, Guarded) and model._meta.db_table in there:
                for guard in model.all_guards():
                    for statement in statements(connection.vendor, model._meta.db_table, guard):
                        cursor.execute(statement)


def disarm(using: str = "default", **_: Any) -> None:
    """Before a migrate, on SQLite: it alters a table by making it anew, which a trigger that looks into it forbids."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for model in apps.get_models():
                for guard in model.all_guards() if issubclass(model, Guarded) else ():
                    cursor.execute(f"DROP TRIGGER IF EXISTS {model._meta.db_table}_{guard.name}")


def statements(vendor: str, table: str, guard: Guard) -> Iterator[str]:
    return (_on_sqlite if vendor == "sqlite" else _on_postgresql)(table, guard)


def _on_sqlite(table: str, guard: Guard) -> Iterator[str]:
    if guard.on == "TRUNCATE":
        return  # SQLite knows none
    name = f"{table}_{guard.name}"
    # Older SQLites know only this word for it.
    when = f"WHEN {guard.refuses.replace('IS NOT DISTINCT FROM', 'IS')}" if guard.refuses else ""
    yield f"DROP TRIGGER IF EXISTS {name}"
    yield (
        f"CREATE TRIGGER {name} BEFORE {guard.on} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, {_quoted(guard.because)}); END"
    )


def _on_postgresql(table: str, guard: Guard) -> Iterator[str]:
    name = f"{table}_{guard.name}"
    refusal = f"RAISE integrity_constraint_violation USING MESSAGE = {_quoted(guard.because)};"
    body = f"IF {guard.refuses} THEN {refusal} END IF;" if guard.refuses else refusal
    row = "OLD" if guard.on == "DELETE" else "NEW"
    yield (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN {row}; END $$"
    )
    each = "STATEMENT" if guard.on == "TRUNCATE" else "ROW"
    yield f"CREATE OR REPLACE TRIGGER {name} BEFORE {guard.on} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}()"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
