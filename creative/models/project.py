from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.timezone import now

from creative import text
from creative.models.brand import Brand
from creative.models.people import NOBODY, VisibleTo

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from creative.models.people import User


class ProjectQuerySet(VisibleTo["Project"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(members__user=user.pk or NOBODY)


class Project(models.Model):
    """A campaign of one brand."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="projects")
    name = models.CharField(max_length=120, validators=[text.one_line])
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
