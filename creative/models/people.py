from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from django.contrib.auth.models import AbstractUser
from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class User(AbstractUser):
    """A person who signs in. What they may do is in their memberships."""

    known_memberships: Mapping[int, models.Model] | None = None  # by project, for a request: access.remember

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()


NOBODY = 0  # for somebody not signed in: None would find the projects that have no members


Row = TypeVar("Row", bound=models.Model, covariant=True)


class VisibleTo(models.QuerySet[Row]):
    """Rows of the projects a person is a member of; `project_path` leads from the row to its project."""

    project_path: ClassVar[str] = "project"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(**{f"{self.project_path}__members__user": user.pk or NOBODY})
