"""The navigation of every page: named in settings, because only the most downstream app knows all pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from creative.access import agrees_for_site, keeps_site, signs
from creative.http import Request
from creative.models import Project, User
from review.signing import turns


@dataclass(frozen=True)
class Entry:
    """A link of the bar, or with `entries` a menu of links, under the name of the one that is open."""

    name: str
    url: str = ""
    current: bool = False
    count: int | None = None  # what waits there
    entries: tuple[Entry, ...] = ()


def navigation(request: Request) -> dict[str, Any]:
    """Lazy: a fragment that shows no navigation costs no query."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"navigation": []}
    return {"navigation": SimpleLazyObject(lambda: list(_entries(request)))}


def waiting_for(person: User) -> int | None:
    """How many versions wait for their signature; None for who signs nothing."""
    return turns.of_person(person).count() if signs(person) else None


def _entries(request: Request) -> Iterator[Entry]:
    home = reverse("review:home")
    yield Entry(_("Home"), home, current=request.path == home)
    projects = tuple(_projects(request))
    if projects:
        here = next((project.name for project in projects if project.current), "")
        yield Entry(here or _("Projects"), current=bool(here), entries=projects)
    count = waiting_for(request.user)
    if count is not None:
        url = reverse("review:queue")
        yield Entry(_("Review"), url, current=request.path == url, count=count)
    if keeps_site(request.user) or agrees_for_site(request.user):
        yield Entry(_("Admin"), reverse("admin:index"))


def _projects(request: Request) -> Iterator[Entry]:
    for project in Project.objects.visible_to(request.user).order_by("name"):
        url = reverse("review:project", args=[project.pk])
        yield Entry(project.name, url, current=request.path.startswith(url))
