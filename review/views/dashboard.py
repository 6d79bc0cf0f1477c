"""Home, project and brief pages: where everything is now."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import condition, require_GET, require_POST

from creative import access, audit, briefs
from creative.access import Action
from creative.http import Request, done
from creative.models import Brief, Chain, Event, Project, User
from generation import estimates
from generation.forms import CountForm
from generation.models import Batch, Candidate, Run
from review import progress, shortlist, waiting
from review.models import Version
from review.progress import Overview, State
from review.views.shared import HTMX_STOP_POLLING, rights_in


@require_GET
def home(request: Request) -> HttpResponse:
    tasks, in_progress = waiting.for_person(request.user)
    month = timezone.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    mine = Project.objects.visible_to(request.user).values("pk")
    made = Candidate.objects.filter(project__in=mine, made_at__gte=month).count()
    approved = Version.objects.cleared().filter(asset__project__in=mine)
    approved_this_month = approved.filter(made_at__gte=month).count()
    money = sum(s.money for s in progress.spent_by(Batch.objects.filter(run__project__in=mine), "run_id").values())
    approved_ever = approved.count()
    context = {
        "tasks": tasks,
        "in_progress": in_progress,
        "projects": Project.objects.visible_to(request.user).select_related("brand").order_by("name"),
        "made_this_month": made,
        "approved_this_month": approved_this_month,
        "per_approved": money / approved_ever if approved_ever else None,
        "hour": timezone.localtime().hour,
    }
    return render(request, "review/home.html", context)


@require_GET
def project(request: Request, project_id: int) -> HttpResponse:
    project = access.fetch(Project.objects.select_related("brand"), request.user, Action.VIEW, pk=project_id)
    rows = progress.overviews(project.briefs.select_related("project__brand").order_by("-pk")[:200])
    chosen = request.GET.get("state", "")
    shown = [row for row in rows if row.state == chosen or (not chosen and row.state != State.ARCHIVED)]
    spent = progress.spent_by(Batch.objects.filter(run__project=project), "run__project_id").get(
        project.pk, progress.Spent()
    )
    spent.approved = Version.objects.cleared().filter(asset__project=project).count()
    context = {
        "project": project,
        "rows": shown,
        "total": len(rows),
        "states": [(state, sum(row.state == state for row in rows)) for state in State],
        "chosen": chosen,
        "spent": spent,
        "people": project.members.select_related("user").order_by("role"),
        "rights": rights_in(request, project),
    }
    return render(request, "review/project.html", context)


def _token(request: Request, brief_id: int) -> str | None:
    """Changes whenever the brief page would: every change is an event, and progress is in the batches."""
    brief = Brief.objects.visible_to(request.user).filter(pk=brief_id).values_list("project_id").first()
    if brief is None:
        return None
    head = Chain.objects.filter(scope=f"project:{brief[0]}").values_list("head", flat=True).first()
    steps = Batch.objects.filter(run__brief=brief_id, status="running").values_list("pk", "step")
    # The site's chain too: roles, policy and presets are written there.
    site = Chain.objects.filter(scope=audit.SITE).values_list("head", flat=True).first()
    parts = (
        head,
        site,
        request.user.pk,
        list(steps),
        request.META.get("CSRF_COOKIE"),
        request.COOKIES.get("theme"),
        timezone.localdate(),
    )
    return hashlib.sha256(repr((*parts, settings.RELEASE)).encode()).hexdigest()[:32]


def _etag(request: Request, brief_id: int) -> str | None:
    token = _token(request, brief_id)
    return f'"{token}"' if token and not _has_messages(request) else None


def _has_messages(request: Request) -> bool:
    return "messages" in request.COOKIES or bool(request.session.get("_messages"))


@require_GET
@condition(etag_func=_etag)
def brief(request: Request, brief_id: int) -> HttpResponse:
    brief = access.fetch(Brief.objects.select_related("project__brand"), request.user, Action.VIEW, pk=brief_id)
    row = progress.overview(brief)
    revisions = list(brief.revisions.select_related("submitted_by", "written_by").order_by("-number"))
    context = {
        **_live(row),
        "token": _token(request, brief_id),
        "project": brief.project,
        "submitted": next((revision for revision in revisions if revision.submitted_at), None),
        "open_revision": next((revision for revision in revisions if not revision.submitted_at), None),
        "revisions": revisions,
        "history": _history(brief),
        "unsent": shortlist.unsent(brief),
        "count_form": CountForm(),
        "rights": rights_in(request, brief.project),
    }
    response = render(request, "review/brief.html", context)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@require_GET
def brief_progress(request: Request, brief_id: int) -> HttpResponse:
    """The live part of the brief page. 204 while nothing is new since `?since=`; 286 ends the polling."""
    brief = access.fetch(Brief.objects.select_related("project__brand"), request.user, Action.VIEW, pk=brief_id)
    token = _token(request, brief_id)
    if token == request.GET.get("since"):
        return HttpResponse(status=204)
    row = progress.overview(brief)
    live = _live(row)
    context = {**live, "token": token, "project": brief.project, "rights": rights_in(request, brief.project)}
    return render(request, "review/_brief_live.html", context, status=200 if live["is_open"] else HTMX_STOP_POLLING)


@require_POST
def archival(request: Request, brief_id: int) -> HttpResponse:
    """Put away, or with on=0 bring back."""
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.BRIEF, pk=brief_id)
    if request.POST.get("on") == "0":
        briefs.restore(brief, by=request.user)
        sentence = "Brought back."
    else:
        briefs.archive(brief, by=request.user)
        sentence = "Archived. You can bring it back at any time."
    return done(request, sentence, reverse("review:brief", args=[brief.pk]))


def _live(row: Overview) -> dict[str, Any]:
    """What changes while candidates arrive: tiles for what is made, being made and waiting, and the time left."""
    run = row.run
    is_open = run is not None and run.state in (Run.State.RUNNING, Run.State.QUEUED)
    batches = list(Batch.objects.filter(run__brief=row.brief).exclude(status="done").order_by("first"))
    made = list(Candidate.objects.filter(brief=row.brief).order_by("index"))
    return {
        "overview": row,
        "brief": row.brief,
        "run": run,
        "is_open": is_open,
        "tiles": made,
        "pending": _pending(batches, {candidate.index for candidate in made}, run) if is_open else [],
        "failed": [batch for batch in batches if batch.status == Batch.Status.FAILED],
        "seconds_left": _seconds_left(row, batches) if is_open else None,
        "ahead": _ahead(run) if run and run.state == Run.State.QUEUED else 0,
    }


def _pending(batches: list[Batch], made: set[int], run: Run | None) -> list[dict[str, Any]]:
    steps = run.recipe.preset.steps if run else 0
    return [
        {
            "number": index + 1,
            "running": batch.status == Batch.Status.RUNNING,
            "step": batch.step,
            "steps": steps,
        }
        for batch in batches
        if batch.status in (Batch.Status.RUNNING, Batch.Status.QUEUED)
        for index in batch.indexes
        if index not in made
    ]


def _seconds_left(row: Overview, batches: list[Batch]) -> float | None:
    assert row.run  # noqa: S101
    rate = estimates.seconds_per_picture(row.run.preset)
    if rate is None:
        return None
    steps = row.run.recipe.preset.steps
    waiting_batches = [b for b in batches if b.status in (Batch.Status.RUNNING, Batch.Status.QUEUED)]
    left = sum(b.count * (1 - b.step / steps if b.status == Batch.Status.RUNNING else 1) for b in waiting_batches)
    workers = max(1, sum(b.status == Batch.Status.RUNNING for b in waiting_batches))
    return left * rate / workers


def _ahead(run: Run) -> int:
    """Pictures that were ordered earlier and are not made yet."""
    return sum(Batch.objects.wanted().unfinished().filter(run__lt=run.pk).values_list("count", flat=True))


def _history(brief: Brief) -> list[dict[str, Any]]:
    """The brief's newest events as sentences, with who and when."""
    runs = [str(pk) for pk in Run.objects.filter(brief=brief).values_list("pk", flat=True)]
    told = {
        "brief.drafted": "started the brief",
        "brief.submitted": "submitted it",
        "brief.archived": "archived it",
        "brief.restored": "brought it back",
        "run.started": "ordered {count} candidates",
        "run.topped_up": "ordered {count} more",
        "run.cancelled": "cancelled the run",
        "run.retried": "tried the run again",
    }
    events = Event.objects.filter(scope=audit.scope_of(brief.project), action__in=told).order_by("-sequence")[:200]
    mine = [e for e in events if e.data.get("brief") == brief.pk or str(e.data.get("run")) in runs][:12]
    people = {user.pk: user for user in User.objects.filter(pk__in={event.actor_id for event in mine})}
    return [
        {
            "who": people.get(event.actor_id or 0, "Winnow"),
            "what": told[event.action].format(**event.data),
            "at": datetime.fromisoformat(event.at),
        }
        for event in mine
    ]
