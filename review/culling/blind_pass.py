"""Verbs on blind passes: some judge without seeing each other's marks, nor what made a picture, until all are done."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import now

from creative import access, briefs
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Brief, User
from creative.roles import ROLES_THAT, Action
from review.models import BlindJudge, BlindPass


def start(brief: Brief, *, by: User, people: Collection[int]) -> BlindPass:
    """Begin one among these people and the one who starts it."""
    judges = set(people) | {by.pk}
    if not judges.issubset(able(brief).values_list("pk", flat=True)):
        raise Refused("Only people who may cull in this project take part in a blind pass.")
    if len(judges) < 2:
        raise Refused("A blind pass needs somebody else: choose at least one colleague.")
    with transaction.atomic():
        briefs.locked(brief)
        if standing(brief):
            raise Refused("A blind pass is going on already.")
        begun = BlindPass.objects.create(brief=brief, started_by=by)
        BlindJudge.objects.bulk_create(BlindJudge(blind_pass=begun, person_id=person) for person in sorted(judges))
        _record(begun, by, Act.BLIND_PASS_STARTED, people=sorted(judges))
    return begun


def finish(brief: Brief, *, by: User) -> bool:
    """This person is finished; when all are, it is over. True when they were not before."""
    with transaction.atomic():
        briefs.locked(brief)  # or the last two, each not seeing the other, would leave it standing
        found = standing(brief)
        if found and not found.judges.filter(person=by).exists():
            raise Refused("You take no part in this blind pass.")
        if found is None or not found.judges.filter(person=by, finished_at=None).update(finished_at=now()):
            return False
        _record(found, by, Act.BLIND_PASS_FINISHED)
        if not found.judges.filter(finished_at=None).exists():
            BlindPass.objects.filter(pk=found.pk).update(ended_at=now())
            _record(found, by, Act.BLIND_PASS_ENDED)
    return True


def end(brief: Brief, *, by: User) -> bool:
    """End it for everybody, as who started it or a producer. True for the one who did."""
    with transaction.atomic():
        briefs.locked(brief)
        found = standing(brief)
        if found is None:
            return False
        if not may_end(found, by):
            raise PermissionDenied("Who started a blind pass ends it, or a producer.")
        BlindPass.objects.filter(pk=found.pk).update(ended_at=now(), ended_by=by)
        _record(found, by, Act.BLIND_PASS_ENDED)
    return True


def may_end(found: BlindPass, person: User) -> bool:
    return person.pk == found.started_by_id or access.allowed(person, Action.MANAGE, found.brief.project)


def able(brief: Brief) -> QuerySet[User]:
    """Who may take part: the people who may cull, by name."""
    members = brief.project.members.filter(role__in=ROLES_THAT[Action.CULL])
    return User.objects.filter(is_active=True, memberships__in=members).order_by("first_name", "username")


def standing(brief: Brief) -> BlindPass | None:
    return BlindPass.objects.filter(brief=brief, ended_at=None).first()


def require_none(brief: Brief) -> None:
    """Locks the brief, so that none begins meanwhile. Raises Refused while one stands."""
    briefs.locked(brief)
    if standing(brief):
        raise Refused("A blind pass is going on; shortlist when everybody is finished.")


def hides_from(brief: Brief, person: User) -> bool:
    """Others' marks, seeds and models are not for this person now: they take part, and not everybody is finished."""
    return BlindJudge.objects.filter(blind_pass__brief=brief, blind_pass__ended_at=None, person=person).exists()


def _record(found: BlindPass, by: User, act: Act, **more: Any) -> None:
    audit.record(found.brief.project, by, act, brief=found.brief_id, blind_pass=found.pk, **more)
