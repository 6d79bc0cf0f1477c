from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from creative import files
from creative.models import File
from generation import thumbnails

PAGE = 500


class Command(BaseCommand):
    help = "Read every stored file, and name what is missing or damaged; mend thumbnails, and the rest from a backup."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--backup", type=Path, help="a copy of the storage, as a folder that holds 'files'")

    def handle(self, *, backup: Path | None = None, **options: Any) -> None:
        count = mended = left = 0
        for file in _every():
            count += 1
            if files.is_intact(file.pk):
                continue
            is_mended = _mend(file, backup)
            mended, left = mended + is_mended, left + (not is_mended)
            was = "was missing or damaged, and is mended" if is_mended else "is missing or damaged"
            self.stdout.write(f"{files.name_of(file.pk)} ({file.media_type}, {file.size} bytes) {was}.")
        if left:
            raise CommandError(f"{left} of {count} files are missing or damaged. Mend them with --backup.")
        self.stdout.write(f"{count} files: whole{f', {mended} of them mended' if mended else ''}.")


def _every() -> Iterator[File]:
    """By pages, so that no statement lasts as long as reading all the files does."""
    after = ""
    while page := list(File.objects.filter(pk__gt=after).order_by("pk")[:PAGE]):
        yield from page
        after = page[-1].pk


def _mend(file: File, backup: Path | None) -> bool:
    if backup and (copy := backup / files.name_of(file.pk)).is_file():
        with copy.open("rb") as source:
            if files.mend(file, source):
                return True
    return thumbnails.again(file) is not None and files.is_intact(file.pk)
