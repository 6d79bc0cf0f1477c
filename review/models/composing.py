from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.timezone import now

from creative.evidence.append_only import AppendOnly
from creative.models import Brief, Project, User, VisibleTo
from generation.models import Candidate


class Stage(models.TextChoices):
    BRAND = "brand", "Brand"
    LEGAL = "legal", "Legal"


class Asset(models.Model):
    """What passes sign-off. It began as a shortlisted candidate; what is reviewed is its versions."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="assets")
    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="assets")
    candidate = models.OneToOneField(Candidate, on_delete=models.PROTECT, related_name="asset")
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=now)
    note = models.CharField(max_length=400, blank=True)

    objects = VisibleTo.as_manager()

    def __str__(self) -> str:
        return f"Asset {self.pk}"


class VersionQuerySet(VisibleTo["Version"]):
    project_path = "asset__project"

    def newest(self) -> Self:
        """Each asset's newest version."""
        later = Version.objects.filter(asset=OuterRef("asset"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later))

    def with_state(self) -> Self:
        """Annotates what `Version.state` reads, in one query."""
        later = Version.objects.filter(asset=OuterRef("asset"), number__gt=OuterRef("number"))
        return self.with_decisions().annotate(was_superseded=Exists(later.ever_approved()))

    def with_decisions(self) -> Self:
        standing = SignOff.objects.filter(version=OuterRef("pk"), withdrawn_at=None)
        approvals = standing.filter(decision=SignOff.Decision.APPROVED)
        return self.annotate(
            is_rejected=Exists(standing.filter(decision=SignOff.Decision.REJECTED)),
            needs_changes=Exists(standing.filter(decision=SignOff.Decision.CHANGES)),
            brand_approved=Exists(approvals.filter(stage=Stage.BRAND)),
            legal_approved=Exists(approvals.filter(stage=Stage.LEGAL)),
            was_withdrawn=Exists(Withdrawal.objects.filter(version=OuterRef("pk"), signoff=None)),
        )

    def ever_approved(self) -> Self:
        """Signed by all that it needs at some time, whatever was withdrawn since: what it replaced stays replaced."""
        approvals = SignOff.objects.filter(version=OuterRef("pk"), decision=SignOff.Decision.APPROVED)
        return self.filter(
            Q(needs_brand=False) | Exists(approvals.filter(stage=Stage.BRAND)),
            Q(needs_legal=False) | Exists(approvals.filter(stage=Stage.LEGAL)),
        )

    def cleared(self) -> Self:
        """What may be exported today: every sign-off that its frozen policy requires stands, nobody withdrew it,
        and no later version took its place."""
        return self.with_state().filter(
            Q(needs_brand=False) | Q(brand_approved=True),
            Q(needs_legal=False) | Q(legal_approved=True),
            is_rejected=False,
            needs_changes=False,
            was_withdrawn=False,
            was_superseded=False,
        )

    def undecided(self) -> Self:
        return self.with_state().filter(
            Q(needs_brand=True, brand_approved=False) | Q(needs_legal=True, legal_approved=False),
            is_rejected=False,
            needs_changes=False,
            was_withdrawn=False,
        )


class Version(AppendOnly):
    """A picture as it is reviewed, with everything a sign-off relies on frozen. Never changes: the database refuses."""

    class State(models.TextChoices):
        IN_REVIEW = "in review", "In review"
        CHANGES = "changes required", "Changes required"
        REJECTED = "rejected", "Rejected"
        APPROVED = "approved", "Approved"
        SUPERSEDED = "superseded", "Superseded"
        WITHDRAWN = "withdrawn", "Withdrawn"

    # Annotated by with_state().
    is_rejected: bool
    needs_changes: bool
    was_withdrawn: bool
    was_superseded: bool

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="versions")
    frozen = models.JSONField()  # what the fingerprint is taken over: review.fingerprint
    fingerprint = models.CharField(max_length=64)
    needs_brand = models.BooleanField()
    needs_legal = models.BooleanField()
    run_started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    shortlisted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=now)

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "number"], name="review_version_numbered_once")]

    def __str__(self) -> str:
        return f"Version {self.number}"

    @property
    def project(self) -> Project:
        return self.asset.project

    @property
    def requires(self) -> list[Stage]:
        """The stages its frozen policy asks for, in order."""
        return [stage for stage in Stage if getattr(self, f"needs_{stage.value}")]

    @property
    def state(self) -> Version.State:
        """Needs `with_state()`."""
        if self.was_withdrawn:
            return Version.State.WITHDRAWN
        if self.is_rejected:
            return Version.State.REJECTED
        if self.needs_changes:
            return Version.State.CHANGES
        if self.was_superseded:
            return Version.State.SUPERSEDED
        return Version.State.IN_REVIEW if self.waits_for else Version.State.APPROVED

    @property
    def waits_for(self) -> Stage | None:
        """The stage whose turn it is, brand before legal; None when none is missing. Needs `with_state()`."""
        return next((stage for stage in self.requires if not getattr(self, f"{stage.value}_approved")), None)


class SignOff(AppendOnly):
    """One person's decision, in one stage, on one exact version. Withdrawn, never edited."""

    changes_once = "withdrawn_at"

    class Decision(models.TextChoices):
        APPROVED = "approved", "Approved"
        CHANGES = "changes required", "Changes required"
        REJECTED = "rejected", "Rejected"

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="signoffs")
    stage = models.CharField(max_length=10, choices=Stage.choices)
    decision = models.CharField(max_length=20, choices=Decision.choices)
    note = models.TextField(max_length=4000, blank=True)
    fingerprint = models.CharField(max_length=64)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # Copied from the version, so that the database itself can check them against the signer.
    run_started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    shortlisted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "stage"],
                condition=Q(withdrawn_at=None),
                name="review_one_standing_signoff_per_stage",
                violation_error_message="This stage was signed already. Reload and look again.",
            ),
            models.UniqueConstraint(
                fields=["version", "signed_by"],
                condition=Q(withdrawn_at=None),
                name="review_brand_and_legal_are_two_people",
                violation_error_message="Brand and legal must be two different people.",
            ),
            models.CheckConstraint(
                condition=~Q(signed_by=F("run_started_by"))
                & ~Q(signed_by=F("shortlisted_by"))
                & ~Q(signed_by=F("made_by")),
                name="review_nobody_signs_their_own_work",
                violation_error_message="Whoever started the run, shortlisted or made the version signs nothing on it.",
            ),
            models.CheckConstraint(
                condition=Q(decision="approved") | ~Q(note=""),
                name="review_objections_have_a_comment",
                violation_error_message="Say what has to change, or why it is rejected.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()}: {self.get_decision_display()} by {self.signed_by}"


class Withdrawal(AppendOnly):
    """A person takes back a sign-off, or (without one) the whole version's approval."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="withdrawals")
    signoff = models.OneToOneField(SignOff, on_delete=models.PROTECT, null=True, related_name="withdrawal")
    reason = models.CharField(max_length=1000)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="review_withdrawal_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.version} withdrawn by {self.withdrawn_by}"
