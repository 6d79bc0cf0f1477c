from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import now
from django.utils.translation import ngettext

from creative.evidence.acts import Act
from creative.evidence.evident import Evident
from creative.models import Brief, BriefRevision, Project, User, VisibleTo
from creative.work.leases import Leased, LeasedQuerySet, open_index
from generation.models.preset import Preset
from generation.recipe import Recipe


class RunQuerySet(VisibleTo["Run"]):
    def with_state(self) -> Self:
        """Annotates what `Run.state` reads, so that a list of runs costs one query."""
        batches = Batch.objects.filter(run=OuterRef("pk"))
        return self.annotate(
            has_failed=Exists(batches.filter(status=Batch.Status.FAILED)),
            has_running=Exists(batches.filter(status=Batch.Status.RUNNING)),
            has_queued=Exists(batches.filter(status=Batch.Status.QUEUED)),
        )


class Run(Evident):
    """One order: a frozen recipe and how many."""

    evident = (
        "project_id",
        "brief_id",
        "revision_id",
        "preset_id",
        "recipe_data",
        "weights",
        "first",
        "count",
        "policy",
        "started_by_id",
        "started_at",
    )
    told_by = (Act.RUN_STARTED, Act.RUN_TOPPED_UP)
    evident_brief = "brief_id"

    class State(models.TextChoices):
        CANCELLED = "cancelled"
        FAILED = "failed"
        RUNNING = "running"
        QUEUED = "queued"
        DONE = "done"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="runs")
    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="runs")
    revision = models.ForeignKey(BriefRevision, on_delete=models.PROTECT, related_name="runs")
    preset = models.ForeignKey(Preset, on_delete=models.PROTECT, related_name="runs")
    # Annotated by with_state().
    has_failed: bool
    has_running: bool
    has_queued: bool

    recipe_data = models.JSONField(editable=False)
    weights = models.CharField(max_length=64, editable=False)  # of its recipe
    first = models.PositiveIntegerField(editable=False)  # index of its first candidate within the brief
    count = models.PositiveSmallIntegerField(editable=False)
    policy = models.PositiveIntegerField(editable=False)  # number of the policy version that allowed it
    price = models.DecimalField(max_digits=10, decimal_places=6, editable=False)  # a GPU second, when it was started
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=now, editable=False)
    cancelled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brief", "first"], name="generation_runs_of_a_brief_do_not_overlap"),
            models.CheckConstraint(condition=Q(count__range=(1, 100)), name="generation_run_is_of_1_to_100"),
        ]
        indexes = [models.Index(fields=["preset", "weights", "-id"], name="generation_newest_runs")]

    def __str__(self) -> str:
        return f"Run {self.pk} of {self.brief}"

    @property
    def recipe(self) -> Recipe:
        return Recipe.from_dict(self.recipe_data)

    @property
    def is_open(self) -> bool:
        """Something of it is still to be made. Needs `with_state()`."""
        return not self.cancelled_at and (self.has_running or self.has_queued)

    @property
    def state(self) -> Run.State:
        """Needs `with_state()`. A failed batch counts once none is open."""
        if self.cancelled_at:
            return Run.State.CANCELLED
        if self.has_running:
            return Run.State.RUNNING
        if self.has_queued:
            return Run.State.QUEUED
        return Run.State.FAILED if self.has_failed else Run.State.DONE


class Batch(Leased):
    """The part of a run that one worker makes in one go."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="batches")
    first = models.PositiveIntegerField()  # index of its first candidate within the brief
    count = models.PositiveSmallIntegerField()  # at most the preset's batch size

    objects = LeasedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "batches"
        constraints = [
            *Leased.Meta.constraints,
            models.UniqueConstraint(fields=["run", "first"], name="generation_batches_of_a_run_do_not_overlap"),
        ]
        indexes = [open_index("generation_open_batches", "run", "first")]

    def __str__(self) -> str:
        return f"Batch {self.first + 1}-{self.first + self.count} of run {self.run_id}"

    @property
    def which(self) -> str:
        """Its candidates, as people count."""
        first, last = self.first + 1, self.first + self.count
        sentence = ngettext("Candidate %(first)s", "Candidates %(first)s to %(last)s", self.count)
        return sentence % {"first": first, "last": last}

    @property
    def indexes(self) -> range:
        return range(self.first, self.first + self.count)

    def ended(self) -> set[int]:
        """Indexes of the slots that hold a candidate or were refused."""
        made = self.candidates.order_by().values_list("index", flat=True)
        return set(made.union(self.refusals.order_by().values_list("index", flat=True)))
