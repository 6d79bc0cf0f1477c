"""The queue and the review room."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from creative import access, brief_facts
from creative.errors import Refused
from creative.http import Request, done, rights_in
from creative.roles import Action
from review.composing import assets, versions
from review.culling import blind_pass
from review.models import SignOff, Turn, Version
from review.signing import signoff, standing, turns
from review.signing.forms import ReasonForm, SignOffForm

PAGE = 50  # turns in the queue


@require_GET
def queue(request: Request) -> HttpResponse:
    """What waits for this person's signature in all their projects, oldest first."""
    page = Paginator(turns.to_sign(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "review/queue.html", {"page": page})


@require_GET
def version_page(request: Request, version_id: int) -> HttpResponse:
    version = _fetch(request, version_id)
    return render(request, "review/version.html", _room(request, version))


@require_POST
def signoffs(request: Request, version_id: int) -> HttpResponse:
    """Sign. The stage is named in the form; the fingerprint that the page showed comes back with it."""
    version = _fetch(request, version_id)
    form = SignOffForm(request.POST)
    stage = request.POST.get("stage", "")
    if not version.requirements.filter(stage=stage).exists():
        return HttpResponseBadRequest("Nobody asked this version for that stage.")
    access.require_sign(request.user, version.project, stage)
    if not form.is_valid():
        return render(request, "review/version.html", _room(request, version, form=form), status=422)
    data = form.cleaned_data
    decision, seen, note = data["decision"], data["seen"], data["note"]
    try:
        signed = signoff.sign(version, by=request.user, stage=stage, decision=decision, seen=seen, note=note)
    except Refused as refusal:
        if not note:
            raise
        # What was written is not lost: it stands beside the reason, to be copied.
        raise Refused(f"{refusal} Your comment was: “{note}”") from refusal
    sentence = f"{signed.get_decision_display()} for {signed.label.lower()}."
    return done(request, sentence, reverse("review:version", args=[version.pk]))


@require_POST
def taking(request: Request, turn_id: int) -> HttpResponse:
    """Say that one looks at it (on=1), or hand it back (on=0)."""
    turn = access.fetch(Turn.objects.select_related("project"), request.user, Action.VIEW, pk=turn_id)
    if request.POST.get("on") == "0":
        sentence = "Handed back." if turns.hand_back(turn, by=request.user) else "It was not yours to hand back."
    else:
        sentence = "Taken." if turns.take(turn, by=request.user) else "Somebody else took it meanwhile."
    return done(request, sentence, reverse("review:version", args=[turn.version_id]))


@require_POST
def signoff_withdrawal(request: Request, signoff_id: int) -> HttpResponse:
    mine = Version.objects.visible_to(request.user)
    found = get_object_or_404(
        SignOff.objects.filter(version__in=mine.values("pk")).select_related("version__asset__project", "requirement"),
        pk=signoff_id,
    )
    signoff.withdraw(found, by=request.user, reason=_reason(request))
    return done(request, "Withdrawn.", reverse("review:version", args=[found.version_id]))


@require_POST
def version_withdrawal(request: Request, version_id: int) -> HttpResponse:
    version = _fetch(request, version_id)
    signoff.withdraw_version(version, by=request.user, reason=_reason(request))
    return done(request, "Withdrawn. It can't be exported any more.", reverse("review:version", args=[version.pk]))


def _reason(request: Request) -> str:
    """Empty when it is missing or too long; the verb says so."""
    form = ReasonForm(request.POST)
    return form.cleaned_data["reason"] if form.is_valid() else ""


def _fetch(request: Request, version_id: int) -> Version:
    rows = standing.with_state(
        Version.objects.select_related(
            "asset__project__brand",
            "asset__brief",
            "candidate__run__started_by",
            "order__ordered_by",
            "order__shortlisting__shortlisted_by",
        ).prefetch_related(
            Prefetch("signoffs", queryset=SignOff.objects.select_related("signed_by").order_by("signed_at")),
            "requirements",
            "compositions__file",
            "withdrawals__withdrawn_by",
        )
    )
    return access.fetch(rows, request.user, Action.VIEW, pk=version_id)


def _room(request: Request, version: Version, form: SignOffForm | None = None) -> dict[str, Any]:
    rights = rights_in(request, version.project)
    warnings = versions.newer_demands(version)
    siblings = standing.with_state(Version.objects.filter(asset=version.asset)).order_by("-number")
    waiting = list(version.turns.select_related("requirement", "taken_by").order_by("requirement__order", "pk"))
    mine = next((turn for turn in waiting if access.may_sign(request.user, version.project, turn.stage)), None)
    because = signoff.why_not(version, request.user, mine.stage) if mine else ""
    initial = {"stage": mine.stage, "seen": version.fingerprint} if mine else {}
    return {
        "version": version,
        "asset": version.asset,
        "brief": version.asset.brief,
        "project": version.project,
        "frozen": version.frozen,
        "facts": brief_facts.of(version.frozen["brief"], revision=version.frozen["brief"]["revision"]),
        "is_hidden": blind_pass.hides_from(version.asset.brief, request.user),
        "siblings": siblings,
        "may_withdraw": version.state != Version.State.WITHDRAWN and (rights["sign"] or rights["manage"]),
        "waiting": waiting,
        "nobody_signs": [turn for turn in waiting if not turns.anybody_signs(turn)],
        "turn": mine,
        "why_not": because,
        "form": form or (SignOffForm(initial=initial) if mine and not because else None),
        "warnings": warnings,
        "replacements": _replacements(version)
        if rights["compose"] and siblings[0].pk == version.pk and (warnings or version.state == Version.State.CHANGES)
        else [],
        "neighbours": [turn for turn in turns.to_sign(request.user)[:4] if turn.version_id != version.pk][:3]
        if mine
        else [],
        "rights": rights,
    }


def _replacements(version: Version) -> list[Any]:
    """What the next version can be made of: what is new on the shortlist, and the same picture."""
    return [*[row.candidate for row in assets.unsent(version.asset.brief)], version.candidate]
