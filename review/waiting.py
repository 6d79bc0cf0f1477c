"""What waits for a person: the acts that only their roles allow, oldest first."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from creative.models import Brief, Project, User
from creative.roles import GRANTS, Action
from review.models import Export, Rendition, SignOff, Stage, Version
from review.progress import Overview, State, overviews


@dataclass(frozen=True)
class Task:
    """One thing to do now. `act` is sign, fix, cull, retry or download."""

    act: str
    overview: Overview | None
    version: Version | None
    since: datetime.datetime
    due: datetime.date | None


def to_sign(user: User) -> list[Version]:
    """`signable`, oldest first, with what a queue shows of them."""
    signed = SignOff.objects.filter(withdrawn_at=None).select_related("signed_by")
    return list(
        signable(user)
        .select_related("asset__project__brand", "candidate", "made_by")
        .prefetch_related(Prefetch("signoffs", queryset=signed, to_attr="standing"))
        .order_by("made_at")
    )


def signable(user: User) -> QuerySet[Version]:
    """Versions whose turn it is in a stage that this person signs, and that they may sign."""
    turn = Q()
    for stage in Stage:
        mine = Project.objects.filter(members__user=user, members__stage=stage)
        before = Q(needs_brand=False) | Q(brand_approved=True) if stage == Stage.LEGAL else Q()
        turn |= (
            Q(**{f"needs_{stage.value}": True, f"{stage.value}_approved": False}) & Q(asset__project__in=mine) & before
        )
    own = Q(run_started_by=user) | Q(shortlisted_by=user) | Q(made_by=user)
    return Version.objects.newest().undecided().filter(turn).exclude(own)


def for_person(user: User) -> tuple[list[Task], list[Overview]]:
    """(what waits for them, what is in progress in their projects)."""
    roles = dict(user.memberships.values_list("project_id", "role"))
    open_briefs = Brief.objects.filter(project__in=roles, archival=None).select_related("project__brand")
    found = overviews(open_briefs.order_by("-pk")[:100])
    done = Rendition.objects.filter(export__status=Export.Status.DONE, version__asset__project__in=roles)
    exported = set(done.values_list("version_id", flat=True))
    tasks = [_sign(version) for version in to_sign(user)]
    for row in found:
        rights = GRANTS[roles[row.brief.project_id]]
        if task := _task(row, rights, exported):
            tasks.append(task)
    waiting = {task.overview.brief.pk for task in tasks if task.overview}
    progress = [row for row in found if row.brief.pk not in waiting and row.state != State.DONE]
    return sorted(tasks, key=lambda task: (task.due or datetime.date.max, task.since)), progress


def _sign(version: Version) -> Task:
    due = version.frozen["brief"].get("due")
    return Task("sign", None, version, version.made_at, datetime.date.fromisoformat(due) if due else None)


def _task(row: Overview, rights: frozenset[Action], exported: set[int]) -> Task | None:
    since = row.run.started_at if row.run else row.revision.written_at
    if row.sent_back and Action.COMPOSE in rights:
        return Task("fix", row, None, since, row.revision.due)
    if row.state == State.CULLING and Action.COMPOSE in rights:
        return Task("cull", row, None, since, row.revision.due)
    if row.state == State.STOPPED and Action.BRIEF in rights:
        return Task("retry", row, None, since, row.revision.due)
    if row.state == State.DONE and Action.DOWNLOAD in rights and not exported.issuperset(row.cleared):
        return Task("download", row, None, since, row.revision.due)
    return None
