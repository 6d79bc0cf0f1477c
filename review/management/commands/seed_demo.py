from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation import engines, samples, scheduling
from generation.engines.diffusers import weights
from generation.models import Preset
from review import seeding


class Command(BaseCommand):
    help = "Demo people, brands and briefs, with candidates really made by the starter model. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--candidates", type=int, default=20, help="how many each brief has")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo data, whose passwords everybody knows, has no place in production.")
        seeding.seed(
            lambda: scheduling.work(engines.load, worker="seed_demo"), options["candidates"], tell=self.stdout.write
        )
        starter = Preset.objects.get(name=weights.STARTER)
        if not starter.samples.exists():
            snapshot = starter.snapshot()
            samples.keep(starter, samples.made(engines.load(snapshot), snapshot, starter.sizes[0]))
