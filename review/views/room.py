"""The culling room: its page, the marks that it sends and hears, and its blind passes."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from creative import access
from creative.errors import Refused
from creative.http import Request, bad_request, ids_in, number_in, rights_in
from creative.models import Brief
from creative.presses import Answer, once
from creative.roles import Action
from generation.forms import CountForm
from review import progress
from review.culling import blind_pass, marking, room
from review.culling.sent_marks import Malformed, marks_in
from review.models import BlindPass, Flag
from review.views.tray import tray

COMPACT = {"separators": (",", ":")}
VIEWS = ("grid", "loupe", "compare", "survey", "defects")


@require_safe
def cull(request: Request, brief_id: int) -> HttpResponse:
    """The room: its page, and all that it shows as data."""
    brief = access.fetch(Brief.objects.select_related("project__brand"), request.user, Action.CULL, pk=brief_id)
    shown = room.of(brief, request.user, rights_in(request, brief.project))
    context = {
        **tray(request, brief),
        **_blindness(request, brief),
        "room": shown,
        "first": room.first_unflagged(shown),
        "project": brief.project,
        "overview": progress.overview(brief),
        "views": VIEWS,
        "labels": Flag.Label.choices,
        "reasons": list(Flag.Reason),
        "count_form": CountForm(),
    }
    return render(request, "review/cull.html", context)


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


@require_http_methods(["GET", "HEAD", "POST"])
def marks(request: Request, brief_id: int) -> HttpResponse:
    """What changed in the room since `?since=`; or marks of this person, heard in the order in which they were made.

    A page says whose it is (`person`), and is told 401 where somebody else signed in since: its marks wait there.
    """
    if request.GET.get("person", str(request.user.pk)) != str(request.user.pk):
        return HttpResponse(status=401)
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.CULL, pk=brief_id)
    return _hear(request, brief) if request.method == "POST" else _feed(request, brief)


def _feed(request: Request, brief: Brief) -> HttpResponse:
    since = number_in(request.GET.get("since") or "0")
    if since is None:
        return bad_request("'since' is the cursor of an earlier reply.")
    changed = room.feed(brief, request.user, since=since)
    reply = HttpResponse(status=204) if changed is None else JsonResponse(changed, json_dumps_params=COMPACT)
    reply.headers["X-CSRFToken"] = get_token(request)  # another since signing in again: what the page posts with
    return reply


def _hear(request: Request, brief: Brief) -> HttpResponse:
    """Each mark stands for itself: one that is refused says why and stops none after it."""
    if request.content_type != "application/json":
        return bad_request("Marks are sent as JSON.")
    try:
        whose, sent = marks_in(request.body)
    except Malformed as error:
        return bad_request(str(error))
    if whose not in (None, request.user.pk):
        return HttpResponse(status=401)
    refused = []
    for mark_id, changes in sent:
        try:
            marking.mark(brief, by=request.user, mark_id=mark_id, changes=changes)
        except Refused as error:
            refused.append({"id": mark_id.hex, "because": str(error)})
    named = {candidate for _, changes in sent for change in changes for candidate in change.candidates}
    reply = {**room.mine(brief, request.user, named), "refused": refused}
    return JsonResponse(reply, json_dumps_params=COMPACT)


@require_POST
@once
def blind_pass_of_brief(request: Request, brief_id: int) -> Answer | HttpResponse:
    """Start one among the posted `people` and whoever asks; with on=0, end it for everybody."""
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.CULL, pk=brief_id)
    if request.POST.get("on") == "0":
        blind_pass.end(brief, by=request.user)
        return _to_the_room(brief)
    people = ids_in(request, "people")
    if people is None:
        return bad_request("'people' takes ids.")
    blind_pass.start(brief, by=request.user, people=people)
    return _to_the_room(brief)


@require_POST
@once
def blind_pass_completion(request: Request, brief_id: int) -> Answer:
    """This person is finished with the blind pass."""
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.CULL, pk=brief_id)
    blind_pass.finish(brief, by=request.user)
    return _to_the_room(brief)


def _to_the_room(brief: Brief) -> Answer:
    return Answer("", reverse("review:cull", args=[brief.pk]))
