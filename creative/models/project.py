from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Self

import pydantic
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from creative import roles, stages
from creative.models.people import NOBODY, User, VisibleTo
from creative.palette import PALETTE
from creative.roles import Role
from creative.validation import mistakes

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def check_palette(palette: object) -> None:
    """For the field: raises Django's ValidationError on what is no palette."""
    try:
        PALETTE.validate_python(palette)
    except pydantic.ValidationError as error:
        raise ValidationError(mistakes(error)[0].sentence) from error


class Brand(models.Model):
    """The kit: what every picture of this brand is held to."""

    name = models.CharField(max_length=80, unique=True)
    palette = models.JSONField(
        default=list, blank=True, validators=[check_palette], help_text='[{"name": "Ember", "hex": "#d6282e"}, ...]'
    )
    rules = models.TextField(blank=True, help_text="What always and never goes, in sentences.")

    def __str__(self) -> str:
        return self.name


class ProjectQuerySet(VisibleTo["Project"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(members__user=user.pk or NOBODY)


class Project(models.Model):
    """A campaign of one brand."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="projects")
    name = models.CharField(max_length=120)
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)

    get_absolute_url: Callable[[], str]  # a page downstream: ABSOLUTE_URL_OVERRIDES

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
    stage = models.CharField(
        max_length=stages.LONGEST,
        blank=True,
        validators=[RegexValidator(stages.WORD, "A stage is one word in small letters, such as legal.")],
        help_text="What a reviewer signs: brand, legal, or another stage that policy names.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="creative_one_role_a_person_a_project"),
            models.CheckConstraint(
                condition=Q(role=Role.REVIEWER) & ~Q(stage="") | ~Q(role=Role.REVIEWER) & Q(stage=""),
                name="creative_a_reviewer_and_nobody_else_has_a_stage",
                violation_error_message="A reviewer has a stage to sign, and nobody else has one.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.title.lower()} in {self.project}"

    @property
    def title(self) -> str:
        return roles.title(self.role, self.stage)
