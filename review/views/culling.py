"""The culling room, flags, the shortlist and the pages of candidates."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from creative import access, briefs
from creative.access import Action
from creative.errors import Refused
from creative.http import Request, done
from creative.models import Brief, BriefRevision, Project
from generation.forms import CountForm, MoreLikeForm
from generation.models import Candidate
from review import assets, blind_pass, culling, progress, room, shortlist
from review.forms import FlagForm, Malformed, SendForm, ShortlistingForm, marks_in
from review.models import BlindPass, Flag, Shortlisting, Version
from review.views.shared import rights_in

PAGE = 60  # candidates
COMPACT = {"separators": (",", ":")}
VIEWS = ("grid", "loupe", "compare", "survey")


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
    """The room: its page, and all that it shows as data."""
    brief = access.fetch(Brief.objects.select_related("project__brand"), request.user, Action.CULL, pk=brief_id)
    shown = room.of(brief, request.user, rights_in(request, brief.project))
    context = {
        **_tray(request, brief),
        **_blindness(request, brief),
        "room": shown,
        "first": _first_unflagged(shown),
        "project": brief.project,
        "overview": progress.overview(brief),
        "views": VIEWS,
        "labels": Flag.Label.values,
        "reasons": list(Flag.Reason),
        "count_form": CountForm(),
    }
    return render(request, "review/cull.html", context)


def _first_unflagged(shown: dict[str, Any]) -> int | None:
    """Where the way page by page begins."""
    me = shown["person"]["id"]
    flagged = {mark[0] for mark in shown["marks"] if mark[1] == me and mark[2] != Flag.Value.UNFLAGGED}
    order = [candidate[0] for candidate in shown["candidates"]]
    return next((pk for pk in order if pk not in flagged), order[0] if order else None)


def _blindness(request: Request, brief: Brief) -> dict[str, Any]:
    """The standing blind pass as the room tells it, and who may take part in one."""
    blind = BlindPass.objects.filter(brief=brief, ended_at=None).prefetch_related("judges__person").first()
    mine = next((judge for judge in blind.judges.all() if judge.person_id == request.user.pk), None) if blind else None
    colleagues = list(blind_pass.able(brief).exclude(pk=request.user.pk))
    return {
        "blind": blind,
        "takes_part": mine is not None,
        "is_judging": mine is not None and mine.finished_at is None,
        "may_end": blind is not None and blind_pass.may_end(blind, request.user),
        "colleagues": colleagues,
        "can_blind": bool(colleagues),
    }


@require_http_methods(["GET", "POST"])
def marks(request: Request, brief_id: int) -> HttpResponse:
    """What changed in the room since `?since=`; or marks of this person, heard in the order in which they were made.

    A page says whose it is (`person`), and is told 401 where somebody else signed in since: its marks wait there.
    """
    if request.GET.get("person", str(request.user.pk)) != str(request.user.pk):
        return HttpResponse(status=401)
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.CULL, pk=brief_id)
    return _feed(request, brief) if request.method == "GET" else _hear(request, brief)


def _feed(request: Request, brief: Brief) -> HttpResponse:
    since = request.GET.get("since") or "0"
    if not (since.isascii() and since.isdecimal() and len(since) < 20):
        return HttpResponseBadRequest("'since' is the cursor of an earlier reply.")
    changed = room.feed(brief, request.user, since=int(since))
    reply = HttpResponse(status=204) if changed is None else JsonResponse(changed, json_dumps_params=COMPACT)
    reply.headers["X-CSRFToken"] = get_token(request)  # another since signing in again: what the page posts with
    return reply


def _hear(request: Request, brief: Brief) -> HttpResponse:
    """Each mark stands for itself: one that is refused says why and stops none after it."""
    if request.content_type != "application/json":
        return HttpResponseBadRequest("Marks are sent as JSON.")
    try:
        whose, sent = marks_in(request.body)
    except Malformed as error:
        return HttpResponseBadRequest(str(error))
    if whose not in (None, request.user.pk):
        return HttpResponse(status=401)
    refused = []
    for mark_id, changes in sent:
        try:
            culling.mark(brief, by=request.user, mark_id=mark_id, changes=changes)
        except Refused as error:
            refused.append({"id": mark_id.hex, "because": str(error)})
    named = {candidate for _, changes in sent for change in changes for candidate in change.candidates}
    reply = {"marks": room.mine(brief, request.user, named), "refused": refused}
    return JsonResponse(reply, json_dumps_params=COMPACT)


@require_POST
def blind_pass_of_brief(request: Request, brief_id: int) -> HttpResponse:
    """Start one among the posted `people` and whoever asks; with on=0, end it for everybody."""
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.CULL, pk=brief_id)
    if request.POST.get("on") == "0":
        blind_pass.end(brief, by=request.user)
        return _room_reply(request, brief)
    people = _ids(request, "people")
    if people is None:
        return HttpResponseBadRequest("'people' takes ids.")
    blind_pass.start(brief, by=request.user, people=people)
    return _room_reply(request, brief)


@require_POST
def blind_pass_completion(request: Request, brief_id: int) -> HttpResponse:
    """This person is finished with the blind pass."""
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.CULL, pk=brief_id)
    blind_pass.finish(brief, by=request.user)
    return _room_reply(request, brief)


def _room_reply(request: Request, brief: Brief) -> HttpResponse:
    """The room hears in its next feed what became of it."""
    return HttpResponse(status=204) if request.htmx else redirect("review:cull", brief.pk)


@require_POST
def flag(request: Request, candidate_id: int) -> HttpResponse:
    """The way without JavaScript, page by page; the room sends marks."""
    candidate = access.fetch(
        Candidate.objects.select_related("brief__project", "project"), request.user, Action.CULL, pk=candidate_id
    )
    form = FlagForm(request.POST)
    if not form.is_valid() or not form.said():
        return HttpResponseBadRequest(form.errors.as_text() or "Say a flag, a rating, a label or a reason.")
    culling.flag(candidate, by=request.user, **form.said())
    return _back(request, candidate)


def _back(request: Request, candidate: Candidate) -> HttpResponse:
    """To the page of ours that the form named, or to the candidate's own."""
    to = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(to, allowed_hosts=None, require_https=request.is_secure()):
        to = reverse("review:candidate", args=[candidate.pk])
    return HttpResponseRedirect(to)


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
    if not request.htmx:
        return _back(request, candidate)
    return render(request, "review/_shortlist.html", _tray(request, candidate.brief))


