from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.timezone import now

from creative import roles, stages
from creative.evidence.acts import Act
from creative.evidence.evident import Evident
from creative.models.people import User
from creative.models.project import Project
from creative.roles import CONFIRMED, Role

# A right to sign or to confirm waits for a second person, but for those that the installation itself gave.
WAITS = Q(role__in=CONFIRMED, given_by__isnull=False, confirmed_by=None)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self) -> MembershipQuerySet:
        return self.exclude(WAITS)

    def waiting(self) -> MembershipQuerySet:
        return self.filter(WAITS)


class Membership(Evident):
    """One role a person a project; without a project, of the site."""

    evident = ("project_id", "user_id", "role", "stage", "given_by_id", "given_at", "confirmed_by_id", "confirmed_at")
    told_by = (
        Act.MEMBERSHIP_ADDED,
        Act.MEMBERSHIP_CHANGED,
        Act.MEMBERSHIP_CONFIRMED,
        Act.MEMBERSHIP_SUSPENDED,
        Act.MEMBERSHIP_REMOVED,
    )

    project = models.ForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    stage = models.CharField(
        max_length=stages.LONGEST,
        blank=True,
        validators=[RegexValidator(stages.WORD, "A stage is one word in small letters, such as legal.")],
        help_text="What a reviewer signs: brand, legal, or another stage that policy names.",
    )
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    given_at = models.DateTimeField(default=now, editable=False)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    confirmed_at = models.DateTimeField(null=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="creative_one_role_a_person_a_project"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(project=None), name="creative_one_role_a_person_of_the_site"
            ),
            models.CheckConstraint(
                condition=Q(role=Role.REVIEWER) & ~Q(stage="") | ~Q(role=Role.REVIEWER) & Q(stage=""),
                name="creative_a_reviewer_and_nobody_else_has_a_stage",
                violation_error_message="A reviewer has a stage to sign, and nobody else has one.",
            ),
            models.CheckConstraint(
                condition=Q(project__isnull=False) | Q(role=Role.PRODUCER) | Q(stage=stages.LEGAL),
                name="creative_the_site_has_producers_and_legal_reviewers",
                violation_error_message="Of the site there are producers and legal reviewers.",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | ~Q(confirmed_by=F("user")) & ~Q(confirmed_by=F("given_by")) & Q(confirmed_at__isnull=False),
                name="creative_a_right_is_confirmed_by_a_second_person",
                violation_error_message="A second person confirms it: not who gave it, and not who gets it.",
            ),
        ]
        indexes = [models.Index(fields=["given_at"], condition=WAITS, name="creative_rights_that_wait")]

    def __str__(self) -> str:
        return f"{self.user} is {self.title.lower()} {self.where}"

    @property
    def told_in(self) -> str:
        return f"project:{self.project_id}" if self.project_id else "site"

    @property
    def title(self) -> str:
        return roles.title(self.role, self.stage)

    @property
    def where(self) -> str:
        return f"in {self.project}" if self.project else "of the site"

    @property
    def people_url(self) -> str:
        """The page that shows it."""
        where = [self.project_id] if self.project_id else []
        return reverse("creative:people" if where else "creative:site-people", args=where)

    @property
    def is_in_force(self) -> bool:
        return self.role not in CONFIRMED or self.given_by_id is None or self.confirmed_by_id is not None
