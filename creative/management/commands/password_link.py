from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from creative import passwords
from creative.errors import Refused
from creative.models import User


class Command(BaseCommand):
    help = (
        "Print a one-time link with which somebody chooses a password: for the last producer or legal reviewer of the "
        "site, whose rights a link of a colleague's would take. It is told in the site's audit log."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        person = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"Nobody here is called {username}.")
        try:
            self.stdout.write(passwords.give_link(person, by=None))
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
