"""Where is it now? The state of briefs, derived in SQL, in a fixed number of queries for any number of briefs."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models import When as If
from django.db.models.enums import TextChoices

from creative import money
from creative.models import Archival, Brief, BriefRevision, Project
from generation.models import Batch, Candidate, Refusal, Run
from review.models import Asset, Flag, SignOff, Turn, Version, VersionOrder
from review.signing import standing

STRIP = 8  # thumbnails in a brief's row


class State(TextChoices):
    DRAFT = "draft", "Draft"
    QUEUED = "queued", "Queued"
    GENERATING = "generating", "Generating"
    STOPPED = "stopped", "Stopped"
    CULLING = "culling", "Culling"
    IN_REVIEW = "in review", "In review"
    DONE = "done", "Done"
    ARCHIVED = "archived", "Archived"


def with_state(briefs: QuerySet[Brief]) -> QuerySet[Any]:  # mypy can't see what is annotated
    """Annotates `found_state`, so that briefs can be filtered, counted and paged by it."""
    runs = Run.objects.filter(brief=OuterRef("pk"))
    made = Candidate.objects.filter(brief=OuterRef("pk"))
    first_of_all = ~Exists(made.exclude(run=OuterRef("newest_run")))  # a top-up does not change where a brief is
    newest = Batch.objects.filter(run=OuterRef("newest_run"))
    running, queued = (Exists(newest.filter(status=each)) for each in (Batch.Status.RUNNING, Batch.Status.QUEUED))
    review = Exists(Turn.objects.filter(brief=OuterRef("pk"))) | Exists(
        VersionOrder.objects.open().filter(asset__brief=OuterRef("pk"))
    )
    wanted = BriefRevision.objects.filter(brief=OuterRef("pk"), submitted_at__isnull=False).order_by("-number")
    cleared = standing.cleared().filter(asset__brief=OuterRef("pk")).order_by().values("asset__brief")
    enough = Q(approved__gte=F("wanted")) & ~Exists(_unseen(OuterRef("pk")))
    state = Case(
        If(Exists(Archival.objects.filter(brief=OuterRef("pk"))), then=Value(State.ARCHIVED)),
        If(newest_run=None, then=Value(State.DRAFT)),
        If(review, then=Value(State.IN_REVIEW)),
        If(enough & ~Exists(_sent_back(OuterRef("pk"))), then=Value(State.DONE)),
        If(Q(running) & Q(first_of_all), then=Value(State.GENERATING)),
        If(Q(queued) & Q(first_of_all) & Exists(made), then=Value(State.GENERATING)),
        If(Q(queued) & Q(first_of_all), then=Value(State.QUEUED)),
        If(Exists(made), then=Value(State.CULLING)),
        default=Value(State.STOPPED),
        output_field=CharField(),
    )
    counted = briefs.annotate(
        newest_run=Subquery(runs.order_by("-pk").values("pk")[:1]),
        wanted=Subquery(wanted.values("target")[:1]),
        approved=Subquery(cleared.annotate(n=Count("asset", distinct=True)).values("n")),
    )
    return counted.annotate(found_state=state)


def _unseen(brief: OuterRef) -> QuerySet[Candidate]:
    """Candidates that came after the brief's newest version was made, and that nobody has judged since."""
    newest = Version.objects.filter(asset__brief=OuterRef("brief")).order_by("-made_at").values("made_at")[:1]
    judged = Flag.objects.filter(candidate=OuterRef("pk")).exclude(value=Flag.Value.UNFLAGGED)
    return Candidate.objects.filter(~Exists(judged), brief=brief, made_at__gt=Subquery(newest))


def _sent_back(brief: OuterRef) -> QuerySet[SignOff]:
    later = Version.objects.filter(asset=OuterRef("version__asset"), number__gt=OuterRef("version__number"))
    asked = SignOff.objects.filter(version__asset__brief=brief, withdrawn_at=None, decision=SignOff.Decision.CHANGES)
    return asked.filter(~Exists(later))


