from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creative.evidence.acts import Act
from creative.evidence.append_only import AppendOnly
from creative.evidence.evident import Evident
from creative.models import Brief, File, Project, User, VisibleTo
from creative.work.leases import OPEN, Leased, LeasedQuerySet, open_index
from generation.models.run import Batch, Run


class Candidate(AppendOnly, Evident):
    """A picture to choose from: written once, with how it was made."""

    evident = (
        "project_id",
        "brief_id",
        "run_id",
        "batch_id",
        "index",
        "origin",
        "seed",
        "slot",
        "picture_id",
        "small_id",
        "large_id",
        "environment",
        "receipt",
        "made_at",
    )
    told_by = (Act.CANDIDATE_MADE,)
    evident_brief = "brief_id"

    class Origin(models.TextChoices):
        GENERATED = "generated"
        IMPORTED = "imported"

    THUMBNAILS: ClassVar[dict[str, int]] = {"small": 256, "large": 1024}  # longest side, pixels

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="candidates")
    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="candidates")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="candidates")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="candidates")
    index = models.PositiveIntegerField()  # within the brief, from 0
    origin = models.CharField(max_length=9, choices=Origin.choices, default=Origin.GENERATED)
    seed = models.PositiveBigIntegerField(null=True)  # none where it was made without one
    slot = models.PositiveSmallIntegerField()  # place in the batch
    # Indexed below: the index that comes with a key of text brings a second one on PostgreSQL, for LIKE.
    picture = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+", db_index=False)
    small = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+", db_index=False)  # thumbnails
    large = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+", db_index=False)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    gpu_seconds = models.FloatField()
    cost = models.DecimalField(max_digits=12, decimal_places=6, default=Decimal(0))
    environment = models.JSONField()  # versions, device, threads, dtype
    receipt = models.JSONField(default=dict)  # what was asked of the engine and what it answered
    phash = models.CharField(max_length=16, blank=True)  # how it looks, in 64 bits: images.perceptual_hash
    made_at = models.DateTimeField(default=now)

    objects = VisibleTo["Candidate"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brief", "index"], name="generation_candidate_made_once"),
        ]
        indexes = [
            models.Index(fields=["project", "-id"], name="generation_newest_candidates"),
            models.Index(fields=["project", "made_at"], name="generation_candidates_by_time"),
            models.Index(fields=["picture"], name="generation_candidate_picture"),
            models.Index(fields=["small"], name="generation_candidate_small"),
            models.Index(fields=["large"], name="generation_candidate_large"),
        ]

    def __str__(self) -> str:
        return f"Candidate {self.number}"

    @property
    def number(self) -> int:
        """As people count: from 1."""
        return self.index + 1

    @property
    def sha256(self) -> str:
        """Of the picture file's bytes."""
        return self.picture_id


class Refusal(AppendOnly, Evident):
    """A slot that the engine would not make, and why. It is not asked again."""

    evident = ("project_id", "brief_id", "run_id", "batch_id", "index", "reason", "receipt", "refused_at")
    told_by = (Act.SLOT_REFUSED,)
    evident_brief = "brief_id"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="refusals")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="refusals")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="refusals")
    index = models.PositiveIntegerField()  # within the brief, from 0: the candidate that there is none of
    reason = models.CharField(max_length=500)  # a sentence for people
    receipt = models.JSONField(default=dict)
    refused_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brief", "index"], name="generation_slot_refused_once"),
        ]

    def __str__(self) -> str:
        return f"Refusal of candidate {self.number}"

    @property
    def number(self) -> int:
        """As people count: from 1."""
        return self.index + 1


class Reproduction(Leased, Evident):
    """A candidate rendered again by its recipe, and compared with what was stored."""

    evident = ("candidate_id", "asked_by_id", "asked_at", "outcome", "difference", "environment")
    told_by = (Act.REPRODUCTION_DONE,)
    evident_brief = "candidate__brief_id"

    class Outcome(models.TextChoices):
        IDENTICAL = "identical"
        VISUALLY_SAME = "visually same", "Visually the same"
        DIFFERENT = "different"

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="reproductions")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now, editable=False)
    outcome = models.CharField(max_length=13, choices=Outcome.choices, blank=True)
    difference = models.JSONField(default=dict)  # comparison.Difference, as text and whole numbers
    environment = models.JSONField(default=dict)  # of this rendering; the candidate has its own

    objects = LeasedQuerySet.as_manager()

    class Meta:
        constraints = [
            *Leased.Meta.constraints,
            models.UniqueConstraint(
                fields=["candidate"], condition=OPEN, name="generation_one_open_reproduction_a_candidate"
            ),
            models.CheckConstraint(
                condition=Q(status="done") & ~Q(outcome="") | ~Q(status="done") & Q(outcome=""),
                name="generation_reproduction_has_an_outcome_exactly_when_done",
            ),
        ]
        indexes = [open_index("generation_open_reproductions", "id")]

    def __str__(self) -> str:
        return f"Reproduction {self.pk} of candidate {self.candidate_id}"

    @classmethod
    def evident_rows(cls) -> models.QuerySet[Reproduction]:
        """Until it is done, it says nothing."""
        return super().evident_rows().filter(status=cls.Status.DONE)

    @property
    def sentence(self) -> str:
        """How far it is, or what came of it, for people."""
        told = {"step": self.step, "steps": self.steps, "error": self.error, **self._apart}
        return self._sentence % told

    @property
    def _sentence(self) -> str:
        if self.status == self.Status.RUNNING:
            return _("Being made again: step %(step)s of %(steps)s.") if self.steps else _("Being made again.")
        if self.status == self.Status.QUEUED:
            return _("Waiting to be made again: %(error)s") if self.error else _("Waiting to be made again.")
        if self.status == self.Status.FAILED:
            return _("It could not be made again: %(error)s")
        if self.outcome == self.Outcome.IDENTICAL:
            return _("Identical: every pixel is the same.")
        if self.outcome == self.Outcome.VISUALLY_SAME:
            return _("Visually the same: at most %(levels)s of 255 levels apart (PSNR %(psnr)s dB).")
        if self.outcome == self.Outcome.DIFFERENT and "psnr" in self.difference:
            return _("Different: up to %(levels)s of 255 levels apart (PSNR %(psnr)s dB).")
        if self.outcome == self.Outcome.DIFFERENT:
            return _("Different: it came out in another size.")
        return ""

    @property
    def _apart(self) -> dict[str, Any]:
        return {"levels": self.difference.get("max_level"), "psnr": self.difference.get("psnr")}

    @property
    def told_changes(self) -> str:
        """What was not as it was then, in a sentence; empty where nothing was."""
        unknown = _("unknown")
        each = [
            _("%(name)s %(now)s, then %(then)s") % {"name": name, "now": now or unknown, "then": then or unknown}
            for name, then, now in self.changes
        ]
        return _("Not as it was then: %(changes)s.") % {"changes": "; ".join(each)} if each else ""

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """What the bits depend on beside the recipe and was not as when the candidate was made: name, then, now."""
        then, now = self.candidate.environment, self.environment
        return [(name, then.get(name), now.get(name)) for name in then | now if then.get(name) != now.get(name)]
