"""Rows that are evidence: written once, and kept by the database itself."""

from __future__ import annotations

from typing import ClassVar

from creative.evidence.guards import ALWAYS, Guard, Guarded

REFUSAL = "is append-only"


class AppendOnly(Guarded):
    """Rows that the database lets nobody change or delete."""

    changes_once: ClassVar[str] = ""  # the one column that may go from NULL to a value, once

    class Meta:
        abstract = True

    @classmethod
    def all_guards(cls) -> tuple[Guard, ...]:
        because = f"{cls._meta.db_table} {REFUSAL}"
        return (
            *cls.guards,
            Guard("no_update", "UPDATE", cls._any_other_change(), because),
            Guard("no_delete", "DELETE", ALWAYS, because),
            Guard("no_truncate", "TRUNCATE", ALWAYS, because),
        )

    @classmethod
    def _any_other_change(cls) -> str:
        once = cls.changes_once
        if not once:
            return ALWAYS
        columns = [field.column for field in cls._meta.local_concrete_fields if field.column != once]
        unchanged = " AND ".join(f'NEW."{name}" IS NOT DISTINCT FROM OLD."{name}"' for name in columns)
        return f'NOT (OLD."{once}" IS NULL AND NEW."{once}" IS NOT NULL AND {unchanged})'
