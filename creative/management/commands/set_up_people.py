from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from creative import members, passwords, people
from creative.errors import Refused
from creative.models import Membership, User
from creative.roles import Role
from creative.stages import LEGAL


class Command(BaseCommand):
    help = (
        "Name the first producer and the first legal reviewer of the site, two people. They let the others in, and "
        "confirm each other's choices. Works while the site lacks one of the two, and is told in the site's audit log."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--producer", required=True, metavar="USERNAME")
        parser.add_argument("--legal", required=True, metavar="USERNAME")

    def handle(self, *args: Any, producer: str, legal: str, **options: Any) -> None:
        if producer == legal:
            raise CommandError("They are two people: nobody alone gives a right to sign.")
        of_site = Membership.objects.in_force().filter(project=None)
        held = of_site.filter(user__is_active=True, user__password_set_at__isnull=False)
        if len(set(held.values_list("role", flat=True))) == 2:
            raise CommandError("The site has a producer and a legal reviewer; they let others in on the page People.")
        try:
            with transaction.atomic():
                links = [self._named(producer, Role.PRODUCER), self._named(legal, Role.REVIEWER, LEGAL)]
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("Hand each their link, good once and for three days, after the site's address:")
        for name, link in zip((producer, legal), links, strict=True):
            self.stdout.write(f"  {name}: {link}")

    def _named(self, username: str, role: Role, stage: str = "") -> str:
        user = User.objects.filter(username=username).first() or people.add(User(username=username), by=None)
        held = Membership.objects.filter(project=None, user=user).first()
        if held is None:
            members.add(None, by=None, user=user, role=role, stage=stage)
        elif (held.role, held.stage) != (role, stage):
            raise Refused(f"{username} is {held.title.lower()} of the site already.")
        return passwords.give_link(user, by=None)
