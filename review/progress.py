"""Where is it now? The state of briefs, derived by query, in a fixed number of queries for any number of briefs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from django.db.models import Count, F, FloatField, QuerySet, Sum

from creative.models import Brief, BriefRevision
from generation.models import Batch, Candidate, Run
from review.models import Version

STRIP = 8  # thumbnails in a brief's row


class State(StrEnum):
    DRAFT = "draft"
    QUEUED = "queued"
    GENERATING = "generating"
    STOPPED = "stopped"
    CULLING = "culling"
    IN_REVIEW = "in review"
    DONE = "done"
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        return self.value.capitalize()


@dataclass
class Spent:
    """GPU seconds and money, and how many approved assets came of it."""

    seconds: float = 0.0
    money: Decimal = Decimal(0)
    approved: int = 0

    @property
    def per_approved(self) -> Decimal | None:
        return self.money / self.approved if self.approved else None


@dataclass
class Overview:
    """A brief and everything a row or header says about it."""

    brief: Brief
    revision: BriefRevision
    state: State = State.DRAFT
    submitted: bool = False
    run: Run | None = None  # the newest
    made: int = 0
    strip: list[Candidate] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)  # each asset's newest
    cleared: list[int] = field(default_factory=list)  # ids: approved, perhaps while a newer one is in review
    spent: Spent = field(default_factory=Spent)

    @property
    def ordered(self) -> int:
        return self.run.first + self.run.count if self.run else 0

    @property
    def undecided(self) -> list[Version]:
        return [version for version in self.versions if version.state == Version.State.IN_REVIEW]

    @property
    def sent_back(self) -> list[Version]:
        return [version for version in self.versions if version.state == Version.State.CHANGES]

    @property
    def sentence(self) -> str:
        """Where it is now, in words."""
        if self.state == State.GENERATING or self.state == State.QUEUED:
            return f"{self.made} of {self.ordered} made"
        if self.state == State.CULLING:
            if self.sent_back:
                return f"{len(self.sent_back)} sent back for changes"
            return "1 candidate waits to be culled" if self.made == 1 else f"{self.made} candidates wait to be culled"
        if self.state == State.IN_REVIEW:
            waits = sorted({version.waits_for.label.lower() for version in self.undecided if version.waits_for})
            return f"Waiting for {' and '.join(waits)}"
        if self.state == State.DONE:
            return f"{len(self.cleared)} approved"
        if self.state == State.STOPPED:
            return "Nothing was made; it can be tried again"
        return {State.DRAFT: "Not submitted yet", State.ARCHIVED: "Put away"}[self.state]


def overview(brief: Brief) -> Overview:
    return overviews([brief])[0]


def overviews(briefs: Iterable[Brief]) -> list[Overview]:
    """In the order of `briefs`, which should come with `project__brand` selected."""
    found = list(briefs)
    ids = [brief.pk for brief in found]
    rows = _with_words(found, ids)
    archived = set(Brief.objects.filter(pk__in=ids, archival__isnull=False).values_list("pk", flat=True))
    earlier = _runs_and_counts(rows, ids)
    _strips(rows, ids)
    versions = Version.objects.newest().with_state().filter(asset__brief__in=ids).select_related("candidate", "asset")
    for version in versions.order_by("asset_id"):
        rows[version.asset.brief_id].versions.append(version)
    cleared = Version.objects.cleared().filter(asset__brief__in=ids)
    for brief_id, version_id in cleared.values_list("asset__brief", "pk"):
        rows[brief_id].cleared.append(version_id)
    _spending(rows, ids)
    for brief_id, row in rows.items():
        row.state = State.ARCHIVED if brief_id in archived else _state(row, earlier[brief_id])
    return [rows[brief.pk] for brief in found]


def _with_words(found: Sequence[Brief], ids: list[int]) -> dict[int, Overview]:
    revisions: dict[int, BriefRevision] = {}
    submitted = set()
    for revision in BriefRevision.objects.filter(brief__in=ids).order_by("number"):
        revisions[revision.brief_id] = revision
        if revision.submitted_at:
            submitted.add(revision.brief_id)
    return {b.pk: Overview(brief=b, revision=revisions[b.pk], submitted=b.pk in submitted) for b in found}


def _runs_and_counts(rows: dict[int, Overview], ids: list[int]) -> dict[int, int]:
    """Fills the newest run and what was made; returns what was made before the newest run."""
    for run in Run.objects.with_state().filter(brief__in=ids).select_related("started_by").order_by("pk"):
        rows[run.brief_id].run = run
    earlier: dict[int, int] = defaultdict(int)
    counts = (
        Candidate.objects.filter(brief__in=ids).order_by().values_list("brief_id", "run_id").annotate(n=Count("pk"))
    )
    for brief_id, run_id, n in counts:
        row = rows[brief_id]
        row.made += n
        if row.run and run_id != row.run.pk:
            earlier[brief_id] += n
    return earlier


def _strips(rows: dict[int, Overview], ids: list[int]) -> None:
    for candidate in Candidate.objects.filter(brief__in=ids, index__lt=STRIP).order_by("brief_id", "index"):
        rows[candidate.brief_id].strip.append(candidate)


def _spending(rows: dict[int, Overview], ids: list[int]) -> None:
    for brief_id, spent in spent_by(Batch.objects.filter(run__brief__in=ids), "run__brief_id").items():
        rows[brief_id].spent = spent
    for row in rows.values():
        row.spent.approved = len(row.cleared)


def spent_by(batches: QuerySet[Batch], key: str) -> dict[int, Spent]:
    """GPU seconds and money by `key`, wasted attempts included."""
    money = Sum(F("gpu_seconds") * F("run__price"), output_field=FloatField())
    rows = batches.order_by().values_list(key).annotate(seconds=Sum("gpu_seconds"), money=money)
    return {at: Spent(seconds, Decimal(str(round(cost, 6)))) for at, seconds, cost in rows}


def _state(row: Overview, earlier: int) -> State:
    if not row.submitted or row.run is None:
        return State.DRAFT
    if row.undecided:
        return State.IN_REVIEW
    if row.cleared and not row.sent_back:
        return State.DONE
    if not earlier and row.run.state == Run.State.RUNNING:
        return State.GENERATING
    if not earlier and row.run.state == Run.State.QUEUED:
        return State.GENERATING if row.made else State.QUEUED
    return State.CULLING if row.made else State.STOPPED
