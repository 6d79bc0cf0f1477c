"""The navigation of every page: named in settings, because only the most downstream app knows all pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from creative.access import holds_role, signs
from creative.http import Request
from creative.models import Project, User
from creative.roles import Role
from review.signing import turns


def navigation(request: Request) -> dict[str, Any]:
    """Lazy: a fragment that shows no navigation costs no query."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"navigation": []}
    return {"navigation": SimpleLazyObject(lambda: list(_entries(request)))}


def waiting_for(person: User) -> int | None:
    """How many versions wait for their signature; None for who signs nothing."""
    return turns.of_person(person).count() if signs(person) else None


def _entries(request: Request) -> Iterator[dict[str, Any]]:
    home = reverse("review:home")
    yield {"name": "Home", "url": home, "current": request.path == home, "count": None}
    for project in Project.objects.visible_to(request.user).order_by("name"):
        url = reverse("review:project", args=[project.pk])
        current = request.path.startswith(url)
        yield {
            "name": project.name,
            "url": url,
            "current": current,
            "count": None,
            "project": True,
        }
    count = waiting_for(request.user)
    if count is not None:
        url = reverse("review:queue")
        yield {"name": "Review", "url": url, "current": request.path == url, "count": count}
    if holds_role(request.user, Role.PRODUCER):
        url = reverse("admin:index")
        yield {"name": "Admin", "url": url, "current": False, "count": None}
