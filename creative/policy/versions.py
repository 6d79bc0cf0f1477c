"""Verbs on policy versions, and which one is in force."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creative import access, policy, stages
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Policy, User

SHIPPED_NUMBER = 0


def in_force() -> tuple[int, policy.Rules]:
    """The number and rules of the newest version that legal agreed to; the shipped rules (0) before any."""
    newest = Policy.objects.filter(agreed_at__isnull=False).order_by("-number").first()
    if newest is None:
        return SHIPPED_NUMBER, policy.parse(policy.SHIPPED)
    return newest.number, policy.parse(newest.rules)


def stages_known() -> list[str]:
    """Brand and legal, and whatever else the rules in force name, in order."""
    _number, rules = in_force()
    named = [stage for _name, use in rules.use for side in use.in_order() for stage in side]
    return list(dict.fromkeys([*stages.SHIPPED, *named]))


def verdict_of(use_class: str) -> policy.Verdict:
    """What the rules in force say of this use."""
    number, rules = in_force()
    return policy.verdict(rules, use_class, policy=number)


def write(rules: str, *, by: User) -> Policy:
    """A new version, in force only once legal agrees."""
    if not access.keeps_site(by):
        raise Refused(_("Only a producer of the site writes a policy version."))
    try:
        policy.parse(rules)
    except policy.PolicyError as error:
        raise Refused(str(error)) from error
    try:
        with transaction.atomic():
            number = (Policy.objects.aggregate(Max("number"))["number__max"] or SHIPPED_NUMBER) + 1
            version = Policy.objects.create(number=number, rules=rules, written_by=by)
            audit.record(None, by, Act.POLICY_WRITTEN, rows=[version], policy=number)
    except IntegrityError as error:
        raise Refused(_("Somebody wrote a policy version at the same moment. Look at it, then write yours.")) from error
    return version


def agree(version: Policy, *, by: User) -> bool:
    """Legal's agreement, which puts the version in force. True for the one who gave it."""
    if not access.agrees_for_site(by):
        raise Refused(_("Only a legal reviewer of the site agrees to a policy version."))
    try:
        with transaction.atomic():
            agreed = Policy.objects.filter(pk=version.pk, agreed_at=None).update(agreed_by=by, agreed_at=now())
            version.refresh_from_db()
            if agreed:
                audit.record(None, by, Act.POLICY_AGREED, rows=[version], policy=version.number)
    except IntegrityError as error:
        raise Refused(_("Whoever wrote a policy version cannot agree to it.")) from error
    return agreed == 1
