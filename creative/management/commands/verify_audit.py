from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from creative.evidence import audit
from creative.models import Event


class Command(BaseCommand):
    help = "Check every audit chain against its hashes, its head and the signed anchors."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = audit.verify()
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"The audit log does not hold: {len(problems)} problem(s).")
        chains = Event.objects.order_by().values("scope").distinct().count()
        self.stdout.write(f"{Event.objects.count()} events in {chains} chains: whole.")
