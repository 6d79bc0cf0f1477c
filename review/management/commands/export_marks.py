from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from creative.models import Brief, User
from review.culling import marks_export
from review.delivery import export


class Command(BaseCommand):
    help = "What people marked in a brief, for other tools: a CSV table, or XMP sidecars, one person's in a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("brief", type=int, help="the number in its page's address")
        parser.add_argument("--format", choices=("csv", "xmp"), required=True)
        parser.add_argument("--person", metavar="USERNAME", help="only this person's marks")
        parser.add_argument(
            "--folder", type=Path, metavar="DIR", help="without it csv goes to standard output, xmp to marks-BRIEF"
        )

    def handle(self, *args: Any, folder: Path | None, **options: Any) -> None:
        brief = Brief.objects.filter(pk=options["brief"]).first()
        if brief is None:
            raise CommandError(f"There is no brief {options['brief']}.")
        people = self.people(brief, options["person"])
        try:
            if options["format"] == "xmp":
                self.xmp(brief, people, folder or Path(f"marks-{brief.pk}"))
            else:
                self.csv(brief, people, folder)
        except OSError as error:
            raise CommandError(f"{error.filename or folder} can't be written: {error.strerror}.") from error

    def people(self, brief: Brief, username: str | None) -> list[User]:
        found = marks_export.people(brief)
        if not found:
            raise CommandError(f"Nobody has marked a candidate of brief {brief.pk}.")
        chosen = [person for person in found if username in (None, person.username)]
        if not chosen:
            raise CommandError(f"'{username}' has marked nothing in brief {brief.pk}; {_names(found)} did.")
        return chosen

    def csv(self, brief: Brief, people: list[User], folder: Path | None) -> None:
        text = marks_export.table(marks_export.marked(brief).filter(person__in=people).iterator())
        if folder is None:
            self.stdout.write(text, ending="")
            return
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"brief-{brief.pk}-marks.csv"
        file.write_text(text, encoding="utf-8", newline="")
        self.stdout.write(f"The marks of {_names(people)} are in {file}.")

    def xmp(self, brief: Brief, people: list[User], folder: Path) -> None:
        """A sidecar holds one person's marks, so where several marked each has a folder of their own in it."""
        left = export.names_of(brief)
        folders = [folder / _folder_name(person) for person in people] if len(people) > 1 else [folder]
        for person, own in zip(people, folders, strict=True):
            try:
                count = marks_export.write_sidecars(brief, person, own, left)
            except marks_export.NotOurs as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"{count} sidecar{'' if count == 1 else 's'} of {person.username} in {own}.")


def _folder_name(person: User) -> str:
    name = person.username
    if "/" in name or not name.strip("."):  # ".." is a username that Django allows
        raise CommandError(f"No folder can be called '{name}'; write the sidecars of each person with --person.")
    return name


def _names(people: list[User]) -> str:
    return ", ".join(person.username for person in people)
