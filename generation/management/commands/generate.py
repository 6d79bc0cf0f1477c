from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from pydantic import ValidationError

from creative import brief_words
from creative.validation import mistakes
from generation import brief_file, engines, offline, presets
from generation.engines.diffusers import weights
from generation.engines.engine import UnusableSource
from generation.models import Preset
from generation.recipe import SEEDS


def beginning(file: Path) -> bytes:
    """Of a text that is too long, enough to see that."""
    with file.open("rb") as opened:
        return opened.read(4 * brief_file.LONGEST + 4)


class Command(BaseCommand):
    help = "Make a brief's candidates without browser, broker, server or database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("brief", type=Path, metavar="BRIEF.toml")
        parser.add_argument("--count", type=int, help="how many, 1 to 100 (default: the brief's)")
        parser.add_argument("--seed", type=int, help="the first candidate's seed (default: random)")
        parser.add_argument("--preset", default=weights.STARTER, help="a preset's name (default: starter)")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")

    def handle(self, *args: Any, brief: Path, out: Path, **options: Any) -> None:
        words = self.words(brief, options["count"])
        if options["seed"] is not None and not 0 <= options["seed"] < SEEDS:
            raise CommandError(f"--seed must be from 0 to {SEEDS - 1}.")
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise CommandError(f"{out} is not an empty folder; pictures are never overwritten.")
        started = time.perf_counter()
        try:
            preset = self.preset(options["preset"])
            manifest = offline.generate(
                words, preset=preset, count=words["count"], seed=options["seed"], out=out, load=engines.load
            )
        except (offline.NotAllowed, UnusableSource) as error:
            raise CommandError(str(error)) from error
        except RuntimeError as error:  # of torch: of the device, or of a model and a scheduler that don't fit
            raise CommandError(f"Making pictures came to an end: {error}") from error
        made, refused = len(manifest["candidates"]), manifest["refused"]
        seconds = time.perf_counter() - started
        self.stdout.write(f"{made} pictures and manifest.json in {out}, in {seconds:.1f} s.")
        if refused:
            self.stdout.write(f"{len(refused)} were refused: {refused[0]['reason']}")

    def words(self, file: Path, count: int | None) -> dict[str, Any]:
        try:
            words = brief_file.parse(beginning(file).decode("utf-8-sig"))  # Notepad begins a file with a mark
        except UnicodeDecodeError as error:
            raise CommandError(f"{file} is no UTF-8 text. Save it as UTF-8.") from error
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error}.") from error
        except brief_file.BriefError as error:
            raise CommandError(f"{file} is refused:\n{error}") from error
        try:
            return words if count is None else words | brief_words.checked({"count": count})
        except ValidationError as error:
            raise CommandError(f"--count {mistakes(error)[0].sentence}.") from error

    def preset(self, name: str) -> Preset:
        if name == weights.STARTER:
            return presets.starter()  # in code, so that no database is needed
        try:
            return Preset.objects.get(name=name)
        except Exception as error:
            raise CommandError(f"There is no preset '{name}' here.") from error
