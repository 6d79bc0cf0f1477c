"""Who may: the only module that decides."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar, cast

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from creative.models import Brand, Membership, Project, User
from creative.roles import CONFIRMED, Action, Role, granted

Person = User | AnonymousUser
Row = TypeVar("Row", bound=Model)
# What producers of the site may with every brand.
OF_SITE = frozenset({Action.VIEW, Action.REFER, Action.KEEP_KIT, Action.MANAGE})
LOOKS_ON = frozenset({Action.VIEW})  # all that a role gives while it waits to be confirmed


class Visible(Protocol[Row]):  # type: ignore[misc]
    """Rows that know who may see them."""

    def visible_to(self, user: Person, /) -> QuerySet[Row]: ...


class InProject(Protocol):
    @property
    def project(self) -> Project: ...


def membership(user: Person, project: Project | None) -> Membership | None:
    """What the person is in the project, or without one of the site; None for a stranger and who was deactivated."""
    if not isinstance(user, User) or not user.is_active:
        return None
    key = project.pk if project else None
    if user.known_memberships is not None:
        return cast(Membership | None, user.known_memberships.get(key))
    return Membership.objects.filter(user=user, project=key).first()


def remember(user: User) -> None:
    """For the life of a request, whose user is an object of its own: memberships are read once, when first asked."""
    read = SimpleLazyObject(lambda: {found.project_id: found for found in user.memberships.all()})
    user.known_memberships = cast(dict[int | None, Membership], read)


def rights(user: Person, project: Project) -> frozenset[Action]:
    """Everything the person may do in the project; nothing for a stranger."""
    found = membership(user, project)
    return rights_of(found) if found else frozenset()


def rights_of(member: Membership) -> frozenset[Action]:
    """What a role in a project gives today."""
    return granted(member.role, member.stage) if member.is_in_force else LOOKS_ON


def allowed(user: Person, action: Action, project: Project) -> bool:
    return action in rights(user, project)


def require(user: Person, action: Action, project: Project) -> None:
    """Raises PermissionDenied unless `user` may do `action` in `project`."""
    if not allowed(user, action, project):
        raise PermissionDenied(f"{_title(user, project)} may not {action} here.")


def rights_in_brand(user: Person, brand: Brand) -> frozenset[Action]:
    """Everything the person may do with the brand's own: what they may in any of its projects, or as site producer."""
    projects = Project.objects.visible_to(user).filter(brand=brand)
    held = frozenset[Action]().union(*(rights(user, project) for project in projects))
    return held | (OF_SITE if keeps_site(user) else frozenset())


def require_in_brand(user: Person, action: Action, brand: Brand) -> None:
    """Raises PermissionDenied unless `user` may do `action` for `brand`; Http404 to who has nothing to do with it."""
    held = rights_in_brand(user, brand)
    if not held:
        raise Http404
    if action not in held:
        raise PermissionDenied(_("You may not %(action)s for %(brand)s.") % {"action": action, "brand": brand})


def fetch_brand(user: Person, action: Action, pk: int) -> Brand:
    """The brand that the user may do `action` for: 404 and 403 as `fetch`."""
    brand = get_object_or_404(Brand, pk=pk)
    require_in_brand(user, action, brand)
    return brand


def stage_in(user: Person, project: Project) -> str:
    """The stage in which the person signs in the project; empty for who signs nothing."""
    found = membership(user, project)
    return found.stage if found and found.is_in_force else ""


def may_sign(user: Person, project: Project, stage: str) -> bool:
    return bool(stage) and stage_in(user, project) == stage


def require_sign(user: Person, project: Project, stage: str) -> None:
    """Raises PermissionDenied unless `user` signs in this `stage` of `project`."""
    if not may_sign(user, project, stage):
        raise PermissionDenied(f"{_title(user, project)} may not sign for {stage} here.")


def _title(user: Person, project: Project) -> str:
    found = membership(user, project)
    if not found:
        return "A stranger"
    return found.title if found.is_in_force else f"{found.title}, not confirmed yet,"


def fetch(queryset: Visible[Row], user: Person, action: Action, **lookup: Any) -> Row:
    """One object the user may act on: 404 to strangers, 403 to colleagues without the right."""
    found = get_object_or_404(queryset.visible_to(user), **lookup)
    require(user, action, cast(InProject, found).project)
    return found


def keeps_site(user: Person) -> bool:
    """Whether the person is a producer of the site: they keep what belongs to no project."""
    found = membership(user, None)
    return bool(found and found.role == Role.PRODUCER and found.is_in_force)


def agrees_for_site(user: Person) -> bool:
    """Whether the person is a legal reviewer of the site: they agree to its policy."""
    found = membership(user, None)
    return bool(found and found.role == Role.REVIEWER and found.is_in_force)


def keeps_people(user: Person, project: Project | None) -> bool:
    """Whether the person gives roles in the project, or of the site."""
    return keeps_site(user) or bool(project and allowed(user, Action.MANAGE, project))


def confirms(user: Person, project: Project | None) -> bool:
    """Whether the person holds a right to sign or to confirm in the project, or of the site."""
    held = (membership(user, where) for where in {project, None})
    return any(found.role in CONFIRMED and found.is_in_force for found in held if found)


def sees_people(user: Person, project: Project | None) -> bool:
    """Members of a project, and whoever holds a right of the site."""
    return bool(project and membership(user, project)) or bool(membership(user, None))


def signs(user: Person) -> bool:
    """Whether the person signs in any stage of any project."""
    return any(found.stage and found.project_id and found.is_in_force for found in _memberships(user))


def _memberships(user: Person) -> list[Membership]:
    if not isinstance(user, User) or not user.is_active:
        return []
    known = user.known_memberships
    return list(user.memberships.all()) if known is None else cast(list[Membership], list(known.values()))
