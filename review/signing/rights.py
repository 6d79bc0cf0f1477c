"""What a signature rests on besides the picture: who gave its signer the right, and what changed around it lately."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creative import access, roles
from creative.evidence import audit
from creative.evidence.acts import RIGHTS, Act
from creative.models import Event, Membership, Project, User

LATELY = datetime.timedelta(days=14)
MOST = 20  # changes that are told
SENTENCES = {
    Act.MEMBERSHIP_ADDED: gettext_lazy("%(who)s made %(person)s %(title)s"),
    Act.MEMBERSHIP_CHANGED: gettext_lazy("%(who)s made %(person)s %(title)s"),
    Act.MEMBERSHIP_CONFIRMED: gettext_lazy("%(who)s confirmed %(person)s as %(title)s"),
    Act.MEMBERSHIP_SUSPENDED: gettext_lazy("%(who)s gave %(person)s (%(title)s) the link to a new password"),
    Act.MEMBERSHIP_REMOVED: gettext_lazy("%(who)s took away that %(person)s is %(title)s"),
}


@dataclass(frozen=True)
class Change:
    sentence: str
    at: datetime.datetime


def behind(person: User, project: Project) -> dict[str, Any]:
    """Of a signature, for its line of the audit log: ids, and moments in ISO 8601."""
    member = access.membership(person, project)
    assert member  # asked before
    return {
        "given_by": member.given_by_id,
        "given_at": member.given_at.isoformat(),
        "confirmed_by": member.confirmed_by_id,
        "confirmed_at": member.confirmed_at.isoformat() if member.confirmed_at else None,
        "password_set_at": person.password_set_at.isoformat() if person.password_set_at else None,
        "password_link_by": person.password_link_by_id,
    }


def changed_lately(project: Project) -> list[Change]:
    """Who gave, confirmed or took away roles here in the last fortnight, and whose accounts are new. Newest first."""
    since = now() - LATELY
    found = [change for change in (*_of_roles(project), *_of_accounts(project)) if change.at >= since]
    return sorted(found, key=lambda change: change.at, reverse=True)[:MOST]


def _of_roles(project: Project) -> Iterator[Change]:
    lines = Event.objects.filter(scope=audit.scope_of(project), brief_id=None, act__in=RIGHTS)
    events = list(lines.select_related("payload").order_by("-sequence")[:MOST])
    named = {pk for event in events for pk in (event.actor_id, event.data.get("user")) if pk}
    people = {person.pk: str(person) for person in User.objects.filter(pk__in=named)}
    for event in events:
        if event.actor_id is None or event.is_erased:
            continue  # how the installation was set up is told where roles are
        told = {
            "who": people.get(event.actor_id, _("somebody")),
            "person": people.get(event.data["user"], _("somebody")),
            "title": roles.title(event.data["role"], event.data["stage"]).lower(),
        }
        yield Change(str(SENTENCES[Act(event.act)] % told), datetime.datetime.fromisoformat(event.at))


def _of_accounts(project: Project) -> Iterator[Change]:
    for member in Membership.objects.filter(project=project, role__in=roles.CONFIRMED).select_related("user__link_by"):
        if member.user.link_by and member.user.link_at:
            told = {"who": member.user.link_by, "person": member.user}
            yield Change(_("%(who)s gave %(person)s a link to choose a password") % told, member.user.link_at)
