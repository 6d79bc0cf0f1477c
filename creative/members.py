"""Verbs on memberships: a role a person a project, or of the site. Nobody alone gives a right to sign or to confirm."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creative import access
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.keeping import writing
from creative.models import Membership, Project, User
from creative.roles import CONFIRMED


def stages_of_nobody(project: Project, asked: Collection[str]) -> set[str]:
    """Those of the stages `asked` that nobody in the project may sign."""
    signing = Membership.objects.in_force().filter(project=project, user__is_active=True)
    return set(asked).difference(signing.values_list("stage", flat=True))


def add(project: Project | None, *, by: User | None, user: User, role: str, stage: str = "") -> Membership:
    """A role in the project, or without one of the site. A right to sign or to confirm waits for `confirm`.

    `by` None is the installation, which sets itself up. Raises Refused where the person has a role there already, or
    role and stage do not go together.
    """
    _require_keeps(by, project)
    member = Membership(project=project, user=user, role=role, stage=stage, given_by=by)
    with writing(member):
        member.save(force_insert=True)
        audit.record(project, by, Act.MEMBERSHIP_ADDED, rows=[member], **told(member))
    return member


def change(member: Membership, *, by: User, role: str, stage: str = "") -> bool:
    """It counts from the person's next request on. False where nothing is new."""
    _require_keeps(by, member.project)
    with transaction.atomic():
        stored = _locked(member)
        if (stored.role, stored.stage) == (role, stage):
            return False
        was = {"role": stored.role, "stage": stored.stage}
        require_others_left(stored)
        stored.role, stored.stage = role, stage
        _given(stored, by)
        with writing(stored):
            stored.save()
            audit.record(stored.project, by, Act.MEMBERSHIP_CHANGED, rows=[stored], **told(stored), was=was)
    return True


def remove(member: Membership, *, by: User) -> bool:
    """Stopping needs one person alone. True for the one who took it away."""
    _require_keeps(by, member.project)
    with transaction.atomic():
        if not Membership.objects.filter(pk=member.pk).exists():
            return False
        require_others_left(member)
        removed = Membership.objects.filter(pk=member.pk).delete()[0]
        if removed:
            audit.record(member.project, by, Act.MEMBERSHIP_REMOVED, gone=[member], **told(member))
    return bool(removed)


def confirm(member: Membership, *, by: User, seen: str) -> None:
    """The second person's word, which puts the right in force. `seen` is the `ask` that their page showed."""
    if not access.confirms(by, member.project):
        raise PermissionDenied(_("Who signs or confirms here confirms a right."))
    with transaction.atomic():
        stored = _locked(member)
        if stored.is_in_force:
            raise Refused(_("Somebody confirmed it already."))
        if seen != ask(stored):
            raise Refused(_("This page shows something other than what would be confirmed. Reload and look again."))
        if because := why_not(stored, by):
            raise Refused(because)
        stored.confirmed_by, stored.confirmed_at = by, now()
        with writing(stored):
            stored.save(update_fields=["confirmed_by", "confirmed_at"])
            data = told(stored) | {"given_by": stored.given_by_id}
            audit.record(stored.project, by, Act.MEMBERSHIP_CONFIRMED, rows=[stored], **data)


def why_not(member: Membership, person: User) -> str:
    """Why this person does not confirm this right, in a sentence; empty where they may."""
    if person.pk == member.user_id:
        return _("Nobody confirms a right of their own.")
    if person.pk == member.given_by_id:
        return _("You gave it, so somebody else confirms it.")
    if person.pk in (member.user.link_by_id, member.user.password_link_by_id):
        return _("You gave %(person)s the link to their password, so somebody else confirms it.") % {
            "person": member.user
        }
    if not member.user.is_active:
        return _("%(person)s can't sign in at present.") % {"person": member.user}
    if not member.user.password_set_at:
        return _("%(person)s has not chosen a password of their own yet.") % {"person": member.user}
    return ""


def ask(member: Membership) -> str:
    """What somebody is asked to confirm: another role, giver, moment or password of its owner is another ask."""
    moments = (member.given_at, member.user.password_set_at, member.user.link_at)
    return "|".join([member.role, member.stage, *(at.isoformat() if at else "" for at in moments)])


def suspend(user: User, *, by: User) -> None:
    """Whoever holds a new password through somebody's link may be another: what they sign or confirm waits again."""
    for member in Membership.objects.select_for_update(no_key=True).filter(user=user, role__in=CONFIRMED):
        _given(member, by)
        member.save()
        audit.record(member.project, by, Act.MEMBERSHIP_SUSPENDED, rows=[member], **told(member))


def waiting_for(person: User) -> QuerySet[Membership]:
    """What this person can confirm, oldest first."""
    rows = Membership.objects.waiting().filter(user__is_active=True, user__password_set_at__isnull=False)
    held = Membership.objects.in_force().filter(user=person, role__in=CONFIRMED)
    here = Q() if held.filter(project=None).exists() else Q(project__in=held.values("project"))
    theirs = Q(user=person) | Q(given_by=person) | Q(user__link_by=person) | Q(user__password_link_by=person)
    return rows.filter(here).exclude(theirs).select_related("user", "given_by", "project").order_by("given_at")


def require_others_left(member: Membership) -> None:
    """The site keeps a producer and a legal reviewer: without them nobody lets anybody in, or agrees to a policy.

    In the caller's transaction. Raises Refused.
    """
    stored = _locked(member)
    if stored.project_id is None and stored.is_in_force:
        others = Membership.objects.in_force().filter(project=None, role=stored.role, user__is_active=True)
        if not others.exclude(pk=stored.pk).exists():
            raise Refused(_("The site needs a producer and a legal reviewer. Give the role to somebody else first."))


def told(member: Membership) -> dict[str, Any]:
    """For the audit log."""
    return {"user": member.user_id, "project": member.project_id, "role": str(member.role), "stage": member.stage}


def _require_keeps(by: User | None, project: Project | None) -> None:
    if by and not access.keeps_people(by, project):
        raise PermissionDenied(_("Producers of a project give its roles, and producers of the site those of the site."))


def _locked(member: Membership) -> Membership:
    """As it stands now; those of the site all together, so that two don't take each other's away at once."""
    kin = Membership.objects.filter(project=None) if member.project_id is None else Membership.objects.all()
    rows = kin.select_for_update(no_key=True, of=("self",)).select_related("user", "project").order_by("pk")
    if member.project_id:
        rows = rows.filter(pk=member.pk)
    found = next((row for row in rows if row.pk == member.pk), None)
    if found is None:
        raise Refused(_("Somebody took this role away meanwhile. Reload and look again."))
    return found


def _given(member: Membership, by: User) -> None:
    member.given_by, member.given_at, member.confirmed_by, member.confirmed_at = by, now(), None, None
