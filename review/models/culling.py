from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creative import text
from creative.evidence.acts import Act
from creative.evidence.evident import Evident
from creative.models import Brief, User
from generation.models import Candidate, Finding


class Flag(models.Model):
    """One person's own standing judgement of a candidate: pick, reject (and why) or neither, a rating, a label."""

    class Value(models.TextChoices):
        PICK = "pick", "Pick"
        REJECT = "reject", "Reject"
        UNFLAGGED = "unflagged", "Unflagged"

    class Label(models.TextChoices):
        RED = "red", "Red"
        YELLOW = "yellow", "Yellow"
        GREEN = "green", "Green"
        BLUE = "blue", "Blue"

    class Reason(models.TextChoices):
        HANDS = "hands", "Hands"
        TEXT = "text", "Text"
        OFF_BRAND = "off-brand", "Off-brand"
        COMPOSITION = "composition", "Composition"
        LIKENESS = "likeness", "Likeness"
        ARTEFACT = "artefact", "Artefact"
        OTHER = "other", "Other"

        @property
        def key(self) -> str:
            """Gives it, after the key that rejects."""
            return "B" if self == self.OFF_BRAND else self.value[0].upper()

    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="flags")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    value = models.CharField(max_length=10, choices=Value.choices, default=Value.UNFLAGGED)
    rating = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(max_length=6, choices=Label.choices, blank=True)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    flagged_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["candidate", "person"], name="review_one_flag_a_person"),
            models.CheckConstraint(condition=Q(rating__range=(0, 5)), name="review_rating_is_0_to_5"),
            models.CheckConstraint(
                condition=Q(reason="") | Q(value="reject"), name="review_only_a_reject_has_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["person", "value", "-candidate"], name="review_flags_of_a_person")]

    def __str__(self) -> str:
        return f"{self.candidate}: {self.value}, {self.rating}"

    @property
    def sentence(self) -> str:
        """What this person did to it: "rejected it: hands · 2★ · red"."""
        judged: dict[str, str] = {self.Value.PICK: _("picked it"), self.Value.REJECT: _("rejected it")}
        told = judged.get(self.value, _("marked it"))
        if self.reason:
            told = f"{told}: {self.get_reason_display().lower()}"
        stars = f"{self.rating}★" if self.rating else ""
        return " · ".join(filter(None, [told, stars, self.get_label_display().lower()]))


class Mark(models.Model):
    """One act of one person on one or many candidates; kept only so that a mark heard twice is applied once."""

    id = models.UUIDField(primary_key=True, editable=False)  # the client made it, before it had a connection
    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return f"Mark {self.id.hex} by {self.person}"


class Dismissal(models.Model):
    """One person calls a finding fine, and why. It changes nobody else's view; deleting the row takes it back."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="dismissals")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, validators=[text.one_line, RegexValidator(r"\S")])
    dismissed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "person"],
                name="review_one_dismissal_a_person",
                violation_error_message="You called it fine already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.reason}"


class BlindPass(models.Model):
    """Some people judge a brief's candidates without seeing each other's marks, until all of them are finished."""

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="blind_passes")
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # null: all finished

    class Meta:
        verbose_name_plural = "blind passes"
        constraints = [
            models.UniqueConstraint(
                fields=["brief"], condition=Q(ended_at=None), name="review_one_standing_blind_pass_a_brief"
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | Q(ended_at__isnull=False), name="review_who_ends_a_blind_pass_has_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"Blind pass {self.pk} of {self.brief}"


class BlindJudge(models.Model):
    """A person who takes part in a blind pass."""

    blind_pass = models.ForeignKey(BlindPass, on_delete=models.PROTECT, related_name="judges")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blind_pass", "person"], name="review_a_judge_once_a_blind_pass")
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.blind_pass}"


class Shortlisting(Evident):
    """A candidate that a designer put forward, in order. Deleting the row takes it back."""

    evident = ("brief_id", "candidate_id", "shortlisted_by_id", "shortlisted_at")
    told_by = (Act.CANDIDATE_SHORTLISTED, Act.CANDIDATE_UNSHORTLISTED)
    evident_brief = "brief_id"

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="shortlist")
    candidate = models.OneToOneField(Candidate, on_delete=models.PROTECT, related_name="shortlisting")
    position = models.PositiveIntegerField()
    shortlisted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    shortlisted_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.candidate} on the shortlist"
