"""The culling room, flags, the shortlist and the pages of candidates."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from creative import access
from creative.access import Action
from creative.http import Request, done
from creative.models import Brief, BriefRevision, Project
from generation.models import Candidate, Run
from review import assets, culling, progress, shortlist
from review.forms import FlagForm, SendForm, ShortlistingForm
from review.models import Flag, Shortlisting, Version
from review.views.shared import HTMX_STOP_POLLING, rights_in

PAGE = 60  # candidates


def _with_flags(candidates: QuerySet[Candidate], person: Any) -> QuerySet[Candidate]:
    """Annotates this person's flag and rating, and whether the candidate is shortlisted."""
    mine = Flag.objects.filter(candidate=OuterRef("pk"), person=person)
    return candidates.annotate(
        flag=Coalesce(Subquery(mine.values("value")), Value(Flag.Value.UNFLAGGED)),
        rating=Coalesce(Subquery(mine.values("rating")), 0),
        listed=Subquery(Shortlisting.objects.filter(candidate=OuterRef("pk")).values("position")),
    )


@require_GET
def cull(request: Request, brief_id: int) -> HttpResponse:
    """The room. It opens at the first candidate that this person has not flagged."""
    brief = access.fetch(Brief.objects.select_related("project__brand"), request.user, Action.CULL, pk=brief_id)
    row = progress.overview(brief)
    tiles = list(_with_flags(Candidate.objects.filter(brief=brief), request.user).order_by("index"))
    unflagged = [tile for tile in tiles if tile.flag == Flag.Value.UNFLAGGED]  # type: ignore[attr-defined]
    context = {
        **_tray(request, brief),
        "project": brief.project,
        "overview": row,
        "tiles": tiles,
        "left": len(unflagged),
        "first": next(iter([*unflagged, *tiles]), None),
        "newest": max((tile.pk for tile in tiles), default=0),
        "is_open": _is_open(brief),
    }
    return render(request, "review/cull.html", context)


def _is_open(brief: Brief) -> bool:
    return any(run.is_open for run in Run.objects.with_state().filter(brief=brief))


@require_GET
def arrivals(request: Request, brief_id: int) -> HttpResponse:
    """Tiles made since `?after=` (a candidate's id), to be put at the end: nothing moves under the hand."""
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.CULL, pk=brief_id)
    try:
        after = int(request.GET.get("after", 0))
    except ValueError:
        return HttpResponseBadRequest("'after' is the id of the newest candidate on the page.")
    is_open = _is_open(brief)  # first: what is made after it was asked is not missed
    tiles = list(_with_flags(Candidate.objects.filter(brief=brief, pk__gt=after), request.user).order_by("pk"))
    if not tiles and is_open:
        return HttpResponse(status=204)
    context = {
        "brief": brief,
        "tiles": tiles,
        "newest": tiles[-1].pk if tiles else after,
        "is_open": is_open,
        "rights": rights_in(request, brief.project),
    }
    return render(request, "review/_arrivals.html", context, status=200 if is_open else HTMX_STOP_POLLING)


@require_POST
def flag(request: Request, candidate_id: int) -> HttpResponse:
    candidate = access.fetch(Candidate.objects.select_related("project"), request.user, Action.CULL, pk=candidate_id)
    form = FlagForm(request.POST)
    if not form.is_valid() or not (form.cleaned_data["value"] or form.cleaned_data["rating"] is not None):
        return HttpResponseBadRequest(form.errors.as_text() or "Say a flag, a rating or both.")
    mine = culling.flag(
        candidate,
        by=request.user,
        value=form.cleaned_data["value"] or None,
        rating=form.cleaned_data["rating"],
    )
    if request.htmx or not request.accepts("text/html"):
        return JsonResponse({"flag": mine.value, "rating": mine.rating})
    return redirect("review:cull", candidate.brief_id)


@require_POST
def shortlisting(request: Request, candidate_id: int) -> HttpResponse:
    """Put a candidate on the shortlist (on=1) or take it off (on=0)."""
    candidate = access.fetch(
        Candidate.objects.select_related("project", "brief"), request.user, Action.COMPOSE, pk=candidate_id
    )
    form = ShortlistingForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("Say on=1 or on=0.")
    verb = shortlist.add if form.cleaned_data["on"] else shortlist.remove
    verb(candidate, by=request.user)
    return _tray_reply(request, candidate.brief)


@require_POST
def shortlist_order(request: Request, brief_id: int) -> HttpResponse:
    """Put the shortlist in the order of the posted `candidate` values."""
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.COMPOSE, pk=brief_id)
    try:
        order = [int(value) for value in request.POST.getlist("candidate")]
    except ValueError:
        return HttpResponseBadRequest("'candidate' takes ids.")
    shortlist.reorder(brief, by=request.user, candidates=order)
    return _tray_reply(request, brief)


