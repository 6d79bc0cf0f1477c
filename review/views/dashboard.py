"""Home, project and brief pages: where everything is now."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from creative import access, brief_facts, briefs
from creative.evidence import audit, history
from creative.http import HTMX_STOP_POLLING, Request, rights_in
from creative.models import Brief, Chain, Project, User
from creative.presses import Answer, once
from creative.roles import Action
from generation import checkings
from generation.forms import CountForm
from review import home as home_of
from review import live, progress, suggesting
from review.progress import State

NEWEST = 40  # acts that a brief's page tells
PAGE = 50  # tasks, or briefs


@require_safe
def home(request: Request) -> HttpResponse:
    tasks, in_progress = home_of.for_person(request.user)
    mine = Project.objects.visible_to(request.user)
    context = {
        "tasks": Paginator(tasks, PAGE).get_page(request.GET.get("tasks")),
        "in_progress": Paginator(in_progress, PAGE).get_page(request.GET.get("page")),
        "projects": mine.select_related("brand").order_by("name"),
        "month": progress.month(mine, timezone.localtime()),
        "greeting": _greeting(request.user),
    }
    return render(request, "review/home.html", context)


def _greeting(person: User) -> str:
    hour = timezone.localtime().hour
    greeting = _("Good morning, %(name)s") if hour < 12 else _("Good afternoon, %(name)s")
    if hour >= 18:
        greeting = _("Good evening, %(name)s")
    return greeting % {"name": person.first_name or person}


@require_safe
def project(request: Request, project_id: int) -> HttpResponse:
    project = access.fetch(Project.objects.select_related("brand"), request.user, Action.VIEW, pk=project_id)
    briefs_of = progress.with_state(Brief.objects.filter(project=project))
    counts = dict(briefs_of.order_by().values_list("found_state").annotate(n=Count("pk")))
    asked = request.GET.get("state", "")
    chosen = asked if asked in State.values else ""
    shown = briefs_of.filter(found_state=chosen) if chosen else briefs_of.exclude(found_state=State.ARCHIVED)
    page = Paginator(shown.select_related("project__brand").order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "project": project,
        "page": page,
        "rows": progress.overviews(page.object_list),
        "total": sum(counts.values()),
        "states": [(state, counts[state]) for state in State if state in counts],
        "chosen": chosen,
        "spent": progress.spent_in(Project.objects.filter(pk=project.pk)),
        "people": project.members.select_related("user").order_by("role"),
        "rights": rights_in(request, project),
    }
    return render(request, "review/project.html", context)


def _token(request: Request, brief_id: int) -> str | None:
    """Changes whenever the brief's live part would: every change of it is an event, and progress is in the batches."""
    brief = Brief.objects.visible_to(request.user).filter(pk=brief_id).first()
    if brief is None:
        return None
    site = Chain.objects.filter(scope=audit.SITE).values_list("head", flat=True).first()  # people, roles, policy
    project = f"project:{brief.project_id}"
    heads = (history.newest(brief.pk), history.newest_of_no_brief(project), site)
    parts = (*heads, live.steps(brief), request.user.pk, settings.RELEASE)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


@require_safe
def brief(request: Request, brief_id: int) -> HttpResponse:
    brief = access.fetch(Brief.objects.select_related("project__brand"), request.user, Action.VIEW, pk=brief_id)
    token = _token(request, brief_id)  # first: what changes while we look is shown by the next poll
    row = progress.overview(brief)
    revisions = list(brief.revisions.select_related("submitted_by", "written_by").order_by("-number"))
    submitted = next((revision for revision in revisions if revision.submitted_at), None)
    context = {
        **live.of(row),
        "token": token,
        "project": brief.project,
        "submitted": submitted,
        "facts": brief_facts.of(submitted.words(), revision=submitted.number) if submitted else [],
        "open_revision": next((revision for revision in revisions if not revision.submitted_at), None),
        "history": history.of(brief.pk, newest=NEWEST),
        "count_form": CountForm(),
        "silent": checkings.silent_of(brief),
        "outdated": len(checkings.outdated_of(brief)),
        "suggestions": suggesting.of(brief, request.user),
        "rights": rights_in(request, brief.project),
    }
    return render(request, "review/brief.html", context)


@require_safe
def brief_progress(request: Request, brief_id: int) -> HttpResponse:
    """The live part of the brief page. 204 while nothing is new since `?since=`; 286 ends the polling."""
    brief = access.fetch(Brief.objects.select_related("project__brand"), request.user, Action.VIEW, pk=brief_id)
    token = _token(request, brief_id)
    if token == request.GET.get("since"):
        return HttpResponse(status=204)
    row = progress.overview(brief)
    found = live.of(row)
    context = {**found, "token": token, "project": brief.project, "rights": rights_in(request, brief.project)}
    if found["is_open"]:
        return render(request, "review/_brief_live.html", context)
    # Over: what else the page says (acts, money, history) changed as well, so it is loaded anew.
    response = render(request, "review/_brief_live.html", context, status=HTMX_STOP_POLLING)
    response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@once
def archival(request: Request, brief_id: int) -> Answer:
    """Put away, or with on=0 bring back."""
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.BRIEF, pk=brief_id)
    if request.POST.get("on") == "0":
        briefs.restore(brief, by=request.user)
        sentence = "Brought back."
    else:
        briefs.archive(brief, by=request.user)
        sentence = "Archived. You can bring it back at any time."
    return Answer(sentence, reverse("review:brief", args=[brief.pk]))
