from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from creative.evidence import audit, disclosure
from creative.models import Brief, Project


class Command(BaseCommand):
    help = "Write a project's audit chain, with its anchors, for somebody outside to verify: docs/evidence.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--project", type=int, required=True)
        parser.add_argument("--brief", type=int, help="say only what this brief's lines say; of others the digests")
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *, project: int, brief: int | None, out: Path, **options: Any) -> None:
        found = Project.objects.filter(pk=project).first()
        if found is None:
            raise CommandError(f"There is no project {project}.")
        if brief and not Brief.objects.filter(pk=brief, project=found).exists():
            raise CommandError(f"Project {project} has no brief {brief}.")
        try:
            with out.open("x", encoding="utf-8") as file:
                disclosure.write(file, scope=audit.scope_of(found), brief=brief)
        except OSError as error:
            raise CommandError(f"{out} can't be written ({error.strerror}).") from error
        self.stdout.write(f"Written to {out}. Whoever has your public key can check it: docs/evidence.md.")
