"""What nothing refers to goes after a grace time: rows of files, their bytes, strays, and what the killed left behind.

A file is taken while its row is locked, and its bytes go before that commits. So whoever stores the same bytes
meanwhile waits at the first statement of `put`, makes the row anew and then finds no bytes to trust; who came first has
touched the row, which saves it for the grace time. A caller that refers to it later than that is refused by its own
foreign key. On SQLite one writer at a time gives the same. Who is killed before the commit leaves a row without bytes:
`put` writes them again, or the next round takes the row.

A run looks at one of 256 shelves, at each in its turn by the clock, so that there is no cursor to keep. With three
million files that is 12,000 rows by a range of their key, and an index probe each for every foreign key to a file.
"""

from __future__ import annotations

import datetime
import itertools
import logging
import re
from collections.abc import Collection, Iterator
from typing import Any

from django.db import models, transaction

from creative import files, storage
from creative.models import File

log = logging.getLogger(__name__)

SHELVES = 256  # the folders of creative.files
EVERY = 300  # seconds between two runs, as beat rings
PAGE = 500  # rows that are looked at together
MOST = 1000  # removed in a run, so that a worker is never held for long


def shelf_at(moment: float) -> str:
    """Whose turn it is, at a time in seconds since the epoch."""
    return f"{int(moment // EVERY) % SHELVES:02x}"


def collect(shelf: str, *, before: datetime.datetime) -> int:
    """Remove what nobody refers to and nobody touched since `before`; returns how many. Safe at any time, and twice."""
    removed = sum(
        itertools.islice(
            itertools.chain(
                (_remove(sha256, before) for sha256 in _unreferenced(shelf, before)),
                (_remove_stray(sha256) for sha256 in _strays(shelf, before)),
                _remove_temporaries(before),
            ),
            MOST,
        )
    )
    if removed:
        log.info("%s files that nothing refers to are gone.", removed)
    return removed


def references() -> list[models.Field[Any, Any]]:
    """Every foreign key to a file, of whichever app."""
    relations = File._meta.get_fields(include_hidden=True)
    return [relation.field for relation in relations if isinstance(relation, models.ManyToOneRel)]


def _unreferenced(shelf: str, before: datetime.datetime) -> Iterator[str]:
    rows = _on(shelf).filter(touched_at__lt=before).order_by("pk").values_list("pk", flat=True)
    after = shelf
    while page := list(rows.filter(pk__gt=after)[:PAGE]):
        yield from sorted(set(page) - _referenced(page))
        after = page[-1]


def _on(shelf: str) -> models.QuerySet[File]:
    return File.objects.filter(pk__gte=shelf, pk__lt=f"{shelf}g")  # g follows the last hex digit


def _referenced(hashes: Collection[str]) -> set[str]:
    found: set[str] = set()
    for field in references():
        rows = field.model._base_manager.filter(**{f"{field.name}__in": hashes})
        found.update(rows.order_by().values_list(field.attname, flat=True).distinct())
    return found


def _remove(sha256: str, before: datetime.datetime) -> bool:
    with transaction.atomic():
        untouched = File.objects.select_for_update(skip_locked=True).filter(pk=sha256, touched_at__lt=before)
        file = untouched.first()
        # Asked again now that no new reference can appear, in a statement that sees the latest.
        if file is None or _referenced([sha256]):
            return False
        file.delete()
        storage.delete(files.name_of(sha256))
    return True


def _strays(shelf: str, before: datetime.datetime) -> Iterator[str]:
    """Bytes that no row names, as a rolled back transaction or a restored backup leaves them."""
    lying = {name for name, since in storage.listed(f"{files.FOLDER}/{shelf}") if since < before}
    strays = lying - set(_on(shelf).values_list("pk", flat=True))
    return (name for name in sorted(strays) if re.fullmatch(r"[0-9a-f]{64}", name))


def _remove_stray(sha256: str) -> bool:
    """Under a row of our own for a moment, so that whoever stores the same bytes now waits for us."""
    with transaction.atomic():
        file, ours = File.objects.get_or_create(pk=sha256, defaults={"media_type": "", "size": 0})
        if ours:
            file.delete()
            storage.delete(files.name_of(sha256))
    return ours


def _remove_temporaries(before: datetime.datetime) -> Iterator[bool]:
    for name, since in storage.listed(storage.TEMPORARY):
        if since < before:
            storage.delete(f"{storage.TEMPORARY}/{name}")
            yield True
