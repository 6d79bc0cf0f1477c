"""What every verb on the things that producers keep for everybody does: ask who may, check, store, tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from creative import access
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import User

Row = TypeVar("Row", bound=models.Model)
UNTOLD = ("password", "date_joined")  # of a person: the one is secret, the other is the event's own time


def require_producer(by: User | None) -> None:
    """Raises PermissionDenied for anybody else. None is the site itself, which sets itself up."""
    if by and not access.keeps_site(by):
        raise PermissionDenied(_("Only a producer of the site keeps what belongs to everybody."))


def add(row: Row, act: Act, *, by: User | None) -> Row:
    """Raises Refused on what such a row may not hold."""
    require_producer(by)
    given = {name: ("", getattr(row, name)) for name in _given(row)}
    with writing(row):
        row.save(force_insert=True)
        audit.record(None, by, act, **_told(row, given))
    return row


def change(row: models.Model, act: Act, *, by: User | None, **words: Any) -> list[str]:
    """Write what differs from what is stored, and nothing else; returns the names. Raises Refused as `add` does."""
    require_producer(by)
    with transaction.atomic():
        stored = type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)
        changed = {name: (getattr(stored, name), new) for name, new in words.items() if getattr(stored, name) != new}
        for name, (_old, new) in changed.items():
            setattr(stored, name, new)
        if changed:
            with writing(stored):
                stored.save(update_fields=list(changed))
                audit.record(None, by, act, **_told(stored, changed))
    row.refresh_from_db()
    return sorted(changed)


@contextmanager
def writing(row: models.Model) -> Iterator[None]:
    """One transaction, in which `row` is checked first; what it may not hold is told as a refusal."""
    try:
        row.full_clean()
        with transaction.atomic():
            yield
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    except IntegrityError as error:  # the race that full_clean cannot see
        raise Refused(_("Somebody wrote the same at this moment. Reload and look again.")) from error


def _given(row: models.Model) -> list[str]:
    """What an unsaved row says beyond its defaults."""
    fields = [field for field in row._meta.concrete_fields if field.editable and field.name not in UNTOLD]
    return [field.name for field in fields if getattr(row, field.attname) != field.get_default()]


def _told(row: models.Model, changed: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    values = {name: [str(old), str(new)] for name, (old, new) in sorted(changed.items())}
    return {str(row._meta.model_name): row.pk, "values": values}
