from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from creative.evidence import rows, verify


class Command(BaseCommand):
    help = "Check every audit chain against its hashes, its head and the signed anchors, and every row against it."

    def handle(self, *args: Any, **options: Any) -> None:
        report, compared = verify.everything(), rows.everything()
        problems = [*report.problems, *compared.problems]
        for sentence in [*problems, *compared.erased]:
            self.stderr.write(sentence)
        if problems:
            raise CommandError(f"The audit log does not hold: {len(problems)} problem(s).")
        counts = f"{report.events} events in {report.chains} chains, {report.anchors} anchors, {compared.rows} rows"
        self.stdout.write(f"{counts}: whole.")
