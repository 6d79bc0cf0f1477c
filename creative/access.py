"""Who may: the only module that decides."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.shortcuts import get_object_or_404

from creative import stages


class Role(models.TextChoices):
    MARKETER = "marketer", "Marketer"
    DESIGNER = "designer", "Designer"
    REVIEWER = "reviewer", "Reviewer"  # of one stage, which stands in the membership
    PRODUCER = "producer", "Producer"


def title(role: str, stage: str) -> str:
    """As people call it: Designer, Legal reviewer."""
    return f"{stages.label(stage)} reviewer" if stage else Role(role).label


class Action(StrEnum):
    VIEW = "view"
    BRIEF = "brief"  # write, submit, cancel, top up
    CULL = "cull"
    COMPOSE = "compose"  # shortlist, lay out, send to review
    SIGN = "sign"  # or object, in one's own stage: asked with it
    DOWNLOAD = "download"
    MANAGE = "manage"


GRANTS: dict[str, frozenset[Action]] = {
    Role.MARKETER: frozenset({Action.VIEW, Action.BRIEF, Action.CULL, Action.DOWNLOAD}),
    Role.DESIGNER: frozenset({Action.VIEW, Action.BRIEF, Action.CULL, Action.COMPOSE, Action.DOWNLOAD}),
    Role.REVIEWER: frozenset({Action.VIEW, Action.SIGN}),
    Role.PRODUCER: frozenset({Action.VIEW, Action.BRIEF, Action.CULL, Action.COMPOSE, Action.DOWNLOAD, Action.MANAGE}),
}


ROLES_THAT = {action: [role for role in Role if action in GRANTS[role]] for action in Action}


def role_in(user: Any, project: Any) -> str | None:
    if not user.is_active:
        return None
    return project.members.filter(user=user.pk).values_list("role", flat=True).first()


def rights(user: Any, project: Any) -> frozenset[Action]:
    """Everything the person may do in the project; nothing for a stranger."""
    return GRANTS.get(role_in(user, project) or "", frozenset())


def allowed(user: Any, action: Action, project: Any) -> bool:
    return action in rights(user, project)


def require(user: Any, action: Action, project: Any) -> None:
    """Raises PermissionDenied unless `user` may do `action` in `project`."""
    if not allowed(user, action, project):
        raise PermissionDenied(f"{_title(user, project)} may not {action} here.")


def stage_in(user: Any, project: Any) -> str:
    """The stage in which the person signs in the project; empty for who signs nothing."""
    if not user.is_active:
        return ""
    return project.members.filter(user=user.pk).values_list("stage", flat=True).first() or ""


def may_sign(user: Any, project: Any, stage: str) -> bool:
    return bool(stage) and stage_in(user, project) == stage


def require_sign(user: Any, project: Any, stage: str) -> None:
    """Raises PermissionDenied unless `user` signs in this `stage` of `project`."""
    if not may_sign(user, project, stage):
        raise PermissionDenied(f"{_title(user, project)} may not sign for {stage} here.")


def _title(user: Any, project: Any) -> str:
    found = project.members.filter(user=user.pk).first()
    return found.title if found else "A stranger"


def fetch(queryset: Any, user: Any, action: Action, **lookup: Any) -> Any:
    """One object the user may act on: 404 to strangers, 403 to colleagues without the right."""
    found = get_object_or_404(queryset.visible_to(user), **lookup)
    require(user, action, found.project)
    return found


def holds_role(user: Any, role: Role) -> bool:
    """Whether the person holds `role` in any project: producers hold the site's own acts.

    Who was made with `createsuperuser` is a producer of the site, so that a first one can let the others in.
    """
    if not (user.is_authenticated and user.is_active):
        return False
    return user.is_superuser and role == Role.PRODUCER or user.memberships.filter(role=role).exists()


def holds_stage(user: Any, stage: str) -> bool:
    """Whether the person signs in `stage` in any project: legal reviewers agree to the site's policy."""
    return user.is_authenticated and user.is_active and user.memberships.filter(stage=stage).exists()


def signs(user: Any) -> bool:
    """Whether the person signs in any stage of any project."""
    return user.is_authenticated and user.is_active and user.memberships.exclude(stage="").exists()
