"""Who may: the only module that decides."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar, cast

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.functional import SimpleLazyObject

from creative.models import Membership, Project, User
from creative.roles import GRANTS, Action, Role

Person = User | AnonymousUser
Row = TypeVar("Row", bound=Model)


class Visible(Protocol[Row]):  # type: ignore[misc]
    """Rows that know who may see them."""

    def visible_to(self, user: Person, /) -> QuerySet[Row]: ...


class InProject(Protocol):
    @property
    def project(self) -> Project: ...


def membership(user: Person, project: Project) -> Membership | None:
    """What the person is in the project; None for a stranger and for who was deactivated."""
    if not isinstance(user, User) or not user.is_active:
        return None
    if user.known_memberships is not None:
        return cast(Membership | None, user.known_memberships.get(project.pk))
    return Membership.objects.filter(user=user, project=project).first()


def remember(user: User) -> None:
    """For the life of a request, whose user is an object of its own: memberships are read once, when first asked."""
    read = SimpleLazyObject(lambda: {found.project_id: found for found in user.memberships.all()})
    user.known_memberships = cast(dict[int, Membership], read)


def rights(user: Person, project: Project) -> frozenset[Action]:
    """Everything the person may do in the project; nothing for a stranger."""
    found = membership(user, project)
    return GRANTS[found.role] if found else frozenset()


def allowed(user: Person, action: Action, project: Project) -> bool:
    return action in rights(user, project)


def require(user: Person, action: Action, project: Project) -> None:
    """Raises PermissionDenied unless `user` may do `action` in `project`."""
    if not allowed(user, action, project):
        raise PermissionDenied(f"{_title(user, project)} may not {action} here.")


def stage_in(user: Person, project: Project) -> str:
    """The stage in which the person signs in the project; empty for who signs nothing."""
    found = membership(user, project)
    return found.stage if found else ""


def may_sign(user: Person, project: Project, stage: str) -> bool:
    return bool(stage) and stage_in(user, project) == stage


def require_sign(user: Person, project: Project, stage: str) -> None:
    """Raises PermissionDenied unless `user` signs in this `stage` of `project`."""
    if not may_sign(user, project, stage):
        raise PermissionDenied(f"{_title(user, project)} may not sign for {stage} here.")


def _title(user: Person, project: Project) -> str:
    found = membership(user, project)
    return found.title if found else "A stranger"


def fetch(queryset: Visible[Row], user: Person, action: Action, **lookup: Any) -> Row:
    """One object the user may act on: 404 to strangers, 403 to colleagues without the right."""
    found = get_object_or_404(queryset.visible_to(user), **lookup)
    require(user, action, cast(InProject, found).project)
    return found


def holds_role(user: Person, role: Role) -> bool:
    """Whether the person holds `role` in any project: producers hold the site's own acts.

    Who was made with `createsuperuser` is a producer of the site, so that a first one can let the others in.
    """
    is_first = user.is_active and user.is_superuser and role == Role.PRODUCER
    return is_first or any(found.role == role for found in _memberships(user))


def holds_stage(user: Person, stage: str) -> bool:
    """Whether the person signs in `stage` in any project: legal reviewers agree to the site's policy."""
    return any(found.stage == stage for found in _memberships(user))


def signs(user: Person) -> bool:
    """Whether the person signs in any stage of any project."""
    return any(found.stage for found in _memberships(user))


def _memberships(user: Person) -> list[Membership]:
    if not isinstance(user, User) or not user.is_active:
        return []
    known = user.known_memberships
    return list(user.memberships.all()) if known is None else cast(list[Membership], list(known.values()))