def _tray_reply(request: Request, brief: Brief) -> HttpResponse:
    if not request.htmx:
        return redirect("review:cull", brief.pk)
    return render(request, "review/_shortlist.html", _tray(request, brief))


def _tray(request: Request, brief: Brief) -> dict[str, Any]:
    """What the shortlist's tray shows, in the room and alone."""
    rows = Shortlisting.objects.filter(brief=brief).select_related("candidate", "shortlisted_by")
    return {
        "brief": brief,
        "shortlist": list(rows),
        "unsent": shortlist.unsent(brief),
        "send_form": SendForm(),
        "rights": rights_in(request, brief.project),
    }


@require_POST
def assets_of_brief(request: Request, brief_id: int) -> HttpResponse:
    """Send what is new on the shortlist to review."""
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.COMPOSE, pk=brief_id)
    form = SendForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors.as_text())
    sent = assets.send(brief, by=request.user, note=form.cleaned_data["note"])
    if any(asset.versions.get().requires for asset in sent):
        sentence = f"Sent {len(sent)} to review."
    else:
        sentence = f"{len(sent)} approved at once: internal use needs no sign-off."
    return done(request, sentence, reverse("review:brief", args=[brief.pk]))


@require_GET
def candidates(request: Request, project_id: int) -> HttpResponse:
    """Every candidate of a project, newest first; keyset-paged, so page 3,000 costs what page 1 does."""
    project = access.fetch(Project.objects.select_related("brand"), request.user, Action.VIEW, pk=project_id)
    chosen = {"flag": request.GET.get("flag", ""), "brief": request.GET.get("brief", "")}
    found = Candidate.objects.filter(project=project)
    if chosen["flag"] == Flag.Value.UNFLAGGED:
        judged = Flag.objects.filter(candidate=OuterRef("pk"), person=request.user).exclude(value=chosen["flag"])
        found = found.filter(~Exists(judged))
    elif chosen["flag"] in Flag.Value.values:
        found = found.filter(flags__person=request.user, flags__value=chosen["flag"])
    if chosen["brief"].isdecimal():
        found = found.filter(brief=int(chosen["brief"]))
    before = request.GET.get("before", "")
    if before.isdecimal():
        found = found.filter(pk__lt=int(before))
    page = list(_with_flags(found, request.user).order_by("-pk")[: PAGE + 1])
    context = {
        "project": project,
        "tiles": page[:PAGE],
        "next_before": page[PAGE - 1].pk if len(page) > PAGE else None,
        "is_first": not before,
        "chosen": chosen,
        "flags": Flag.Value.choices,
        "briefs": _titles(project),
        "rights": rights_in(request, project),
    }
    return render(request, "review/candidates.html", context)


@require_GET
def candidate_page(request: Request, candidate_id: int) -> HttpResponse:
    """One candidate: how it was made, and its lineage from brief to export."""
    candidate = access.fetch(
        _with_flags(
            Candidate.objects.select_related("project__brand", "brief", "run__revision", "run__started_by"),
            request.user,
        ),
        request.user,
        Action.VIEW,
        pk=candidate_id,
    )
    versions = (
        Version.objects.with_state()
        .filter(candidate=candidate)
        .select_related("asset", "made_by", "shortlisted_by")
        .prefetch_related("signoffs__signed_by", "renditions__export__ordered_by")
    )
    beside = Candidate.objects.filter(brief=candidate.brief_id)
    context = {
        "candidate": candidate,
        "project": candidate.project,
        "recipe": candidate.run.recipe,
        "revision": candidate.run.revision,
        "shortlisting": Shortlisting.objects.filter(candidate=candidate).select_related("shortlisted_by").first(),
        "versions": versions,
        "previous": beside.filter(index__lt=candidate.index).order_by("-index").first(),
        "next": beside.filter(index__gt=candidate.index).order_by("index").first(),
        "rights": rights_in(request, candidate.project),
    }
    return render(request, "review/candidate.html", context)


def _titles(project: Project) -> list[tuple[int, str]]:
    """(id, newest title) of the newest briefs, for the filter."""
    newest = BriefRevision.objects.filter(brief=OuterRef("pk")).order_by("-number").values("title")[:1]
    titled = project.briefs.annotate(title=Subquery(newest)).order_by("-pk")
    return [(pk, title or "Untitled brief") for pk, title in titled.values_list("pk", "title")[:200]]
