"""Where versions stand, derived in SQL from requirements, sign-offs and withdrawals."""

from __future__ import annotations

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from review.models import Requirement, SignOff, Version, VersionQuerySet, Withdrawal

State = Version.State


def with_state(versions: VersionQuerySet) -> VersionQuerySet:
    """Annotates what `Version.state` reads, so that it can be filtered and counted as well."""
    state = Case(
        When(_withdrawn(), then=Value(State.WITHDRAWN)),
        When(_says(SignOff.Decision.REJECTED), then=Value(State.REJECTED)),
        When(_says(SignOff.Decision.CHANGES), then=Value(State.CHANGES)),
        When(_superseded(), then=Value(State.SUPERSEDED)),
        When(_missing(), then=Value(State.IN_REVIEW)),
        default=Value(State.APPROVED),
        output_field=CharField(),
    )
    return versions.annotate(found_state=state)


def cleared() -> VersionQuerySet:
    """What may be exported today: every sign-off that its frozen policy requires stands, none speaks against,
    nobody withdrew it, and no later version took its place."""
    objection = SignOff.objects.filter(version=OuterRef("pk"), withdrawn_at=None).exclude(
        decision=SignOff.Decision.APPROVED
    )
    return Version.objects.filter(~_missing(), ~Q(Exists(objection)), ~_withdrawn(), ~_superseded())


def newest() -> VersionQuerySet:
    """Each asset's newest version."""
    return Version.objects.filter(~Exists(_later()))


def unapproved(requirements: QuerySet[Requirement]) -> QuerySet[Requirement]:
    """Those without a standing approval."""
    approvals = SignOff.objects.filter(
        requirement=OuterRef("pk"), withdrawn_at=None, decision=SignOff.Decision.APPROVED
    )
    return requirements.filter(~Exists(approvals))


def _missing() -> Q:
    return Q(Exists(unapproved(Requirement.objects.filter(version=OuterRef("pk")))))


def _says(decision: SignOff.Decision) -> Q:
    return Q(Exists(SignOff.objects.filter(version=OuterRef("pk"), withdrawn_at=None, decision=decision)))


def _withdrawn() -> Q:
    return Q(Exists(Withdrawal.objects.filter(version=OuterRef("pk"), signoff=None)))


def _superseded() -> Q:
    """A later version was approved at some time, whatever was withdrawn since: what it replaced stays replaced."""
    ever = SignOff.objects.filter(requirement=OuterRef("pk"), decision=SignOff.Decision.APPROVED)
    never_approved = Requirement.objects.filter(~Exists(ever), version=OuterRef("pk"))
    return Q(Exists(_later().filter(~Exists(never_approved))))


def _later() -> VersionQuerySet:
    return Version.objects.filter(asset=OuterRef("asset"), number__gt=OuterRef("number"))
