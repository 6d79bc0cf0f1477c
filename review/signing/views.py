"""The queue and the review room."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from creative import access, brief_facts, kit
from creative.http import Request, bad_request, done, rights_in
from creative.presses import Answer, once
from creative.roles import Action
from review.composing import assets, versions
from review.culling import blind_pass, findings
from review.models import SignOff, Turn, Version
from review.signing import rights as rights_behind
from review.signing import signoff, standing, turns
from review.signing.forms import ReasonForm, SignOffForm

PAGE = 50  # turns in the queue


@require_safe
def queue(request: Request) -> HttpResponse:
    """What waits for this person's signature in all their projects, oldest first."""
    page = Paginator(turns.to_sign(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "review/queue.html", {"page": page})


@require_safe
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
        return bad_request("Nobody asked this version for that stage.")
    access.require_sign(request.user, version.project, stage)
    if not form.is_valid():
        return _once_more(request, version, form=form)
    data = form.cleaned_data
    decision, seen, note = data["decision"], data["seen"], data["note"]
    signed = signoff.sign(version, by=request.user, stage=stage, decision=decision, seen=seen, note=note)
    sentence = f"{signed.get_decision_display()} for {signed.label.lower()}."
    return done(request, sentence, reverse("review:version", args=[version.pk]))


@require_POST
@once
def taking(request: Request, turn_id: int) -> Answer:
    """Say that one looks at it (on=1), or hand it back (on=0)."""
    turn = access.fetch(Turn.objects.select_related("project"), request.user, Action.VIEW, pk=turn_id)
    if request.POST.get("on") == "0":
        sentence = "Handed back." if turns.hand_back(turn, by=request.user) else "It was not yours to hand back."
    else:
        sentence = "Taken." if turns.take(turn, by=request.user) else "Somebody else took it meanwhile."
    return Answer(sentence, reverse("review:version", args=[turn.version_id]))


@require_POST
@once
def signoff_withdrawal(request: Request, signoff_id: int) -> Answer | HttpResponse:
    mine = Version.objects.visible_to(request.user)
    found = get_object_or_404(
        SignOff.objects.filter(version__in=mine.values("pk")).select_related("version__asset__project", "requirement"),
        pk=signoff_id,
    )
    access.require_sign(request.user, found.version.project, found.stage)
    form = ReasonForm(request.POST, of=str(found.pk))
    if not form.is_valid():
        return _once_more(request, _fetch(request, found.version_id), reason=form)
    signoff.withdraw(found, by=request.user, reason=form.cleaned_data["reason"])
    return Answer("Withdrawn.", reverse("review:version", args=[found.version_id]))


@require_POST
@once
def version_withdrawal(request: Request, version_id: int) -> Answer | HttpResponse:
    version = _fetch(request, version_id)
    signoff.require_may_withdraw(version, request.user)
    form = ReasonForm(request.POST, of="version")
    if not form.is_valid():
        return _once_more(request, version, reason=form)
    signoff.withdraw_version(version, by=request.user, reason=form.cleaned_data["reason"])
    return Answer("Withdrawn. It can't be exported any more.", reverse("review:version", args=[version.pk]))


def _once_more(request: Request, version: Version, **forms: Any) -> HttpResponse:
    """The room with what was sent, and what is wrong with it."""
    return render(request, "review/version.html", _room(request, version, **forms), status=422)


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


def _room(
    request: Request, version: Version, form: SignOffForm | None = None, reason: ReasonForm | None = None
) -> dict[str, Any]:
    rights = rights_in(request, version.project)
    warnings = versions.newer_demands(version)
    siblings = standing.with_state(Version.objects.filter(asset=version.asset)).order_by("-number")
    waiting = list(version.turns.select_related("requirement", "taken_by").order_by("requirement__order", "pk"))
    mine = next((turn for turn in waiting if access.may_sign(request.user, version.project, turn.stage)), None)
    because = (signoff.why_not(version, request.user, mine.stage) or signoff.damage(version)) if mine else ""
    seen, silent = findings.thawed(version.frozen["findings"], version.candidate)
    initial = {"stage": mine.stage, "seen": version.fingerprint} if mine else {}
    return {
        "version": version,
        "reason": reason,
        "asset": version.asset,
        "brief": version.asset.brief,
        "project": version.project,
        "frozen": version.frozen,
        "seen": seen,
        "silent": silent,
        "facts": brief_facts.of(version.frozen["brief"], revision=version.frozen["brief"]["revision"]),
        "kit_facts": kit.facts(version.frozen["brand"]),
        "is_hidden": blind_pass.hides_from(version.asset.brief, request.user),
        "siblings": siblings,
        "may_withdraw": version.state != Version.State.WITHDRAWN and (rights["sign"] or rights["manage"]),
        "waiting": waiting,
        "nobody_signs": turns.nobodys().filter(version=version),
        "turn": mine,
        "why_not": because,
        "form": form or (SignOffForm(initial=initial) if mine and not because else None),
        "warnings": warnings,
        "rights_changed": rights_behind.changed_lately(version.project) if mine else [],
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
