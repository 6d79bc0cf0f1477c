from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from creative.evidence import acts
from creative.evidence.append_only import AppendOnly
from creative.evidence.guards import ALWAYS, Guard, Guarded


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
    """A line of the audit log: written once, never changed, chained by hash to the line before.

    It holds ids alone; what else it has to say is its payload, of which it holds the digest.
    """

    scope = models.CharField(max_length=40, editable=False)
    sequence = models.PositiveBigIntegerField(editable=False)
    act = models.CharField(max_length=40, choices=acts.choices, editable=False)
    brief_id = models.BigIntegerField(null=True, editable=False)  # what it concerns; no foreign key, as above
    actor_id = models.BigIntegerField(null=True, editable=False)  # null: a worker or the site itself
    at = models.CharField(max_length=32, editable=False)  # ISO 8601, UTC: hashed as written
    payload_digest = models.CharField(max_length=64, editable=False)
    previous = models.CharField(max_length=64, editable=False)
    hash = models.CharField(max_length=64, editable=False, validators=[RegexValidator(r"^[0-9a-f]{64}$")])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "sequence"], name="creative_event_in_one_place")]
        indexes = [
            models.Index(fields=["brief_id", "sequence"], name="creative_events_of_a_brief"),
            models.Index(fields=["scope", "sequence"], condition=Q(brief_id=None), name="creative_events_of_no_brief"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.sequence}: {self.act}"

    @property
    def line(self) -> list[str | int | None]:
        """What is hashed, in this order."""
        about: list[str | int | None] = [self.scope, self.sequence, self.act, self.brief_id, self.actor_id, self.at]
        return [*about, self.payload_digest, self.previous]

    @property
    def is_erased(self) -> bool:
        return not hasattr(self, "payload")

    @property
    def data(self) -> dict[str, Any]:
        """What it says; empty once that was erased. For many, `select_related("payload")`."""
        return {} if self.is_erased else {name: said for name, said in self.payload.data.items() if name != "rows"}

    @property
    def rows(self) -> dict[str, dict[str, str | None]]:
        """Digests of the rows that evidence rests on, by table and id; None for one that was taken away."""
        return {} if self.is_erased else self.payload.data.get("rows", {})


class Payload(Guarded):
    """What a line has to say. It stands beside the chain: erased, it leaves the chain whole."""

    guards: ClassVar[tuple[Guard, ...]] = (
        Guard("no_update", "UPDATE", ALWAYS, "creative_payload may be erased, never changed"),
        Guard("no_truncate", "TRUNCATE", ALWAYS, "creative_payload is erased line by line"),
    )

    # Not PROTECT: the database itself refuses to delete an event.
    event = models.OneToOneField(Event, on_delete=models.DO_NOTHING, primary_key=True, related_name="payload")
    salt = models.CharField(max_length=64)
    data = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"Payload of {self.event}"


class AnchorCount(models.Model):
    """How many anchors were written: one row, by which a missing newest one shows."""

    number = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.number} anchors"
