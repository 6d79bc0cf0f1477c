"""Work that a machine does for a while: a status, a lease on it, and a fence."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now
from django.utils.timezone import now

# Not by its status: Django binds parameters, and SQLite uses a partial index only where it can prove its condition.
OPEN = Q(finished_at=None)
ENDED = Q(status__in=["done", "failed", "cancelled"])

Row = TypeVar("Row", bound=models.Model, covariant=True)


class LeasedQuerySet(models.QuerySet[Row]):
    def open(self) -> Self:
        """Queued or running. The first filter of every other, so that each reads the index of open work alone."""
        return self.filter(OPEN)

    def claimable(self) -> Self:
        """Queued and not put off, or abandoned by a worker that stopped renewing and with attempts left."""
        queued = Q(status=Leased.Status.QUEUED) & (Q(waits_until=None) | Q(waits_until__lte=Now()))
        lapsed = Q(status=Leased.Status.RUNNING, lease_until__lt=Now(), attempt__lt=F("last_attempt"))
        return self.open().filter(queued | lapsed)

    def lapsed(self) -> Self:
        return self.open().filter(status=Leased.Status.RUNNING, lease_until__lt=Now())

    def put_off(self) -> Self:
        """Queued, and for its pause nobody's: the house was at fault, which `error` says."""
        return self.open().filter(status=Leased.Status.QUEUED, waits_until__gt=Now())

    def exhausted(self) -> Self:
        """Lapsed with no attempt left: nobody will claim it again."""
        return self.lapsed().filter(attempt__gte=F("last_attempt"))

    def cancel(self) -> int:
        """End what is open, whoever holds it, who notices when it renews. Returns how many this caller ended."""
        return self.open().update(status=Leased.Status.CANCELLED, lease_until=None, finished_at=now())

    def requeue(self) -> int:
        """What failed or was cancelled, with all its attempts anew. Whoever held it stays fenced off."""
        return self.filter(status__in=[Leased.Status.FAILED, Leased.Status.CANCELLED]).update(
            status=Leased.Status.QUEUED,
            last_attempt=F("attempt") + attempts(),
            error="",
            put_offs=0,
            waits_until=None,
            finished_at=None,
        )


def attempts() -> int:
    return int(settings.ATTEMPTS)


def open_index(name: str, *order: str) -> models.Index:
    """Of open work in the order in which it is claimed."""
    return models.Index(name=name, fields=order, condition=OPEN)


class Leased(models.Model):
    """Each transition is one guarded UPDATE and returns True to exactly one caller, however many race.

    Leases and pauses are of the database's time, so a worker's clock may be wrong. `attempt` is the fence: a worker
    that slept past its lease no longer matches and can write nothing. A model lists `Leased.Meta.constraints` among its
    own, and an `open_index`.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    status = models.CharField(max_length=9, choices=Status.choices, default=Status.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)  # only ever grows: it is the fence
    last_attempt = models.PositiveSmallIntegerField(default=attempts)
    lease_until = models.DateTimeField(null=True)
    put_offs = models.PositiveSmallIntegerField(default=0)  # in a row, for faults of the house
    waits_until = models.DateTimeField(null=True)  # put off until then
    worker = models.CharField(max_length=120, blank=True)  # who holds it, or held it last
    step = models.PositiveSmallIntegerField(default=0)  # how far that one is, in steps of the kind of work
    steps = models.PositiveSmallIntegerField(default=0)  # of how many; 0 until it is known
    error = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True)

    # What a transition changes: only this is read back, for a whole refresh would forget what was selected beside it.
    CHANGED: ClassVar[list[str]] = [
        "status",
        "attempt",
        "last_attempt",
        "lease_until",
        "put_offs",
        "waits_until",
        "worker",
        "step",
        "steps",
        "error",
    ]

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(status="running", lease_until__isnull=False)
                | (~Q(status="running") & Q(lease_until__isnull=True)),
                name="%(app_label)s_%(class)s_leased_exactly_while_running",
            ),
            models.CheckConstraint(
                condition=ENDED & Q(finished_at__isnull=False) | ~ENDED & Q(finished_at__isnull=True),
                name="%(app_label)s_%(class)s_finished_exactly_when_ended",
            ),
        ]

    @property
    def state(self) -> Leased.Status:
        return Leased.Status(self.status)

    @property
    def is_open(self) -> bool:
        return self.finished_at is None

    @property
    def is_done(self) -> bool:
        return self.status == self.Status.DONE

    @property
    def has_failed(self) -> bool:
        return self.status == self.Status.FAILED

    def claim(self, *, worker: str = "") -> bool:
        """Queued, or abandoned -> running, and ours."""
        claimed = (
            self._rows()
            .claimable()
            .update(
                status=self.Status.RUNNING,
                attempt=F("attempt") + 1,
                lease_until=_in(settings.LEASE_SECONDS),
                waits_until=None,
                worker=worker,
                step=0,
                steps=0,
                error="",
            )
        )
        self.refresh_from_db(fields=[*self.CHANGED, "finished_at"])
        return claimed == 1

    def renew(self, **values: Any) -> bool:
        """Keep it. False means cancelled or taken over: stop working."""
        return self.ours().update(lease_until=_in(settings.LEASE_SECONDS), **values) == 1

    def succeed(self, **values: Any) -> bool:
        return self.ours().update(status=self.Status.DONE, lease_until=None, finished_at=now(), **values) == 1

    def fail(self, error: str, *, for_good: bool = False) -> bool:
        """Back to the queue with attempts left, else failed for good."""
        if self.attempt < self.last_attempt and not for_good:
            values: dict[str, Any] = {"status": self.Status.QUEUED}
        else:
            values = {"status": self.Status.FAILED, "finished_at": now()}
        return self.ours().update(lease_until=None, put_offs=0, error=error[:500], **values) == 1

    def put_off(self, because: str) -> bool:
        """Back to the queue for a pause that doubles each time. The house is at fault, so it gets one more attempt."""
        pause = min(settings.PAUSE_SECONDS * 2.0 ** min(self.put_offs, 16), settings.LONGEST_PAUSE_SECONDS)
        return (
            self.ours().update(
                status=self.Status.QUEUED,
                lease_until=None,
                waits_until=_in(pause),
                put_offs=F("put_offs") + 1,
                last_attempt=F("last_attempt") + 1,
                error=because[:500],
            )
            == 1
        )

    def excuse(self) -> bool:
        """It was taken over from us by no fault of the work: one more attempt for whoever has it now."""
        taken_over = self._rows().open().filter(attempt__gt=self.attempt)
        return taken_over.update(last_attempt=F("last_attempt") + 1) == 1

    def release(self) -> bool:
        """Give it back unfinished: to be stopped is not to have failed, so it gets one more attempt."""
        more = F("last_attempt") + 1
        return self.ours().update(status=self.Status.QUEUED, lease_until=None, last_attempt=more) == 1

    def cancel(self) -> bool:
        """Whoever holds it: nobody wants it any more."""
        return self._rows().cancel() == 1

    def ours(self) -> LeasedQuerySet[Self]:
        return self._rows().filter(status=self.Status.RUNNING, attempt=self.attempt)

    def _rows(self) -> LeasedQuerySet[Self]:
        return type(self)._default_manager.filter(pk=self.pk)  # type: ignore[return-value]


def _in(seconds: float) -> CombinedExpression:
    """So long from now, by the database's clock."""
    return Now() + datetime.timedelta(seconds=seconds)
