from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from creative import text
from creative.evidence.acts import Act
from creative.evidence.evident import Evident
from creative.models.people import User


class Policy(Evident):
    """One version of the rules. It holds from when a legal reviewer, not its author, agrees."""

    evident = ("number", "rules", "written_by_id", "written_at", "agreed_by_id", "agreed_at")
    told_by = (Act.POLICY_WRITTEN, Act.POLICY_AGREED)
    told_in = "site"

    number = models.PositiveIntegerField(unique=True)
    rules = models.TextField(validators=[text.lines], help_text="TOML; see docs/policy.md.")
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
