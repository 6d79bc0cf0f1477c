"""Work that a machine does for a while: a status, a lease on it, and a fence."""

from __future__ import annotations

import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now

EXACTLY_WHILE_RUNNING = Q(status="running", lease_until__isnull=False) | (
    ~Q(status="running") & Q(lease_until__isnull=True)
)


class LeasedQuerySet(models.QuerySet):
    def wanted(self) -> Self:
        """What somebody still wants done; a subclass leaves out what was cancelled."""
        return self.all()

    def claimable(self) -> Self:
        """Queued, or abandoned by a worker that stopped renewing and with attempts left."""
        lapsed = Q(status=Leased.Status.RUNNING, lease_until__lt=now(), attempt__lt=settings.ATTEMPTS)
        return self.wanted().filter(Q(status=Leased.Status.QUEUED) | lapsed)

    def lapsed(self) -> Self:
        return self.filter(status=Leased.Status.RUNNING, lease_until__lt=now())

    def exhausted(self) -> Self:
        """Lapsed with no attempt left: nobody will claim it again."""
        return self.lapsed().filter(attempt__gte=settings.ATTEMPTS)


class Leased(models.Model):
    """Each transition is one guarded UPDATE and returns True to exactly one caller, however many race.

    `attempt` is the fence: a worker that slept past its lease no longer matches and can write nothing.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def claim(self, **values: Any) -> bool:
        """Queued, or abandoned -> running, and ours."""
        claimed = (
            self._rows()
            .claimable()
            .update(status=self.Status.RUNNING, attempt=F("attempt") + 1, lease_until=_lease(), error="", **values)
        )
        self.refresh_from_db()
        return claimed == 1

    def renew(self, **values: Any) -> bool:
        """Keep the claim. False means cancelled or taken over: stop working."""
        return self.ours().wanted().update(lease_until=_lease(), **values) == 1

    def succeed(self, **values: Any) -> bool:
        return self.ours().update(status=self.Status.DONE, lease_until=None, finished_at=now(), **values) == 1

    def fail(self, error: str, *, for_good: bool = False) -> bool:
        """Back to the queue with attempts left, else failed for good."""
        if self.attempt < settings.ATTEMPTS and not for_good:
            values: dict[str, Any] = {"status": self.Status.QUEUED}
        else:
            values = {"status": self.Status.FAILED, "finished_at": now()}
        return self.ours().update(lease_until=None, error=error[:500], **values) == 1

    def release(self) -> bool:
        """Give it back unfinished. The attempt stays counted, for it is the fence."""
        return self.ours().update(status=self.Status.QUEUED, lease_until=None) == 1

    def ours(self) -> LeasedQuerySet:
        return self._rows().filter(status=self.Status.RUNNING, attempt=self.attempt)

    def _rows(self) -> LeasedQuerySet:
        return type(self)._default_manager.filter(pk=self.pk)  # type: ignore[return-value]


def _lease() -> datetime.datetime:
    return now() + datetime.timedelta(seconds=settings.LEASE_SECONDS)


def in_words(error: BaseException) -> str:
    """One sentence for the page; the traceback is in the worker's log."""
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
