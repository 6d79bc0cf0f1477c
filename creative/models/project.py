from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.timezone import now

from creative import palette, text
from creative.models.people import NOBODY, VisibleTo

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from creative.models.people import User


class Brand(models.Model):
    """The kit: what every picture of this brand is held to."""

    name = models.CharField(max_length=80, unique=True, validators=[text.one_line])
    palette = models.JSONField(default=list, blank=True, help_text='[{"name": "Ember", "hex": "#d6282e"}, ...]')
    rules = models.TextField(
        max_length=20_000,
        blank=True,
        validators=[text.lines],
        help_text="What always and never goes, in sentences.",
    )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("creative:kit", args=[self.pk])

    def clean(self) -> None:
        """What is empty as well, which a field's own validators never see: an emptied field is a palette of none."""
        self.palette = [] if self.palette is None else self.palette
        if wrong := palette.wrong_in(self.palette):
            raise ValidationError({"palette": wrong})


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
