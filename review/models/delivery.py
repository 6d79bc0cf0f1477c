from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from creative.evidence.acts import Act
from creative.evidence.evident import Evident
from creative.models import File, Project, User, VisibleTo
from creative.work.leases import Leased, LeasedQuerySet, open_index
from review.models.composing import Composition, Version


class ExportQuerySet(LeasedQuerySet["Export"], VisibleTo["Export"]):  # type: ignore[override]
    pass


class Export(Leased, Evident):
    """One order of approved versions as a zip, built by a worker."""

    evident = ("project_id", "ordered_by_id", "ordered_at", "file_id", "told_renditions")
    told_by = (Act.EXPORT_ORDERED, Act.EXPORT_BUILT, Act.EXPORT_LOST)
    evident_brief = "renditions__version__asset__brief_id"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="exports")
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(default=now)
    file = models.ForeignKey(File, on_delete=models.PROTECT, null=True, related_name="+")  # the zip, once it is built

    objects = ExportQuerySet.as_manager()

    class Meta:
        constraints = [
            *Leased.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status="done", file__isnull=False) | ~Q(status="done") & Q(file=None),
                name="review_export_has_a_file_exactly_when_done",
            ),
        ]
        indexes = [open_index("review_open_exports", "id")]

    def __str__(self) -> str:
        return f"Export {self.pk}"

    @classmethod
    def evident_rows(cls) -> models.QuerySet[Export]:
        """Once for each brief that something in it comes from."""
        return super().evident_rows().distinct().prefetch_related("renditions")

    @property
    def told_renditions(self) -> list[list[Any]]:
        rows = sorted(self.renditions.all(), key=lambda rendition: rendition.pk)
        return [[row.version_id, row.composition_id, row.fingerprint, row.signoffs, row.name] for row in rows]


class Rendition(models.Model):
    """A file of an export: an approved version in one format, bound to the fingerprint that was signed."""

    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="renditions")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="renditions")
    composition = models.ForeignKey(Composition, on_delete=models.PROTECT, related_name="renditions")
    fingerprint = models.CharField(max_length=64)
    signoffs = models.JSONField(default=list)  # ids of those that stood when it was ordered, and must stand still
    name = models.CharField(max_length=200)  # in the zip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "composition"], name="review_composition_once_an_export"),
            models.UniqueConstraint(fields=["export", "name"], name="review_rendition_named_once"),
        ]

    def __str__(self) -> str:
        return self.name
