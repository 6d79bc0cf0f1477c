from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from creative.evidence.append_only import AppendOnly
from creative.models import Project, User, VisibleTo
from creative.work.leases import OPEN, Leased, LeasedQuerySet, open_index
from generation.models.candidate import Candidate


class CheckingQuerySet(LeasedQuerySet["Checking"]):
    def standing(self) -> CheckingQuerySet:
        """The one of each candidate whose findings count."""
        return self.filter(stands=True)


class Checking(Leased):
    """All machine checks of one candidate, one after the other; what each came to is written down as it ends.

    The first of a candidate stands from the beginning, another as soon as it is done, in place of the one before.
    """

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="checkings")
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # null: as it was saved
    ordered_at = models.DateTimeField(default=now)
    stands = models.BooleanField(default=True)
    # By the check's name: its version, how often it was begun, why it did not run (empty where it did), milliseconds.
    outcomes = models.JSONField(default=dict)

    objects = CheckingQuerySet.as_manager()

    class Meta:
        constraints = [
            *Leased.Meta.constraints,
            models.UniqueConstraint(
                fields=["candidate"], condition=Q(stands=True), name="generation_one_standing_checking_a_candidate"
            ),
            models.UniqueConstraint(fields=["candidate"], condition=OPEN, name="generation_one_open_checking"),
        ]
        indexes = [open_index("generation_open_checkings", "id")]

    def __str__(self) -> str:
        return f"Checking {self.pk} of candidate {self.candidate_id}"

    @property
    def project(self) -> Project:
        return self.candidate.project

    @property
    def not_run(self) -> dict[str, str]:
        """Which checks did not run, by name, and why, in a sentence."""
        return {name: outcome["because"] for name, outcome in self.outcomes.items() if outcome.get("because")}

    @property
    def versions(self) -> dict[str, int]:
        """Of the checks that ran, by name."""
        return {name: told["version"] for name, told in self.outcomes.items() if told.get("because") == ""}


class FindingQuerySet(VisibleTo["Finding"]):
    project_path = "candidate__project"

    def standing(self) -> FindingQuerySet:
        """Of the checking that counts for each candidate."""
        return self.filter(checking__stands=True)


class Finding(AppendOnly):
    """What a machine check saw in a candidate. It ranks and points; only people reject."""

    class Kind(models.TextChoices):
        """As the checks name them; `order` is the order of rows in a list."""

        TEXT = "text", "Text"
        MISSPELT = "misspelt", "Misspelt name"
        LOGO = "logo", "Logo"
        FACE = "face", "Face"
        UNSAFE = "unsafe", "Unsafe content"
        SAMENESS = "sameness", "Like a reference"
        DUPLICATE = "duplicate", "Near-duplicate"
        PALETTE = "palette", "Off the palette"
        FLAT = "flat", "Almost empty"
        BROKEN = "broken", "Broken"
        BLURRED = "blurred", "Blurred"

    BOX: ClassVar[tuple[str, ...]] = ("x", "y", "width", "height")

    checking = models.ForeignKey(Checking, on_delete=models.PROTECT, related_name="findings")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="findings")
    check_name = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()  # of the check
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # Where, in the picture's pixels; all of them or none, which is the whole picture.
    x = models.PositiveIntegerField(null=True)
    y = models.PositiveIntegerField(null=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    sure = models.FloatField()  # 0 to 1
    words = models.CharField(max_length=400)
    detail = models.JSONField(default=dict)
    found_at = models.DateTimeField(default=now)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(x=None, y=None, width=None, height=None)
                | Q(x__isnull=False, y__isnull=False, width__gte=1, height__gte=1),
                name="generation_finding_has_a_whole_box_or_none",
            ),
            models.CheckConstraint(condition=Q(sure__range=(0, 1)), name="generation_finding_is_sure_from_0_to_1"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} in candidate {self.candidate_id}"

    @property
    def project(self) -> Project:
        return self.candidate.project

    @property
    def box(self) -> tuple[int, int, int, int] | None:
        if self.x is None or self.y is None or self.width is None or self.height is None:
            return None
        return self.x, self.y, self.width, self.height

    def as_values(self) -> dict[str, Any]:
        """Plain, as a version freezes it."""
        return {
            "kind": self.kind,
            "box": list(self.box) if self.box else None,
            "sure": round(self.sure, 3),
            "words": self.words,
            "check": self.check_name,
            "version": self.version,
        }
