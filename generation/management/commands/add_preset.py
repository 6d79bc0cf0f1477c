from __future__ import annotations

import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from creative.errors import Refused
from generation import presets
from generation.engines.diffusers import proposing, weights
from generation.engines.engine import UnusableSource
from generation.models import Preset

CONFIGURATION = "of a single file: the pipeline folder in WINNOW_MODELS that it is a model of"


class Command(BaseCommand):
    help = "Run on a worker: look into a model, say what it is, ask what it can't know, check, measure and save it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", metavar="FOLDER|FILE|HUB@REVISION", help="in WINNOW_MODELS, or a pinned hub id")
        parser.add_argument("--configuration", metavar="FOLDER", help=CONFIGURATION)
        parser.add_argument("--name", help="of the preset (default: the source's)")
        parser.add_argument("--licence", help="its licence, such as Apache-2.0")
        parser.add_argument("--commercial-use", choices=["yes", "no"], help="whether it may be used commercially")
        parser.add_argument("--training-data", help="what it was trained on, in a sentence")
        parser.add_argument("--price", help="of a GPU second (default: 0)")

    def handle(self, *args: Any, source: str, **options: Any) -> None:
        try:
            found = proposing.proposal(source, self.configuration(source, options["configuration"]))
        except UnusableSource as error:
            raise CommandError(str(error)) from error
        self.stdout.write(found.sentence)
        preset = Preset(
            name=options["name"] or Path(source.partition("@")[0]).name.removesuffix(".safetensors"),
            parameters=found.parameters.model_dump(),
            sizes=found.sizes,
            licence=self.asked("Licence", options["licence"]),
            commercial_use=self.asked("May it be used commercially (yes or no)", options["commercial_use"]) == "yes",
            training_data=self.asked("What was it trained on", options["training_data"], may_be_empty=True),
            price=self.price(options["price"]),
        )
        try:
            presets.add(preset, by=None)
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"“{preset}” is saved. It is being measured.")
        call_command("measure_preset", preset.name, stdout=self.stdout)

    def configuration(self, source: str, given: str | None) -> str:
        """Asked for where a single file needs one and somebody sits there."""
        if given is None and Path(source).suffix in weights.FILES and sys.stdin.isatty():
            self.stdout.write(f"'{source}' is a single file. It needs {CONFIGURATION}.")
            return self.asked("Configuration", None)
        return given or ""

    def asked(self, what: str, given: str | None, *, may_be_empty: bool = False) -> str:
        """What was given, or typed now where somebody sits there."""
        if given is not None:
            return given
        if not sys.stdin.isatty():
            if may_be_empty:
                return ""
            raise CommandError(f"{what}? Nobody is here to be asked: say it with an option; --help lists them.")
        return input(f"{what}: ").strip()

    def price(self, given: str | None) -> Decimal:
        try:
            return Decimal(given or "0")
        except InvalidOperation as error:
            raise CommandError(f"--price must be a number, not '{given}'.") from error
