"""Verbs on orders of versions: send the shortlist to review, order an asset's next version, try one again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from creative import briefs
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Brief, User
from creative.work import bell
from generation.models import Candidate
from review.composing import assets, versions
from review.culling import blind_pass
from review.models import Asset, Shortlisting, VersionOrder

WORK = "review.tasks.compose_waiting"


def send(brief: Brief, *, by: User, note: str = "", seen: Sequence[int] | None = None) -> list[VersionOrder]:
    """Order version 1 of a new asset for every shortlisted candidate that is not in review.

    `seen` are the candidates that the person was shown as those to be sent: others are not sent unseen.
    """
    with transaction.atomic():
        blind_pass.require_none(brief)
        briefs.locked_open(brief)
        rows = assets.unsent(brief)
        if not rows:
            raise Refused("Nothing new is on the shortlist. Shortlist a candidate first.")
        if seen is not None and {row.candidate_id for row in rows} != set(seen):
            raise Refused("The shortlist changed meanwhile. Look at it again, then send.")
        verdict = versions.verdict_on(brief)
        for row in rows:
            versions.require_allowed(verdict, row.candidate)
        return [_order(_asset(brief), row, by=by, after=0, note=note) for row in rows]


def replace(asset: Asset, candidate: Candidate, *, by: User, after: int | None = None, note: str = "") -> VersionOrder:
    """Order the asset's next version, from a shortlisted candidate of its brief, which may be the same picture.

    `after` is the newest version's number as the person saw it, so that a stale page replaces nothing unseen.
    """
    with transaction.atomic():
        brief = briefs.locked_open(asset.brief)
        row = Shortlisting.objects.filter(candidate=candidate, brief=brief).first()
        if row is None:
            raise Refused("Shortlist that candidate first; a version is made from the shortlist.")
        if assets.others_of(candidate, asset).exists():
            raise Refused("That candidate is in review already.")
        newest = assets.newest_number(asset)
        if after is not None and newest != after:
            raise Refused(f"Version {newest} was made meanwhile. Look at it first.")
        versions.require_allowed(versions.verdict_on(brief), candidate)
        try:
            return _order(asset, row, by=by, after=newest, note=note)
        except IntegrityError as error:
            raise Refused("Someone ordered a version at the same moment. Reload and look again.") from error


def again(order: VersionOrder, *, by: User) -> bool:
    """Try one that came to nothing once more. True for the one who did; Refused where it can come to nothing again."""
    with transaction.atomic():
        briefs.locked_open(order.asset.brief)
        if assets.others_of(order.candidate, order.asset).exists():
            raise Refused(_("That candidate is in review already."))
        if VersionOrder.objects.open().filter(asset=order.asset).exclude(pk=order.pk).exists():
            raise Refused(_("Another version of this asset is being composed. Look at that one first."))
        done = VersionOrder.objects.filter(pk=order.pk, version=None).requeue()
        if done:
            briefs.reopen(order.asset.brief_id)
            _record(order, by)
            bell.ring(WORK)
    return done == 1


def _asset(brief: Brief) -> Asset:
    return Asset.objects.create(project_id=brief.project_id, brief=brief)


def _order(asset: Asset, row: Shortlisting, *, by: User, after: int, note: str) -> VersionOrder:
    with transaction.atomic():
        order = VersionOrder.objects.create(
            asset=asset, candidate=row.candidate, shortlisting=row, after=after, note=note, ordered_by=by
        )
    briefs.reopen(asset.brief_id)
    _record(order, by)
    bell.ring(WORK)
    return order


def _record(order: VersionOrder, by: User) -> None:
    data: dict[str, Any] = {"order": order.pk, "asset": order.asset_id, "candidate": order.candidate_id}
    rows = [order, order.asset]
    audit.record(order.project, by, Act.VERSION_ORDERED, brief=order.asset.brief_id, rows=rows, **data)
