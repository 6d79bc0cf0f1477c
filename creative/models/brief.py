from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from creative.brief_words import LENGTHS, MOST_CANDIDATES, MOST_WANTED, BriefWords
from creative.evidence.acts import Act
from creative.evidence.evident import Evident
from creative.models.people import User, VisibleTo
from creative.models.project import Project


class UseClass(models.TextChoices):
    INTERNAL = "internal", "Internal"
    CUSTOMER_FACING = "customer-facing", "Customer-facing"
    REGULATED = "regulated", "Regulated"


class Brief(models.Model):
    """What a marketer asks for. Its words are in its revisions."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="briefs")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now, editable=False)
    # Nothing of it waits for anybody. Whatever makes something wait takes it away in the same transaction, and a sweep
    # gives it back at leisure: so what is open is found without a look at all that is over.
    closed_at = models.DateTimeField(null=True, editable=False)

    get_absolute_url: Callable[[], str]  # a page downstream: ABSOLUTE_URL_OVERRIDES

    objects = VisibleTo["Brief"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], condition=Q(closed_at=None), name="creative_open_briefs")]

    def __str__(self) -> str:
        return f"Brief {self.pk}"


class BriefRevision(Evident):
    """One wording of a brief. Editable until submitted; a run keeps the revision it was made from."""

    WORDS: ClassVar[tuple[str, ...]] = tuple(BriefWords.model_fields)

    evident = ("brief_id", "number", *WORDS, "written_by_id", "written_at", "submitted_by_id", "submitted_at")
    told_by = (Act.BRIEF_SUBMITTED,)
    evident_brief = "brief_id"

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=LENGTHS["title"], blank=True)
    subject = models.TextField(max_length=LENGTHS["subject"], blank=True)
    style = models.CharField(max_length=LENGTHS["style"], blank=True)
    lighting = models.CharField(max_length=LENGTHS["lighting"], blank=True)
    composition = models.CharField("composition and copy space", max_length=LENGTHS["composition"], blank=True)
    mood = models.CharField(max_length=LENGTHS["mood"], blank=True)
    palette = models.JSONField(default=list, blank=True)  # colour names
    avoid = models.CharField(max_length=LENGTHS["avoid"], blank=True)
    use_class = models.CharField(max_length=20, choices=UseClass.choices, default=UseClass.CUSTOMER_FACING)
    markets = models.JSONField(default=list, blank=True)  # ISO 3166 codes, such as "DE" or "US-NY"
    formats = models.JSONField(default=list, blank=True)  # aspect ratios, such as "4:5"
    due = models.DateField(null=True, blank=True)
    count = models.PositiveSmallIntegerField(
        "how many candidates", default=20, validators=[MinValueValidator(1), MaxValueValidator(MOST_CANDIDATES)]
    )
    target = models.PositiveSmallIntegerField(
        "how many finished pictures", default=2, validators=[MinValueValidator(1), MaxValueValidator(MOST_WANTED)]
    )
    notes = models.TextField(max_length=LENGTHS["notes"], blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=now, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brief", "number"], name="creative_revision_numbered_once"),
            models.UniqueConstraint(
                fields=["brief"], condition=Q(submitted_at=None), name="creative_one_open_revision_a_brief"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, submitted_by=None)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="creative_submission_has_a_person",
            ),
            models.CheckConstraint(condition=Q(count__range=(1, MOST_CANDIDATES)), name="creative_count_is_1_to_100"),
            models.CheckConstraint(condition=Q(target__range=(1, MOST_WANTED)), name="creative_target_is_1_to_20"),
        ]

    def __str__(self) -> str:
        return self.title or "Untitled brief"

    @property
    def project(self) -> Project:
        return self.brief.project

    @classmethod
    def evident_rows(cls) -> models.QuerySet[BriefRevision]:
        """Until it is submitted, nothing rests on it."""
        return super().evident_rows().filter(submitted_at__isnull=False)

    def words(self) -> dict[str, object]:
        """What the marketer wrote, by field; the date as ISO text, so that it is plain JSON."""
        return {**{name: getattr(self, name) for name in self.WORDS}, "due": str(self.due) if self.due else None}


class Archival(models.Model):
    """A brief put away by a person. Deleting the row brings it back."""

    brief = models.OneToOneField(Brief, on_delete=models.CASCADE, related_name="archival")
    archived_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    archived_at = models.DateTimeField(default=now, editable=False)

    def __str__(self) -> str:
        return f"{self.brief} archived by {self.archived_by}"
