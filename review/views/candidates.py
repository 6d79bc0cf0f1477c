"""Candidates, their flags page by page, and the shortlist."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from creative import access
from creative.http import Request, bad_request, ids_in, number_in, own_page, rights_in
from creative.models import Brief, BriefRevision, Project, User, VisibleTo
from creative.roles import Action
from generation import engines
from generation.forms import MoreLikeForm
from generation.models import Candidate
from review.composing import assets
from review.culling import blind_pass, marking, room, shortlist
from review.culling.forms import FlagForm, ShortlistingForm
from review.models import Flag, Shortlisting, Version, VersionQuerySet
from review.signing import standing
from review.views.findings import seen
from review.views.tray import tray

PAGE = 60  # candidates
FLAGS = (("reject", "Reject", "x"), ("unflagged", "Unflag", "u"), ("pick", "Pick", "p"))  # value, words, key
STARS = [(stars, f"{stars}★" if stars else "☆", f"{stars} star{'' if stars == 1 else 's'}") for stars in range(6)]


def _with_flags(candidates: VisibleTo[Candidate], person: User) -> VisibleTo[Candidate]:
    """Annotates this person's flag and rating, and whether the candidate is shortlisted."""
    mine = Flag.objects.filter(candidate=OuterRef("pk"), person=person)
    return candidates.annotate(
        flag=Coalesce(Subquery(mine.values("value")), Value(Flag.Value.UNFLAGGED)),
        rating=Coalesce(Subquery(mine.values("rating")), 0),
        listed=Subquery(Shortlisting.objects.filter(candidate=OuterRef("pk")).values("position")),
    )


@require_POST
def flag(request: Request, candidate_id: int) -> HttpResponse:
    """The way without JavaScript, page by page; the room sends marks."""
    candidate = access.fetch(
        Candidate.objects.select_related("brief__project", "project"), request.user, Action.CULL, pk=candidate_id
    )
    form = FlagForm(request.POST)
    if not form.is_valid() or not form.said():
        return bad_request(form.errors.as_text() or "Say a flag, a rating, a label or a reason.")
    marking.flag(candidate, by=request.user, **form.said())
    return _back(request, candidate)


def _back(request: Request, candidate: Candidate) -> HttpResponse:
    """To the page of ours that the form named, or to the candidate's own."""
    page = reverse("review:candidate", args=[candidate.pk])
    return HttpResponseRedirect(own_page(request, request.POST.get("next", ""), page))


@require_POST
def shortlisting(request: Request, candidate_id: int) -> HttpResponse:
    """Put a candidate on the shortlist (on=1) or take it off (on=0)."""
    candidate = access.fetch(
        Candidate.objects.select_related("project", "brief"), request.user, Action.COMPOSE, pk=candidate_id
    )
    form = ShortlistingForm(request.POST)
    if not form.is_valid():
        return bad_request("Say on=1 or on=0.")
    verb = shortlist.add if form.cleaned_data["on"] else shortlist.remove
    verb(candidate, by=request.user)
    if not request.htmx:
        return _back(request, candidate)
    return render(request, "review/_shortlist.html", tray(request, candidate.brief))


@require_http_methods(["GET", "HEAD", "POST"])
def shortlist_of_brief(request: Request, brief_id: int) -> HttpResponse:
    """The tray; or put the shortlist in the order of the posted `candidate` values."""
    if request.method != "POST":
        brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.CULL, pk=brief_id)
        return render(request, "review/_shortlist.html", tray(request, brief))
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.COMPOSE, pk=brief_id)
    order = ids_in(request, "candidate")
    if order is None:
        return bad_request("'candidate' takes ids.")
    shortlist.reorder(brief, by=request.user, candidates=order)
    if not request.htmx:
        return redirect("review:cull", brief.pk)
    return render(request, "review/_shortlist.html", tray(request, brief))


@require_safe
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
    if (brief := number_in(chosen["brief"])) is not None:
        found = found.filter(brief=brief)
    before = number_in(request.GET.get("before"))
    if before is not None:
        found = found.filter(pk__lt=before)
    page = list(_with_flags(found, request.user).order_by("-pk")[: PAGE + 1])
    for tile in page:
        tile.judged = _judged(tile)  # type: ignore[attr-defined]
    context = {
        "project": project,
        "tiles": page[:PAGE],
        "next_before": page[PAGE - 1].pk if len(page) > PAGE else None,
        "is_first": before is None,
        "chosen": chosen,
        "filtered": urlencode(chosen),
        "flags": Flag.Value.choices,
        "briefs": _titles(project),
        "rights": rights_in(request, project),
    }
    return render(request, "review/candidates.html", context)


