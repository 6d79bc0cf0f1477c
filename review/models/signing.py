from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creative import stages, text
from creative.evidence.acts import Act
from creative.evidence.append_only import AppendOnly
from creative.evidence.evident import Evident
from creative.evidence.guards import Guard
from creative.models import Brief, Project, User, VisibleTo
from review.models.composing import Requirement, Version


class Turn(models.Model):
    """A requirement that waits now, exactly while its row stands: the queue. `signing.turns` keeps them."""

    requirement = models.OneToOneField(Requirement, on_delete=models.PROTECT, related_name="turn")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="turns")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="turns")
    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="turns")
    stage = models.CharField(max_length=stages.LONGEST)
    seat = models.PositiveSmallIntegerField()
    since = models.DateTimeField(default=now)
    due = models.DateField(null=True)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)

    objects = VisibleTo["Turn"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_by=None, taken_at=None) | Q(taken_by__isnull=False, taken_at__isnull=False),
                name="review_who_takes_a_turn_has_a_time",
            )
        ]
        indexes = [models.Index(fields=["project", "stage", "since"], name="review_turns_of_a_stage")]

    def __str__(self) -> str:
        return f"{self.version} waits for {self.stage}"

    @property
    def sentence(self) -> str:
        told = {"stage": self.label.lower(), "person": self.taken_by}
        if self.taken_by:
            return _("Waiting for %(stage)s, taken by %(person)s") % told
        return _("Waiting for %(stage)s") % told

    @property
    def label(self) -> str:
        return stages.label(self.stage)


class SignOff(AppendOnly, Evident):
    """One person's decision, in one stage, on one exact version. Withdrawn, never edited."""

    evident = (
        "version_id",
        "requirement_id",
        "stage",
        "seat",
        "decision",
        "note",
        "fingerprint",
        "signed_by_id",
        "signed_at",
        "withdrawn_at",
    )
    told_by = (Act.SIGNOFF_SIGNED, Act.SIGNOFF_WITHDRAWN)
    evident_brief = "version__asset__brief_id"

    changes_once = "withdrawn_at"
    guards: ClassVar[tuple[Guard, ...]] = (
        Guard(
            "by_nobody_who_had_a_hand",
            "INSERT",
            "EXISTS (SELECT 1 FROM review_hand AS hand"
            " WHERE hand.version_id = NEW.version_id AND hand.person_id = NEW.signed_by_id)",
            "review_signoff: who had a hand in a version signs nothing on it",
        ),
        Guard(
            "by_who_signs_there",
            "INSERT",
            "NOT EXISTS (SELECT 1 FROM creative_membership AS member JOIN review_asset AS asset"
            " ON asset.project_id = member.project_id JOIN review_version AS version ON version.asset_id = asset.id"
            " WHERE version.id = NEW.version_id AND member.user_id = NEW.signed_by_id AND member.stage = NEW.stage"
            " AND (member.given_by_id IS NULL OR member.confirmed_by_id IS NOT NULL))",
            "review_signoff: who signs holds the right to, and a second person confirmed it",
        ),
        Guard(
            "one_stage_a_person",
            "INSERT",
            "EXISTS (SELECT 1 FROM review_signoff AS other WHERE other.version_id = NEW.version_id"
            " AND other.signed_by_id = NEW.signed_by_id AND other.stage <> NEW.stage)",
            "review_signoff: one person signs one stage of a version",
        ),
        Guard(
            "of_its_own_requirement",
            "INSERT",
            "NOT EXISTS (SELECT 1 FROM review_requirement AS asked WHERE asked.id = NEW.requirement_id"
            " AND asked.version_id = NEW.version_id AND asked.stage = NEW.stage AND asked.seat = NEW.seat)",
            "review_signoff: nobody asked this version for this stage and seat",
        ),
    )

    class Decision(models.TextChoices):
        APPROVED = "approved", "Approved"
        CHANGES = "changes required", "Changes required"
        REJECTED = "rejected", "Rejected"

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="signoffs")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="signoffs")
    stage = models.CharField(max_length=stages.LONGEST)  # as the requirement says, for what the database checks
    seat = models.PositiveSmallIntegerField(default=1)
    decision = models.CharField(max_length=20, choices=Decision.choices)
    note = models.TextField(max_length=4000, blank=True, validators=[text.lines])
    fingerprint = models.CharField(max_length=64)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["signed_at"], name="review_signoffs_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "stage", "seat"],
                condition=Q(withdrawn_at=None),
                name="review_one_standing_signoff_a_seat",
                violation_error_message="This stage was signed already. Reload and look again.",
            ),
            models.UniqueConstraint(
                fields=["version", "signed_by"],
                condition=Q(withdrawn_at=None),
                name="review_one_person_signs_one_stage",
                violation_error_message="You signed another stage of this version; each stage is another person's.",
            ),
            models.CheckConstraint(
                condition=Q(decision="approved") | ~Q(note=""),
                name="review_objections_have_a_comment",
                violation_error_message="Say what has to change, or why it is rejected.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.get_decision_display()} by {self.signed_by}"

    @property
    def sentence(self) -> str:
        return _("%(stage)s: %(decision)s") % {"stage": self.label, "decision": self.get_decision_display().lower()}

    @property
    def label(self) -> str:
        return stages.label(self.stage)


class Withdrawal(AppendOnly, Evident):
    """A person takes back a sign-off, or (without one) the whole version's approval."""

    evident = ("version_id", "signoff_id", "reason", "withdrawn_by_id", "withdrawn_at")
    told_by = (Act.SIGNOFF_WITHDRAWN, Act.VERSION_WITHDRAWN)
    evident_brief = "version__asset__brief_id"

    guards: ClassVar[tuple[Guard, ...]] = (
        Guard(
            "of_an_objection_by_its_author",
            "INSERT",
            "EXISTS (SELECT 1 FROM review_signoff AS signoff WHERE signoff.id = NEW.signoff_id"
            " AND signoff.decision <> 'approved' AND signoff.signed_by_id <> NEW.withdrawn_by_id)",
            "review_withdrawal: only its author takes an objection back",
        ),
    )

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="withdrawals")
    signoff = models.OneToOneField(SignOff, on_delete=models.PROTECT, null=True, related_name="withdrawal")
    reason = models.CharField(max_length=1000, validators=[text.lines])
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="review_withdrawal_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.version} withdrawn by {self.withdrawn_by}"
