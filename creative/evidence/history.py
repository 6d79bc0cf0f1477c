"""What the audit log tells of one brief."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from creative.evidence.acts import Act
from creative.models import Event, User

TOLD = [act for act in Act if act.sentence]


@dataclass(frozen=True)
class Told:
    sentence: SafeString
    at: datetime


def of(brief: int, *, newest: int | None = None) -> list[Told]:
    """What people want to know of it, from export back to draft; only the newest so many, if told so."""
    events = Event.objects.filter(brief_id=brief, act__in=TOLD).select_related("payload").order_by("-sequence")[:newest]
    people = {user.pk: str(user) for user in User.objects.filter(pk__in={event.actor_id for event in events})}
    return [_told(event, people.get(event.actor_id or 0, "Winnow")) for event in events]


def _told(event: Event, name: str) -> Told:
    act, who = Act(event.act), format_html("<strong>{}</strong>", name)
    try:
        sentence = format_html(str(act.sentence), **{**event.data, "who": who})
    except KeyError:  # what it names was erased, or was not said
        said = _("{who}: {act} (erased)") if event.is_erased else "{who}: {act}"
        sentence = format_html(said, who=who, act=act.label)
    return Told(sentence, datetime.fromisoformat(event.at))


def newest(brief: int) -> int:
    """The sequence of the brief's newest line, 0 without one: whoever has read that far has missed nothing."""
    lines = Event.objects.filter(brief_id=brief).order_by("-sequence")
    return lines.values_list("sequence", flat=True).first() or 0


def newest_of_no_brief(scope: str) -> int:
    """The same of the lines that concern the whole project."""
    lines = Event.objects.filter(scope=scope, brief_id=None).order_by("-sequence")
    return lines.values_list("sequence", flat=True).first() or 0