@require_safe
def info(request: Request, candidate_id: int) -> HttpResponse:
    """The room's panel on one candidate: what it was made from, and what happened to it."""
    found = Candidate.objects.select_related("project", "brief__project", "run__revision", "run__preset")
    candidate = access.fetch(found, request.user, Action.VIEW, pk=candidate_id)
    recipe = candidate.run.recipe
    is_hidden = blind_pass.hides_from(candidate.brief, request.user)
    flags = Flag.objects.filter(candidate=candidate).exclude(room.UNMARKED).select_related("person")
    shortlistings = Shortlisting.objects.filter(candidate=candidate).select_related("shortlisted_by")
    context = {
        "candidate": candidate,
        "recipe": recipe,
        "parameters": engines.facts(recipe.preset, hears_guidance=recipe.hears_guidance),
        "is_hidden": is_hidden,
        "marked": [
            (_("You") if flag.person_id == request.user.pk else flag.person, flag.sentence, flag.flagged_at)
            for flag in (flags.filter(person=request.user) if is_hidden else flags).order_by("flagged_at")
        ],
        "shortlisting": None if is_hidden else shortlistings.first(),
        "versions": _versions(candidate).select_related("asset", "order__ordered_by"),
        "rights": rights_in(request, candidate.project),
        "more_like_form": MoreLikeForm(candidate=candidate),
    }
    return render(request, "review/_info.html", context)


@require_safe
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
        _versions(candidate)
        .select_related("asset", "order__ordered_by", "order__shortlisting__shortlisted_by")
        .prefetch_related("signoffs__signed_by", "renditions__export__ordered_by")
    )
    recipe = candidate.run.recipe
    beside = Candidate.objects.filter(brief=candidate.brief_id)
    following = beside.filter(index__gt=candidate.index).order_by("index").first()
    context = {
        **seen(request, candidate),
        "brief": candidate.brief,
        "project": candidate.project,
        "judged": _flag_in_words(candidate),
        "flags": FLAGS,
        "stars": STARS,
        "recipe": recipe,
        "parameters": engines.facts(recipe.preset, hears_guidance=recipe.hears_guidance),
        "revision": candidate.run.revision,
        "shortlisting": Shortlisting.objects.filter(candidate=candidate).select_related("shortlisted_by").first(),
        "unsent": assets.unsent(candidate.brief),
        "versions": versions,
        "previous": beside.filter(index__lt=candidate.index).order_by("-index").first(),
        "next": following,
        "after": reverse("review:candidate", args=[following.pk]) if following else candidate.brief.get_absolute_url(),
        "is_hidden": blind_pass.hides_from(candidate.brief, request.user),
        "more_like_form": MoreLikeForm(candidate=candidate),
        "rights": rights_in(request, candidate.project),
    }
    return render(request, "review/candidate.html", context)


def _judged(candidate: Candidate) -> str:
    """This person's flag and rating, as short as a tile needs. Needs `_with_flags`."""
    flag, rating = candidate.flag, candidate.rating  # type: ignore[attr-defined]
    words = {Flag.Value.PICK: _("Picked"), Flag.Value.REJECT: _("Rejected")}.get(flag, "")
    return f"{words} {rating}★".strip() if rating else words


def _flag_in_words(candidate: Candidate) -> str:
    """The same in a sentence."""
    flag, rating = candidate.flag, candidate.rating  # type: ignore[attr-defined]
    judged = {Flag.Value.PICK: _("You picked it"), Flag.Value.REJECT: _("You rejected it")}
    words = judged.get(flag, _("You have not flagged it"))
    return f"{words} · {rating}★" if rating else words


def _versions(candidate: Candidate) -> VersionQuerySet:
    return standing.with_state(Version.objects.filter(candidate=candidate))


def _titles(project: Project) -> list[tuple[int, str]]:
    """(id, newest title) of the newest briefs, for the filter."""
    newest = BriefRevision.objects.filter(brief=OuterRef("pk")).order_by("-number").values("title")[:1]
    titled = project.briefs.annotate(title=Subquery(newest)).order_by("-pk")
    return [(pk, title or "Untitled brief") for pk, title in titled.values_list("pk", "title")[:200]]
