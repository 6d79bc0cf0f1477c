from __future__ import annotations

import sys
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from creative.errors import Refused
from generation import presets
from generation.engines.diffusers import proposing
from generation.engines.engine import UnusableSource
from generation.models import Preset


class Command(BaseCommand):
    help = "Run on a worker: look into a model, say what it is, ask what it can't know, check, measure and save it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", metavar="FOLDER|HUB@REVISION", help="inside WINNOW_MODELS, or a pinned hub id")
        parser.add_argument("--name", help="of the preset (default: the source's)")
        parser.add_argument("--licence", help="its licence, such as Apache-2.0")
        parser.add_argument("--commercial-use", choices=["yes", "no"], help="whether it may be used commercially")
        parser.add_argument("--training-data", help="what it was trained on, in a sentence")
        parser.add_argument("--price", help="of a GPU second (default: 0)")

    def handle(self, *args: Any, source: str, **options: Any) -> None:
        try:
            found = proposing.proposal(source)
        except UnusableSource as error:
            raise CommandError(str(error)) from error
        self.stdout.write(found.sentence)
        preset = Preset(
            name=options["name"] or source.partition("@")[0].rpartition("/")[2],
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
