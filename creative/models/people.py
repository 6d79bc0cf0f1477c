from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from creative import text

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class User(AbstractUser):
    """A person who signs in. What they may do is in their memberships."""

    # In ASCII, so that no two read alike: Cyrillic has a "leo" of its own. Names of any script are beside it.
    username = models.CharField(
        max_length=150,
        unique=True,
        validators=[ASCIIUsernameValidator()],
        help_text=_("Letters of English, digits and @ . + - _; people type it to sign in."),
        error_messages={"unique": _("Somebody has this user name already.")},
    )

    first_name = models.CharField(_("first name"), max_length=150, blank=True, validators=[text.one_line])
    last_name = models.CharField(_("last name"), max_length=150, blank=True, validators=[text.one_line])

    # Their password is their own: they choose it through a one-time link, and nobody else types one.
    link_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    link_at = models.DateTimeField(null=True, editable=False)  # of the newest one, used or not
    password_set_at = models.DateTimeField(null=True, editable=False)
    # Who gave the link that it came by, and may have used it; changing it later changes nothing of that.
    password_link_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    sessions_ended_at = models.DateTimeField(null=True, editable=False)  # none that began before is good any more

    known_memberships: Mapping[int | None, models.Model] | None = None  # by project, for a request: access.remember

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="creative_user_names_differ_by_more_than_case",
                violation_error_message=_("Somebody has this user name already."),
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session holds, and is ended by: another password, as everywhere, or having been let out."""
        ends = f"{self.password}{self.sessions_ended_at or ''}"
        return salted_hmac("creative.User.session", ends, secret=secret, algorithm="sha256").hexdigest()


NOBODY = 0  # for somebody not signed in: None would find the projects that have no members


Row = TypeVar("Row", bound=models.Model, covariant=True)


class VisibleTo(models.QuerySet[Row]):
    """Rows of the projects a person is a member of; `project_path` leads from the row to its project."""

    project_path: ClassVar[str] = "project"

    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(**{f"{self.project_path}__members__user": user.pk or NOBODY})
