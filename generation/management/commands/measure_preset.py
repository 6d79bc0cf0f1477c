from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation import engines, presets, samples, sizes, trial
from generation.engines.engine import UnusableSource
from generation.models import Preset


class Command(BaseCommand):
    help = "Run on a worker: find a preset's batch size and seconds a picture, and pin its weights' hash."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("preset", metavar="NAME")

    def handle(self, *args: Any, preset: str, **options: Any) -> None:
        try:
            row = Preset.objects.get(name=preset)
        except Preset.DoesNotExist as error:
            known = ", ".join(Preset.objects.values_list("name", flat=True)) or "none yet"
            raise CommandError(f"There is no preset '{preset}'; known: {known}.") from error
        try:
            unpinned = replace(row.snapshot(), weights="")
            found = presets.measure(unpinned, engines.load, size=sizes.largest(row.sizes))
            render = engines.load(unpinned)
            heard = trial.tried(render, unpinned, sizes.smallest(row.sizes))
            sheet = samples.made(render, unpinned, sizes.smallest(row.sizes))
        except UnusableSource as error:
            raise CommandError(str(error)) from error
        except RuntimeError as error:  # of torch: of the device, or of a model and a scheduler that don't fit
            raise CommandError(f"Measuring came to an end: {error}") from error
        for m in found:
            memory = f", {m.memory / 2**30:.1f} GiB" if m.memory else ""
            self.stdout.write(f"batch of {m.batch_size}: {m.seconds:.3f} s a picture{memory}")
        chosen = presets.best(found)
        presets.keep(row, chosen, heard, sheet, render=render)
        device = render.environment["device"]
        self.stdout.write(f"Kept: batches of {chosen.batch_size}, {chosen.seconds:.3f} s a picture on {device}.")
