"""Verbs on exports: order, retry, and whether a built one may still leave. Building is review.delivery.building."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from creative import files, storage
from creative.errors import Refused
from creative.evidence import audit, rows
from creative.evidence.acts import Act
from creative.models import Brief, Project, User
from creative.work import bell
from review.models import Asset, Composition, Export, Hand, Rendition, Requirement, SignOff, Version, Withdrawal
from review.signing.standing import cleared

BUILD = "review.tasks.build_waiting"
RESTS_ON = (Asset, Version, Composition, Requirement, Hand, SignOff, Withdrawal, Export)


def order(project: Project, *, by: User, versions: list[int]) -> Export:
    """Order a zip of these versions; refused unless every one is cleared. Ordering twice gives the same export."""
    wanted = sorted(set(versions))
    if not wanted:
        raise Refused("Choose at least one approved asset to export.")
    with transaction.atomic():
        # One order at a time, so that two alike become one.
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        found = cleared().filter(asset__project=project, pk__in=wanted).select_related("asset")
        found = found.prefetch_related("compositions__file")
        versions_by_id = {version.pk: version for version in found}
        if len(versions_by_id) != len(wanted):
            raise Refused("Something in this order is not approved (any more). Reload and look again.")
        _require_as_told({version.asset.brief_id for version in found})
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
        record(export, by, Act.EXPORT_ORDERED)
        bell.ring(BUILD)
    return export


def record(export: Export, by: User | None, act: Act, **data: Any) -> None:
    """A line in the history of each brief that something in it comes from; the order's names what comes from it."""
    told = list(Export.objects.filter(pk=export.pk).prefetch_related("renditions")) if act in Export.told_by else []
    for brief, versions in _by_brief(export).items():
        named: dict[str, Any] = {"versions": versions} if act == Act.EXPORT_ORDERED else {}
        audit.record(export.project, by, act, brief=brief, rows=told, export=export.pk, **named, **data)


def _by_brief(export: Export) -> dict[int, list[int]]:
    """The versions in it."""
    found: dict[int, list[int]] = {}
    pairs = export.renditions.order_by("version__asset__brief", "version").distinct()
    for brief, version in pairs.values_list("version__asset__brief", "version"):
        found.setdefault(brief, []).append(version)
    return found


def file_name(version: Version, composition: Composition) -> str:
    title = slugify(version.frozen["brief"]["title"])[:60] or "asset"
    return f"{title}-asset-{version.asset_id}-v{version.number}{composition.file.suffix}"


def names_of(brief: Brief) -> dict[int, list[str]]:
    """How the brief's files are called that were exported, by candidate id."""
    found: dict[int, list[str]] = {}
    renditions = Rendition.objects.filter(version__asset__brief=brief).order_by("name").distinct()
    for candidate, name in renditions.values_list("version__candidate", "name"):
        found.setdefault(candidate, []).append(name)
    return found


def require_leave(export: Export) -> None:
    """Raises Refused unless it may leave, and all that it rests on is as the audit log tells."""
    if not may_leave(export):
        raise Refused(_("Something in it is not approved any more."))
    _require_as_told(_by_brief(export))


def _require_as_told(briefs: Collection[int]) -> None:
    if not rows.agree(RESTS_ON, briefs):
        raise Refused(
            _(
                "What is stored of this is not what the audit log tells of it, so it does not leave. "
                "Ask whoever runs this site to run 'manage.py verify_audit'."
            )
        )


def may_leave(export: Export) -> bool:
    """Whether every version in it is cleared this very moment, by the very sign-offs that its manifest names."""
    renditions = list(export.renditions.all())
    versions = {rendition.version_id for rendition in renditions}
    if cleared().filter(pk__in=versions).count() != len(versions):
        return False
    signed = standing(versions)
    return all(rendition.signoffs == signed[rendition.version_id] for rendition in renditions)


def rebuild_damaged(export: Export) -> bool:
    """Whether its zip was missing or damaged, and so is built anew; reads all of it."""
    if export.file is None:
        raise Refused(_("This export is not built yet."))
    if files.is_intact(export.file.pk):
        return False
    with transaction.atomic():
        lost = Export.objects.filter(pk=export.pk, file=export.file)
        if lost.update(status=Export.Status.FAILED, file=None):
            Export.objects.filter(pk=export.pk).requeue()
            record(export, None, Act.EXPORT_LOST)
            storage.delete(files.name_of(export.file.pk))  # or its builder would take the same bytes to lie there
            bell.ring(BUILD)
    return True


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
