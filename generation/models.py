from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.timezone import now

from creative.leases import EXACTLY_WHILE_RUNNING, Leased, LeasedQuerySet
from creative.models import Brief, BriefRevision, Project, User, VisibleTo
from generation.recipe import PresetSnapshot, Recipe


class Preset(models.Model):
    """A model and how to run it. Sources are safetensors folders, or hub ids at a pinned revision."""

    class Dtype(models.TextChoices):
        FLOAT32 = "float32"
        BFLOAT16 = "bfloat16"
        FLOAT16 = "float16"

    name = models.CharField(max_length=60, unique=True)
    source = models.CharField(
        max_length=200,
        help_text='"starter", a folder inside WINNOW_MODELS, or a hub id such as "owner/model".',
    )
    revision = models.CharField(
        max_length=40,
        blank=True,
        validators=[RegexValidator(r"^[0-9a-f]{40}$", "A pinned revision is a 40-digit commit hash.")],
        help_text="Required for hub ids: the full commit hash.",
    )
    weights = models.CharField(max_length=64, blank=True, editable=False)  # SHA-256; measure_preset writes it
    scheduler = models.CharField(
        max_length=60, blank=True, help_text="A diffusers scheduler class; empty: the model's own."
    )
    steps = models.PositiveSmallIntegerField(default=20, validators=[MinValueValidator(1), MaxValueValidator(200)])
    guidance = models.FloatField(default=5.0, validators=[MinValueValidator(0), MaxValueValidator(30)])
    width = models.PositiveIntegerField(default=1024, validators=[MinValueValidator(64), MaxValueValidator(4096)])
    height = models.PositiveIntegerField(default=1024, validators=[MinValueValidator(64), MaxValueValidator(4096)])
    dtype = models.CharField(max_length=10, choices=Dtype.choices, default=Dtype.BFLOAT16)
    batch_size = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(64)])
    licence = models.CharField(max_length=80)
    commercial_use = models.BooleanField("may be used commercially", default=False)
    training_data = models.TextField("training-data statement", blank=True)
    price = models.DecimalField(
        "price per GPU second", max_digits=10, decimal_places=6, default=0, validators=[MinValueValidator(0)]
    )
    # What a candidate may be varied by; measure_preset finds out.
    takes_noise = models.BooleanField(default=False, editable=False)
    takes_pictures = models.BooleanField(default=False, editable=False)
    seconds_per_picture = models.FloatField(null=True, blank=True, editable=False)
    measured_on = models.CharField(max_length=120, blank=True, editable=False)
    retired = models.BooleanField(default=False, help_text="No new runs; what was made stays.")

    def __str__(self) -> str:
        return self.name

    def snapshot(self) -> PresetSnapshot:
        return PresetSnapshot(
            **{name: getattr(self, name) for name in PresetSnapshot.__dataclass_fields__ if name != "guidance"},
            guidance=float(self.guidance),
        )


class RunQuerySet(VisibleTo):
    def with_state(self) -> Self:
        """Annotates what `Run.state` reads, so that a list of runs costs one query."""
        batches = Batch.objects.filter(run=OuterRef("pk"))
        return self.annotate(
            has_failed=Exists(batches.filter(status=Batch.Status.FAILED)),
            has_running=Exists(batches.filter(status=Batch.Status.RUNNING)),
            has_queued=Exists(batches.filter(status=Batch.Status.QUEUED)),
        )


class Run(models.Model):
    """One order: a frozen recipe and how many."""

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


class BatchQuerySet(LeasedQuerySet):
    def wanted(self) -> Self:
        # No join: an UPDATE over one hides its WHERE in a subquery, which PostgreSQL does not ask again
        # after it waited for a rival, so that both would win.
        return self.filter(~Exists(Run.objects.filter(pk=OuterRef("run_id"), cancelled_at__isnull=False)))


