"""Work that a machine does for a while: a status, a lease on it, and a fence."""

from __future__ import annotations

import datetime
import logging
import threading
from typing import Any, Self

from django.conf import settings
from django.db import connections, models
from django.db.models import F, Q
from django.utils.timezone import now

log = logging.getLogger(__name__)

EXACTLY_WHILE_RUNNING = Q(status="running", lease_until__isnull=False) | (
    ~Q(status="running") & Q(lease_until__isnull=True)
)


class LeasedQuerySet(models.QuerySet):
    def wanted(self) -> Self:
        """What somebody still wants done; a subclass leaves out what was cancelled."""
        return self.all()

    def unfinished(self) -> Self:
        return self.filter(status__in=[Leased.Status.QUEUED, Leased.Status.RUNNING])

    def claimable(self) -> Self:
        """Queued, or abandoned by a worker that stopped renewing and with attempts left."""
        lapsed = Q(status=Leased.Status.RUNNING, lease_until__lt=now(), attempt__lt=F("last_attempt"))
        return self.wanted().filter(Q(status=Leased.Status.QUEUED) | lapsed)

    def lapsed(self) -> Self:
        return self.filter(status=Leased.Status.RUNNING, lease_until__lt=now())

    def exhausted(self) -> Self:
        """Lapsed with no attempt left: nobody will claim it again."""
        return self.lapsed().filter(attempt__gte=F("last_attempt"))


def attempts() -> int:
    return int(settings.ATTEMPTS)


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
    attempt = models.PositiveSmallIntegerField(default=0)  # only ever grows: it is the fence
    last_attempt = models.PositiveSmallIntegerField(default=attempts)
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
        if self.attempt < self.last_attempt and not for_good:
            values: dict[str, Any] = {"status": self.Status.QUEUED}
        else:
            values = {"status": self.Status.FAILED, "finished_at": now()}
        return self.ours().update(lease_until=None, error=error[:500], **values) == 1

    def release(self) -> bool:
        """Give it back unfinished: to be stopped is not to have failed, so it gets one more attempt."""
        more = F("last_attempt") + 1
        return self.ours().update(status=self.Status.QUEUED, lease_until=None, last_attempt=more) == 1

    def ours(self) -> LeasedQuerySet:
        return self._rows().filter(status=self.Status.RUNNING, attempt=self.attempt)

    def _rows(self) -> LeasedQuerySet:
        return type(self)._default_manager.filter(pk=self.pk)  # type: ignore[return-value]


def _lease() -> datetime.datetime:
    return now() + datetime.timedelta(seconds=settings.LEASE_SECONDS)


class ClaimLost(Exception):
    """Cancelled, or taken over after the lease ran out: stop and write nothing more."""


class Heartbeat:
    """Keeps what we have claimed ours, from a thread of its own, until it is closed or the claim is lost."""

    def __init__(self, leased: Leased) -> None:
        self._leased = leased
        self._lost = threading.Event()
        self._closed = threading.Event()
        threading.Thread(target=self._beat, name=f"heartbeat of {leased}", daemon=True).start()

    @property
    def is_lost(self) -> bool:
        return self._lost.is_set()

    def renew(self, **values: Any) -> None:
        """A beat out of turn, with values to write beside it."""
        if not self._leased.renew(**values):
            self._lost.set()

    def close(self) -> None:
        self._closed.set()

    def _beat(self) -> None:
        try:
            while not self._closed.wait(settings.HEARTBEAT_SECONDS) and not self.is_lost:
                try:
                    self.renew()
                except Exception:  # a database away for a moment: the next beat may get through before the lease ends
                    log.warning("Could not renew the lease on %s", self._leased, exc_info=True)
        finally:
            connections.close_all()


def in_words(error: BaseException) -> str:
    """One sentence for the page; the traceback is in the worker's log."""
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__
