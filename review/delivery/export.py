"""Verbs on exports: order, retry, and whether a built one may still leave. Building is review.delivery.building."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Project, User
from creative.work import bell
from review.models import Composition, Export, Rendition, SignOff, Version
from review.signing.standing import cleared

BUILD = "review.tasks.build_waiting"


def order(project: Project, *, by: User, versions: list[int]) -> Export:
    """Order a zip of these versions; refused unless every one is cleared. Ordering twice gives the same export."""
    wanted = sorted(set(versions))
    if not wanted:
        raise Refused("Choose at least one approved asset to export.")
    with transaction.atomic():
        # One order at a time, so that two alike become one.
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        found = cleared().filter(asset__project=project, pk__in=wanted).prefetch_related("compositions__file")
        versions_by_id = {version.pk: version for version in found}
        if len(versions_by_id) != len(wanted):
            raise Refused("Something in this order is not approved (any more). Reload and look again.")
        existing = _same(project, wanted)
        if existing:
            return existing
        export = Export.objects.create(project=project, ordered_by=by)
        signed = standing(wanted)
        Rendition.objects.bulk_create(
            Rendition(
                export=export,
                version=version,
                composition=composition,
                fingerprint=version.fingerprint,
                signoffs=signed[version.pk],
                name=file_name(version, composition),
            )
            for version in versions_by_id.values()
            for composition in version.compositions.all()
        )
        record(export, by, Act.EXPORT_ORDERED, versions=wanted)
        bell.ring(BUILD)
    return export


def record(export: Export, by: User | None, act: Act, **data: Any) -> None:
    """A line in the history of each brief that something in it comes from."""
    briefs = export.renditions.values_list("version__asset__brief", flat=True)
    audit.record_each(export.project, by, act, briefs=briefs, export=export.pk, **data)


def file_name(version: Version, composition: Composition) -> str:
    title = slugify(version.frozen["brief"]["title"])[:60] or "asset"
    return f"{title}-asset-{version.asset_id}-v{version.number}{composition.file.suffix}"


def may_leave(export: Export) -> bool:
    """Whether every version in it is cleared this very moment, by the very sign-offs that its manifest names."""
    renditions = list(export.renditions.all())
    versions = {rendition.version_id for rendition in renditions}
    if cleared().filter(pk__in=versions).count() != len(versions):
        return False
    signed = standing(versions)
    return all(rendition.signoffs == signed[rendition.version_id] for rendition in renditions)


def standing(versions: Iterable[int]) -> dict[int, list[int]]:
    """The sign-offs that stand, by version."""
    found: dict[int, list[int]] = {version: [] for version in versions}
    rows = SignOff.objects.filter(version__in=found, withdrawn_at=None).order_by("pk")
    for version, signoff in rows.values_list("version_id", "pk"):
        found[version].append(signoff)
    return found


def _same(project: Project, wanted: list[int]) -> Export | None:
    alive = Export.objects.filter(project=project).exclude(status=Export.Status.FAILED).order_by("-pk")
    for export in alive.filter(renditions__version=wanted[0]).prefetch_related("renditions"):
        if sorted({rendition.version_id for rendition in export.renditions.all()}) == wanted and may_leave(export):
            return export
    return None
