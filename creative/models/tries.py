from __future__ import annotations

from django.db import models


class Tries(models.Model):
    """Wrong passwords of one name, address or browser, as the time until which they count."""

    of = models.CharField(max_length=64, primary_key=True)  # SHA-256: creative.sign_in_limits
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "tries"

    def __str__(self) -> str:
        return f"{self.of[:12]} until {self.until:%H:%M:%S}"
