from __future__ import annotations

import mimetypes

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.timezone import now


class File(models.Model):
    """Stored bytes, named by their SHA-256. What needs them refers to them by a protecting foreign key."""

    sha256 = models.CharField(max_length=64, primary_key=True, validators=[RegexValidator(r"^[0-9a-f]{64}$")])
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()  # bytes
    width = models.PositiveIntegerField(null=True)  # pixels, of pictures
    height = models.PositiveIntegerField(null=True)
    stored_at = models.DateTimeField(default=now)
    touched_at = models.DateTimeField(default=now)  # when somebody stored these bytes last

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(width=None, height=None) | Q(width__isnull=False, height__isnull=False),
                name="creative_file_has_both_sides_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.media_type} {self.sha256[:12]}"

    @property
    def suffix(self) -> str:
        """Of a name for people, with its dot."""
        return mimetypes.guess_extension(self.media_type, strict=False) or ""
