from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from creative.models import File, Project, User, VisibleTo
from creative.work.leases import Leased, LeasedQuerySet, open_index
from review.models.composing import Composition, Version


class ExportQuerySet(LeasedQuerySet["Export"], VisibleTo["Export"]):  # type: ignore[override]
    pass


class Export(Leased):
    """One order of approved versions as a zip, built by a worker."""

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
