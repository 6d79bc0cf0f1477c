"""Whose turn it is. The rows of `Turn` are the queue: every verb that changes what they rest on settles them."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.timezone import now

from creative import access, briefs
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Membership, User
from creative.roles import Action
from review.models import Asset, Hand, Requirement, SignOff, Turn, Version


def implied(requirements: Iterable[Requirement], approved: Collection[int], *, is_open: bool) -> list[Requirement]:
    """The requirements that wait now: of those not `approved` (ids) the first in order, and what stands beside it."""
    missing = [asked for asked in requirements if asked.pk not in approved] if is_open else []
    first = min((asked.order for asked in missing), default=0)
    return [asked for asked in missing if asked.order == first]


def settle(asset: Asset) -> None:
    """Make the asset's turns what its newest version's sign-offs imply. The caller holds the lock on its brief."""
    briefs.reopen(asset.brief_id)
    version = asset.versions.order_by("-number")[0]
    waiting = {asked.pk: asked for asked in waiting_now(version)}
    standing = Turn.objects.filter(version__asset=asset)
    standing.exclude(requirement__in=waiting).delete()
    known = set(standing.values_list("requirement", flat=True))
    Turn.objects.bulk_create(_turn(asset, version, asked) for pk, asked in waiting.items() if pk not in known)


def waiting_now(version: Version) -> list[Requirement]:
    """What waits for a signature on an asset's newest version."""
    standing = dict(version.signoffs.filter(withdrawn_at=None).values_list("requirement", "decision"))
    approved = {asked for asked, decision in standing.items() if decision == SignOff.Decision.APPROVED}
    is_open = len(approved) == len(standing) and not version.withdrawals.filter(signoff=None).exists()
    return implied(version.requirements.all(), approved, is_open=is_open)


def _turn(asset: Asset, version: Version, asked: Requirement) -> Turn:
    due = version.frozen["brief"].get("due")
    return Turn(
        requirement=asked,
        version=version,
        project_id=asset.project_id,
        brief_id=asset.brief_id,
        stage=asked.stage,
        seat=asked.seat,
        due=datetime.date.fromisoformat(due) if due else None,
    )


def of_person(user: User) -> QuerySet[Turn]:
    """What this person may sign now, in all their projects, but for briefs that were put away."""
    mine = Membership.objects.in_force().filter(user=user, project=OuterRef("project"), stage=OuterRef("stage"))
    hands = Hand.objects.filter(person=user, version=OuterRef("version"))
    signed = SignOff.objects.filter(signed_by=user, version=OuterRef("version"))
    other = signed.exclude(stage=OuterRef("stage"))
    turns = Turn.objects.filter(brief__archival=None)
    return turns.filter(Exists(mine), ~Exists(hands), ~Exists(other), ~Exists(signed.filter(withdrawn_at=None)))


def to_sign(user: User) -> QuerySet[Turn]:
    """Their turns, oldest first, with what a queue shows of them."""
    found = of_person(user).select_related("version__asset", "project__brand", "requirement", "taken_by")
    signed = SignOff.objects.filter(withdrawn_at=None).select_related("signed_by")
    standing = Prefetch("version__signoffs", queryset=signed, to_attr="standing")
    return found.prefetch_related("version__compositions", standing).order_by("since", "pk")


def nobodys() -> QuerySet[Turn]:
    """Those for whose stage the project has nobody who had no hand in the version; not of briefs that were put away."""
    hands = Hand.objects.filter(version=OuterRef(OuterRef("version")), person=OuterRef("user"))
    able = Membership.objects.in_force().filter(project=OuterRef("project"), stage=OuterRef("stage"))
    return Turn.objects.filter(~Exists(able.filter(~Exists(hands), user__is_active=True)), brief__archival=None)


def take(turn: Turn, *, by: User) -> bool:
    """Say that one looks at it, so that others need not. True for the one who took it."""
    access.require_sign(by, turn.project, turn.stage)
    with transaction.atomic():
        taken = Turn.objects.filter(pk=turn.pk, taken_by=None).update(taken_by=by, taken_at=now())
        if taken:
            _record(turn, by, Act.TURN_TAKEN)
    return taken == 1


def hand_back(turn: Turn, *, by: User) -> bool:
    """True for the one who had it; a producer hands back what somebody left lying."""
    mine = Turn.objects.filter(pk=turn.pk, taken_by__isnull=False)
    if not access.allowed(by, Action.MANAGE, turn.project):
        mine = mine.filter(taken_by=by)
    with transaction.atomic():
        handed = mine.update(taken_by=None, taken_at=None)
        if handed:
            _record(turn, by, Act.TURN_HANDED_BACK)
    return handed == 1


def _record(turn: Turn, by: User, act: Act) -> None:
    audit.record(turn.project, by, act, brief=turn.brief_id, version=turn.version_id, stage=turn.stage)