class Batch(Leased):
    """The part of a run that one worker makes in one go."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="batches")
    first = models.PositiveIntegerField()  # index of its first candidate within the brief
    count = models.PositiveSmallIntegerField()  # at most the preset's batch size; the rest is padding
    worker = models.CharField(max_length=120, blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    gpu_seconds = models.FloatField(default=0)  # of all attempts

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "batches"
        constraints = [
            models.UniqueConstraint(fields=["run", "first"], name="generation_batches_of_a_run_do_not_overlap"),
            models.CheckConstraint(
                condition=EXACTLY_WHILE_RUNNING, name="generation_batch_leased_exactly_while_running"
            ),
        ]
        indexes = [
            models.Index(
                fields=["run", "first"],
                condition=Q(status__in=["queued", "running"]),
                name="generation_unfinished_batches",
            )
        ]

    def __str__(self) -> str:
        return f"Batch {self.first + 1}-{self.first + self.count} of run {self.run_id}"

    @property
    def indexes(self) -> range:
        return range(self.first, self.first + self.count)

    def meter(self, seconds: float) -> None:
        """GPU time spent counts, whether or not the batch was still ours at the end."""
        Batch.objects.filter(pk=self.pk).update(gpu_seconds=F("gpu_seconds") + seconds)


class Candidate(models.Model):
    """A generated picture: written once, with how it was made."""

    THUMBNAILS: ClassVar[dict[str, int]] = {"small": 256, "large": 1024}  # longest side, pixels

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="candidates")
    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="candidates")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="candidates")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="candidates")
    index = models.PositiveIntegerField()  # within the brief, from 0
    seed = models.PositiveBigIntegerField()
    slot = models.PositiveSmallIntegerField()  # place in the batch
    sha256 = models.CharField(max_length=64)  # of the picture file's bytes
    small = models.CharField(max_length=64)  # SHA-256 of the thumbnails
    large = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    gpu_seconds = models.FloatField()
    cost = models.DecimalField(max_digits=12, decimal_places=6, default=Decimal(0))
    environment = models.JSONField()  # versions, device, threads, dtype, batch size
    # How it looks, in 64 bits: images.perceptual_hash. Nullable, because SQLite adds such a column without making the
    # table anew, which would lose its triggers; null where an older candidate's file was missing.
    phash = models.CharField(max_length=16, null=True)  # noqa: DJ001
    made_at = models.DateTimeField(default=now)

    objects = VisibleTo.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brief", "index"], name="generation_candidate_made_once"),
        ]
        indexes = [models.Index(fields=["project", "-id"], name="generation_newest_candidates")]

    def __str__(self) -> str:
        return f"Candidate {self.number}"

    @property
    def number(self) -> int:
        """As people count: from 1."""
        return self.index + 1


class Reproduction(Leased):
    """A candidate rendered again by its recipe, and compared with what was stored."""

    class Outcome(models.TextChoices):
        IDENTICAL = "identical"
        VISUALLY_SAME = "visually same", "Visually the same"
        DIFFERENT = "different"

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="reproductions")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now, editable=False)
    worker = models.CharField(max_length=120, blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    gpu_seconds = models.FloatField(default=0)  # of all attempts
    outcome = models.CharField(max_length=13, choices=Outcome.choices, blank=True)
    difference = models.JSONField(default=dict)  # comparison.Difference, as text and whole numbers
    environment = models.JSONField(default=dict)  # of this rendering; the candidate has its own

    objects = LeasedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["candidate"],
                condition=Q(status__in=["queued", "running"]),
                name="generation_one_open_reproduction_a_candidate",
            ),
            models.CheckConstraint(
                condition=EXACTLY_WHILE_RUNNING, name="generation_reproduction_leased_exactly_while_running"
            ),
            models.CheckConstraint(
                condition=Q(status="done") & ~Q(outcome="") | ~Q(status="done") & Q(outcome=""),
                name="generation_reproduction_has_an_outcome_exactly_when_done",
            ),
        ]

    def __str__(self) -> str:
        return f"Reproduction {self.pk} of candidate {self.candidate_id}"

    @property
    def is_open(self) -> bool:
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    @property
    def sentence(self) -> str:
        """The outcome, for people."""
        apart = f"{self.difference.get('max_level')} of 255 levels apart (PSNR {self.difference.get('psnr')} dB)"
        match self.outcome:
            case self.Outcome.IDENTICAL:
                return "Identical: every pixel is the same."
            case self.Outcome.VISUALLY_SAME:
                return f"Visually the same: at most {apart}."
            case self.Outcome.DIFFERENT if "psnr" in self.difference:
                return f"Different: up to {apart}."
            case self.Outcome.DIFFERENT:
                return "Different: it came out in another size."
        return ""

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """What the bits depend on beside the recipe and was not as when the candidate was made: name, then, now."""
        then, now = self.candidate.environment, self.environment
        return [(name, then.get(name), now.get(name)) for name in then | now if then.get(name) != now.get(name)]
