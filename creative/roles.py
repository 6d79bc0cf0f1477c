"""Roles, the acts that they are for, and which role may do what. Pure: `creative.access` asks it."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from creative import stages


class Role(models.TextChoices):
    MARKETER = "marketer", "Marketer"
    DESIGNER = "designer", "Designer"
    REVIEWER = "reviewer", "Reviewer"  # of one stage, which stands in the membership
    PRODUCER = "producer", "Producer"


class Action(StrEnum):
    VIEW = "view"
    BRIEF = "brief"  # write, submit, cancel, top up
    CULL = "cull"
    COMPOSE = "compose"  # shortlist, lay out, send to review
    SIGN = "sign"  # or object, in one's own stage: asked with it
    DOWNLOAD = "download"
    REFER = "refer"  # bring in references of the brand, and answer for their rights
    KEEP_KIT = "keep the kit"  # of the project's brand
    MANAGE = "manage"


EVERYBODYS = frozenset({Action.VIEW, Action.REFER})
GRANTS: dict[str, frozenset[Action]] = {
    Role.MARKETER: EVERYBODYS | {Action.BRIEF, Action.CULL, Action.DOWNLOAD},
    Role.DESIGNER: EVERYBODYS | {Action.BRIEF, Action.CULL, Action.COMPOSE, Action.DOWNLOAD},
    Role.REVIEWER: EVERYBODYS | {Action.SIGN},
    Role.PRODUCER: EVERYBODYS
    | {Action.BRIEF, Action.CULL, Action.COMPOSE, Action.DOWNLOAD, Action.KEEP_KIT, Action.MANAGE},
}
OF_STAGE: dict[str, frozenset[Action]] = {stages.BRAND: frozenset({Action.KEEP_KIT})}  # a reviewer's of it, besides
CONFIRMED = (Role.REVIEWER, Role.PRODUCER)  # they sign or confirm: nobody alone gives such a role
ROLES_THAT = {action: [role for role in Role if action in GRANTS[role]] for action in Action}


def granted(role: str, stage: str) -> frozenset[Action]:
    """What a role in a project is for, and a reviewer's in their stage."""
    return GRANTS[role] | OF_STAGE.get(stage, frozenset())


def title(role: str, stage: str) -> str:
    """As people call it: Designer, Legal reviewer."""
    return f"{stages.label(stage)} reviewer" if stage else Role(role).label
