"""What of a brief is in review, and what waits to be sent there."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from creative.models import Brief
from generation.models import Candidate
from review.models import Asset, Shortlisting, Version, VersionOrder


def unsent(brief: Brief) -> list[Shortlisting]:
    """What waits to be sent to review, in order."""
    rows = Shortlisting.objects.filter(~Exists(_sent()), brief=brief)
    return list(rows.select_related("candidate__run", "shortlisted_by"))


def _sent() -> QuerySet[VersionOrder]:
    """An order that ended without a version left its candidate where it was: it may be sent again."""
    orders = VersionOrder.objects.filter(shortlisting=OuterRef("pk"))
    return orders.exclude(status__in=[VersionOrder.Status.FAILED, VersionOrder.Status.CANCELLED])


def others_of(candidate: Candidate, asset: Asset) -> QuerySet[Asset]:
    """Other assets of the same variant and locale that the candidate stands in, in whichever version, or will soon."""
    versions = Version.objects.filter(asset=OuterRef("pk"), candidate=candidate)
    composing = VersionOrder.objects.open().filter(asset=OuterRef("pk"), candidate=candidate)
    alike = Asset.objects.filter(brief=asset.brief_id, variant=asset.variant, locale=asset.locale)
    return alike.filter(Exists(versions) | Exists(composing)).exclude(pk=asset.pk)


def newest_number(asset: Asset) -> int:
    """Of its versions; 0 while the first is being composed."""
    return Version.objects.filter(asset=asset).count()