@dataclass
class Spent:
    """GPU seconds and money, and what came of it: approved assets, and the different pictures in them."""

    seconds: Decimal = Decimal(0)
    money: Decimal = Decimal(0)
    approved: int = 0
    pictures: int = 0

    @property
    def per_approved(self) -> Decimal | None:
        return self.money / self.approved if self.approved else None

    @property
    def per_picture(self) -> Decimal | None:
        return self.money / self.pictures if self.pictures else None


@dataclass
class Overview:
    """A brief and everything a row or header says about it."""

    brief: Brief
    revision: BriefRevision
    state: State = State.DRAFT
    submitted: bool = False
    run: Run | None = None  # the newest
    awaited: int = 0  # candidates that the open runs were for
    made: int = 0
    refused: int = 0  # slots that the engine would not make
    strip: list[Candidate] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)  # each asset's newest
    turns: list[Turn] = field(default_factory=list)
    orders: list[VersionOrder] = field(default_factory=list)  # of versions that are being composed
    cleared: list[int] = field(default_factory=list)  # ids: approved, perhaps while a newer one is in review
    pictures: set[int] = field(default_factory=set)  # of those, as ids of their candidates
    spent: Spent = field(default_factory=Spent)

    @property
    def ordered(self) -> int:
        return self.run.first + self.run.count if self.run else 0

    @property
    def sent_back(self) -> list[Version]:
        return [version for version in self.versions if version.state == Version.State.CHANGES]

    @property
    def is_done(self) -> bool:
        return self.state == State.DONE

    @property
    def is_archived(self) -> bool:
        return self.state == State.ARCHIVED

    @property
    def sentence(self) -> str:
        """Where it is now, in words."""
        if self.state in (State.GENERATING, State.QUEUED):
            return f"{self.made} of {self.awaited} made{self._refused}"
        if self.state == State.CULLING:
            if self.sent_back:
                return f"{len(self.sent_back)} sent back for changes"
            made = "1 candidate waits" if self.made == 1 else f"{self.made} candidates wait"
            approved = f"{len(self.cleared)} of {self.revision.target} approved, " if self.cleared else ""
            return f"{approved}{made} to be culled{self._refused}"
        if self.state == State.IN_REVIEW:
            waits = sorted({turn.label.lower() for turn in self.turns})
            return f"Waiting for {' and '.join(waits)}" if waits else "Being composed for review"
        if self.state == State.DONE:
            return f"{len(self.cleared)} approved"
        if self.state == State.STOPPED:
            return "Nothing was made; it can be tried again" if self.can_be_retried else "The model refused all of it"
        return {State.DRAFT: "Not submitted yet", State.ARCHIVED: "Put away"}[self.state]

    @property
    def can_be_retried(self) -> bool:
        """Something of it was not made, and was not refused either."""
        return self.made + self.refused < self.ordered

    @property
    def _refused(self) -> str:
        return f", {self.refused} refused" if self.refused else ""


def overview(brief: Brief) -> Overview:
    return overviews([brief])[0]


def overviews(briefs: Iterable[Brief]) -> list[Overview]:
    """In the order of `briefs`, which should come with `project__brand` selected."""
    found = list(briefs)
    ids = [brief.pk for brief in found]
    rows = _with_words(found, ids)
    _runs_and_counts(rows, ids)
    _strips(rows, ids)
    _review(rows, ids)
    _spending(rows, ids)
    for pk, state in with_state(Brief.objects.filter(pk__in=ids)).values_list("pk", "found_state"):
        rows[pk].state = State(state)
    return [rows[brief.pk] for brief in found]


def _with_words(found: Sequence[Brief], ids: list[int]) -> dict[int, Overview]:
    revisions: dict[int, BriefRevision] = {}
    submitted = set()
    for revision in BriefRevision.objects.filter(brief__in=ids).order_by("number"):
        revisions[revision.brief_id] = revision
        if revision.submitted_at:
            submitted.add(revision.brief_id)
    return {b.pk: Overview(brief=b, revision=revisions[b.pk], submitted=b.pk in submitted) for b in found}


