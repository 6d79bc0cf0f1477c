from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from creative.evidence import verify


class Command(BaseCommand):
    help = "Check every audit chain against its hashes, its head and the signed anchors."

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify.everything()
        for problem in report.problems:
            self.stderr.write(problem)
        if report.problems:
            raise CommandError(f"The audit log does not hold: {len(report.problems)} problem(s).")
        counts = f"{report.events} events in {report.chains} chains, {report.anchors} anchors"
        self.stdout.write(f"{counts}: whole.")
