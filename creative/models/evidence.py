from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models

from creative.evidence.acts import Act
from creative.evidence.append_only import AppendOnly


class Chain(models.Model):
    """The head of one audit chain: locked while a row is added, so that rows stand in one order.

    `scope` is "project:<id>" or "site". There is no foreign key: evidence outlives what it speaks of.
    """

    scope = models.CharField(max_length=40, unique=True)
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.scope}, {self.length} events"


class Event(AppendOnly):
    """A line of the audit log: written once, never changed, chained by hash to the line before."""

    scope = models.CharField(max_length=40, editable=False)
    sequence = models.PositiveBigIntegerField(editable=False)
    actor_id = models.BigIntegerField(null=True, editable=False)  # null: a worker or the site itself
    act = models.CharField(max_length=40, choices=Act.choices, editable=False)
    brief_id = models.BigIntegerField(null=True, editable=False)  # what it concerns; no foreign key, as above
    data = models.JSONField(default=dict, editable=False)
    at = models.CharField(max_length=32, editable=False)  # ISO 8601, UTC: hashed as written
    previous = models.CharField(max_length=64, editable=False)
    hash = models.CharField(max_length=64, editable=False, validators=[RegexValidator(r"^[0-9a-f]{64}$")])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "sequence"], name="creative_event_in_one_place")]
        indexes = [models.Index(fields=["brief_id", "sequence"], name="creative_events_of_a_brief")]

    def __str__(self) -> str:
        return f"{self.scope} {self.sequence}: {self.act}"