def _runs_and_counts(rows: dict[int, Overview], ids: list[int]) -> None:
    for run in Run.objects.with_state().filter(brief__in=ids).select_related("started_by").order_by("pk"):
        rows[run.brief_id].run = run
        rows[run.brief_id].awaited += run.count if run.is_open else 0
    made = Candidate.objects.filter(brief__in=ids).order_by().values_list("brief_id").annotate(n=Count("pk"))
    for brief_id, n in made:
        rows[brief_id].made = n
    refused = Refusal.objects.filter(brief__in=ids).order_by().values_list("brief_id").annotate(n=Count("pk"))
    for brief_id, n in refused:
        rows[brief_id].refused = n


def _strips(rows: dict[int, Overview], ids: list[int]) -> None:
    for candidate in Candidate.objects.filter(brief__in=ids, index__lt=STRIP).order_by("brief_id", "index"):
        rows[candidate.brief_id].strip.append(candidate)


def _review(rows: dict[int, Overview], ids: list[int]) -> None:
    """What is in review, being composed or approved.

    Versions are asked for by their assets' ids: of a brief's assets PostgreSQL can only guess how many there are, and
    where it guesses high it reads every sign-off there ever was.
    """
    assets = dict(Asset.objects.filter(brief__in=ids).values_list("pk", "brief_id"))
    versions = standing.with_state(standing.newest().filter(asset__in=assets))
    for version in versions.select_related("asset").prefetch_related("compositions").order_by("asset_id"):
        rows[assets[version.asset_id]].versions.append(version)
    for turn in Turn.objects.filter(brief__in=ids).select_related("taken_by").order_by("since"):
        rows[turn.brief_id].turns.append(turn)
    orders = VersionOrder.objects.open().filter(asset__in=assets)
    for order in orders.select_related("asset", "candidate").order_by("pk"):
        rows[assets[order.asset_id]].orders.append(order)
    cleared = standing.cleared().filter(asset__in=assets)
    for asset_id, version_id, candidate_id in cleared.values_list("asset", "pk", "candidate"):
        row = rows[assets[asset_id]]
        row.cleared.append(version_id)
        row.pictures.add(candidate_id)


def _spending(rows: dict[int, Overview], ids: list[int]) -> None:
    spent = money.spent_on(ids)
    for brief_id, row in rows.items():
        here = spent.get(brief_id, money.Spent())
        row.spent = Spent(here.seconds, here.money, len(row.cleared), len(row.pictures))


def spent_in(projects: QuerySet[Project]) -> Spent:
    """In all of these projects together."""
    spent = money.spent_in(projects)
    approved = standing.cleared().filter(asset__project__in=projects)
    came_of_it = approved.aggregate(approved=Count("pk"), pictures=Count("candidate", distinct=True))
    return Spent(spent.seconds, spent.money, **came_of_it)


@dataclass(frozen=True)
class Month:
    """What came of this month so far."""

    made: int
    spent: Spent


def month(projects: QuerySet[Project], today: datetime.datetime) -> Month:
    """`today` is in the zone whose month counts. What was signed or needed nobody this month, and stands."""
    begun = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    made = Candidate.objects.filter(project__in=projects, made_at__gte=begun)
    # By their ids: of an OR over two subqueries no database makes two looks into an index.
    signed = SignOff.objects.filter(signed_at__gte=begun, withdrawn_at=None).values_list("version_id", flat=True)
    unasked = Version.objects.filter(made_at__gte=begun, requirements=None).values_list("pk", flat=True)
    approved = standing.cleared().filter(pk__in={*signed, *unasked}, asset__project__in=projects)
    came_of_it = approved.aggregate(approved=Count("pk"), pictures=Count("candidate", distinct=True))
    spent = money.spent_in(projects, since=begun)
    return Month(made.count(), Spent(spent.seconds, spent.money, **came_of_it))
