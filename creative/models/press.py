from __future__ import annotations

from django.db import models
from django.utils.timezone import now


class Press(models.Model):
    """A form that a person sent, and what it was answered: sent again, it gets that answer and does nothing more."""

    form = models.CharField(max_length=64, primary_key=True)  # SHA-256 of who sent what where
    sentence = models.TextField()
    to = models.CharField(max_length=500)
    at = models.DateTimeField(default=now, db_index=True)

    class Meta:
        verbose_name_plural = "presses"

    def __str__(self) -> str:
        return f"{self.form[:12]} -> {self.to}"
