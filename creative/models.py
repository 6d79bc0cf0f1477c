from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from creative.access import Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class User(AbstractUser):
    """A person who signs in. What they may do is in their memberships."""

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()


def check_palette(palette: object) -> None:
    """A list of colours, each with a name and a hex value."""
    for colour in palette if isinstance(palette, list) else [None]:
        if not (
            isinstance(colour, dict)
            and isinstance(colour.get("name"), str)
            and colour["name"].strip()
            and re.fullmatch(r"#[0-9a-fA-F]{6}", str(colour.get("hex")))
        ):
            raise ValidationError('Write the palette as [{"name": "Ember", "hex": "#d6282e"}, ...].')


class Brand(models.Model):
    """The kit: what every picture of this brand is held to."""

    name = models.CharField(max_length=80, unique=True)
    palette = models.JSONField(
        default=list, blank=True, validators=[check_palette], help_text='[{"name": "Ember", "hex": "#d6282e"}, ...]'
    )
    rules = models.TextField(blank=True, help_text="What always and never goes, in sentences.")

    def __str__(self) -> str:
        return self.name


NOBODY = 0  # for somebody not signed in: None would find the projects that have no members


class VisibleTo(models.QuerySet):
    """Rows of the projects a person is a member of; `project_path` leads from the row to its project."""

    project_path: ClassVar[str] = "project"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(**{f"{self.project_path}__members__user": user.pk or NOBODY})


class ProjectQuerySet(VisibleTo):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(members__user=user.pk or NOBODY)


class Project(models.Model):
    """A campaign of one brand."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="projects")
    name = models.CharField(max_length=120)
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "name"], name="creative_project_named_once_a_brand")]

    def __str__(self) -> str:
        return self.name

    @property
    def project(self) -> Project:
        return self


class Membership(models.Model):
    """One role a person a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="creative_one_role_a_person_a_project")]

    def __str__(self) -> str:
        return f"{self.user} is {self.get_role_display().lower()} in {self.project}"


class UseClass(models.TextChoices):
    INTERNAL = "internal", "Internal"
    CUSTOMER_FACING = "customer-facing", "Customer-facing"
    REGULATED = "regulated", "Regulated"


class Brief(models.Model):
    """What a marketer asks for. Its words are in its revisions."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="briefs")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now, editable=False)

    objects = VisibleTo.as_manager()

    def __str__(self) -> str:
        return f"Brief {self.pk}"


class BriefRevision(models.Model):
    """One wording of a brief. Editable until submitted; a run keeps the revision it was made from."""

    MOST_WANTED: ClassVar[int] = 20
    WORDS: ClassVar[tuple[str, ...]] = (
        "title",
        "subject",
        "style",
        "lighting",
        "composition",
        "mood",
        "palette",
        "avoid",
        "use_class",
        "markets",
        "formats",
        "due",
        "count",
        "target",
        "notes",
    )

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120, blank=True)
    subject = models.TextField(max_length=600, blank=True)
    style = models.CharField(max_length=200, blank=True)
    lighting = models.CharField(max_length=200, blank=True)
    composition = models.CharField("composition and copy space", max_length=200, blank=True)
    mood = models.CharField(max_length=200, blank=True)
    palette = models.JSONField(default=list, blank=True)  # colour names
    avoid = models.CharField(max_length=400, blank=True)
    use_class = models.CharField(max_length=20, choices=UseClass.choices, default=UseClass.CUSTOMER_FACING)
    markets = models.JSONField(default=list, blank=True)  # ISO 3166 codes, such as "DE" or "US-NY"
    formats = models.JSONField(default=list, blank=True)  # aspect ratios, such as "4:5"
    due = models.DateField(null=True, blank=True)
    count = models.PositiveSmallIntegerField(
        "how many candidates", default=20, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    target = models.PositiveSmallIntegerField(
        "how many finished pictures", default=2, validators=[MinValueValidator(1), MaxValueValidator(MOST_WANTED)]
    )
    notes = models.TextField(max_length=4000, blank=True)
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
            models.CheckConstraint(condition=Q(count__range=(1, 100)), name="creative_count_is_1_to_100"),
            models.CheckConstraint(condition=Q(target__range=(1, 20)), name="creative_target_is_1_to_20"),
        ]

    def __str__(self) -> str:
        return self.title or "Untitled brief"

    @property
    def project(self) -> Project:
        return self.brief.project

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


class Policy(models.Model):
    """One version of the rules. It holds from when a legal reviewer, not its author, agrees."""

    number = models.PositiveIntegerField(unique=True)
    rules = models.TextField(help_text="TOML; see docs/policy.md.")
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=now, editable=False)
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "policies"
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_by=None) | ~Q(agreed_by=models.F("written_by")),
                name="creative_policy_author_does_not_agree",
                violation_error_message="Whoever wrote a policy version cannot agree to it.",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by=None, agreed_at=None) | Q(agreed_by__isnull=False, agreed_at__isnull=False),
                name="creative_agreement_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Policy {self.number}"


class Chain(models.Model):
    """The head of one audit chain: locked while a row is added, so that rows stand in one order.

    `scope` is "project:<id>" or "site". There is no foreign key: evidence outlives what it speaks of.
    """

    scope = models.CharField(max_length=40, unique=True)
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.scope}, {self.length} events"


class Event(models.Model):
    """A line of the audit log: written once, never changed, chained by hash to the line before."""

    scope = models.CharField(max_length=40, editable=False)
    sequence = models.PositiveBigIntegerField(editable=False)
    actor_id = models.BigIntegerField(null=True, editable=False)  # null: a worker or the site itself
    action = models.CharField(max_length=60, editable=False)
    data = models.JSONField(default=dict, editable=False)
    at = models.CharField(max_length=32, editable=False)  # ISO 8601, UTC: hashed as written
    previous = models.CharField(max_length=64, editable=False)
    hash = models.CharField(max_length=64, editable=False, validators=[RegexValidator(r"^[0-9a-f]{64}$")])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "sequence"], name="creative_event_in_one_place")]

    def __str__(self) -> str:
        return f"{self.scope} {self.sequence}: {self.action}"