@require_http_methods(["GET", "POST"])
def shortlist_of_brief(request: Request, brief_id: int) -> HttpResponse:
    """The tray; or put the shortlist in the order of the posted `candidate` values."""
    if request.method == "GET":
        brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.CULL, pk=brief_id)
        return render(request, "review/_shortlist.html", _tray(request, brief))
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.COMPOSE, pk=brief_id)
    order = _ids(request, "candidate")
    if order is None:
        return HttpResponseBadRequest("'candidate' takes ids.")
    shortlist.reorder(brief, by=request.user, candidates=order)
    if not request.htmx:
        return redirect("review:cull", brief.pk)
    return render(request, "review/_shortlist.html", _tray(request, brief))


def _ids(request: Request, name: str) -> list[int] | None:
    """The posted values of a field that takes ids; None when one is something else."""
    try:
        return [int(value) for value in request.POST.getlist(name)]
    except ValueError:
        return None


def _tray(request: Request, brief: Brief) -> dict[str, Any]:
    """What the shortlist's tray shows, in the room and alone."""
    rows = Shortlisting.objects.filter(brief=brief).select_related("candidate", "shortlisted_by")
    return {
        "brief": brief,
        "shortlist": list(rows),
        "unsent": shortlist.unsent(brief),
        "target": briefs.newest(brief).target,
        "send_form": SendForm(),
        "rights": rights_in(request, brief.project),
    }


@require_POST
def assets_of_brief(request: Request, brief_id: int) -> HttpResponse:
    """Send the posted `candidate` values to review: what is new on the shortlist, as the person saw it."""
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.COMPOSE, pk=brief_id)
    form = SendForm(request.POST)
    seen = _ids(request, "candidate")
    if not form.is_valid() or seen is None:
        return HttpResponseBadRequest(form.errors.as_text() or "'candidate' takes ids.")
    sent = assets.send(brief, by=request.user, note=form.cleaned_data["note"], seen=seen)
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
def info(request: Request, candidate_id: int) -> HttpResponse:
    """The room's panel on one candidate: what it was made from, and what happened to it."""
    found = Candidate.objects.select_related("project", "brief__project", "run__revision", "run__preset")
    candidate = access.fetch(found, request.user, Action.VIEW, pk=candidate_id)
    is_hidden = blind_pass.hides_from(candidate.brief, request.user)
    flags = Flag.objects.filter(candidate=candidate).exclude(room.UNMARKED).select_related("person")
    shortlistings = Shortlisting.objects.filter(candidate=candidate).select_related("shortlisted_by")
    context = {
        "candidate": candidate,
        "recipe": candidate.run.recipe,
        "is_hidden": is_hidden,
        "flags": (flags.filter(person=request.user) if is_hidden else flags).order_by("flagged_at"),
        "shortlisting": None if is_hidden else shortlistings.first(),
        "versions": Version.objects.with_state().filter(candidate=candidate).select_related("asset", "made_by"),
        "rights": rights_in(request, candidate.project),
        "more_like_form": MoreLikeForm(candidate=candidate),
    }
    return render(request, "review/_info.html", context)


@require_GET
def candidate_page(request: Request, candidate_id: int) -> HttpResponse:
    """One candidate: how it was made, and its lineage from brief to export."""
    candidate = access.fetch(
        _with_flags(
            Candidate.objects.select_related(
                "project__brand", "brief__project", "run__revision", "run__started_by", "run__preset"
            ),
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
        "unsent": shortlist.unsent(candidate.brief),
        "versions": versions,
        "previous": beside.filter(index__lt=candidate.index).order_by("-index").first(),
        "next": beside.filter(index__gt=candidate.index).order_by("index").first(),
        "is_hidden": blind_pass.hides_from(candidate.brief, request.user),
        "more_like_form": MoreLikeForm(candidate=candidate),
        "rights": rights_in(request, candidate.project),
    }
    return render(request, "review/candidate.html", context)


def _titles(project: Project) -> list[tuple[int, str]]:
    """(id, newest title) of the newest briefs, for the filter."""
    newest = BriefRevision.objects.filter(brief=OuterRef("pk")).order_by("-number").values("title")[:1]
    titled = project.briefs.annotate(title=Subquery(newest)).order_by("-pk")
    return [(pk, title or "Untitled brief") for pk, title in titled.values_list("pk", "title")[:200]]
