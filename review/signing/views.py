"""The queue and the review room."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from creative import access
from creative.errors import Refused
from creative.http import Request, done, rights_in
from creative.roles import Action
from review import waiting
from review.composing import assets
from review.culling import blind_pass, shortlist
from review.models import SignOff, Stage, Version
from review.signing import signoff
from review.signing.forms import ReasonForm, SignOffForm


@require_GET
def queue(request: Request) -> HttpResponse:
    """What waits for this person's signature in all their projects, oldest first."""
    return render(request, "review/queue.html", {"versions": waiting.to_sign(request.user)})


@require_GET
def version_page(request: Request, version_id: int) -> HttpResponse:
    version = _fetch(request, version_id)
    return render(request, "review/version.html", _room(request, version))


@require_POST
def signoffs(request: Request, version_id: int) -> HttpResponse:
    """Sign. The stage is named in the form; the fingerprint that the page showed comes back with it."""
    version = _fetch(request, version_id)
    form = SignOffForm(request.POST)
    stage = request.POST.get("stage")
    if stage not in Stage.values:
        return HttpResponseBadRequest("Unknown stage.")
    access.require_sign(request.user, version.project, stage)
    if not form.is_valid():
        return render(request, "review/version.html", _room(request, version, form=form), status=422)
    data = form.cleaned_data
    decision, seen, note = data["decision"], data["seen"], data["note"]
    try:
        signed = signoff.sign(version, by=request.user, stage=Stage(stage), decision=decision, seen=seen, note=note)
    except Refused as refusal:
        if not note:
            raise
        # What was written is not lost: it stands beside the reason, to be copied.
        raise Refused(f"{refusal} Your comment was: “{note}”") from refusal
    sentence = f"{signed.get_decision_display()} for {signed.get_stage_display().lower()}."
    return done(request, sentence, reverse("review:version", args=[version.pk]))


@require_POST
def signoff_withdrawal(request: Request, signoff_id: int) -> HttpResponse:
    mine = Version.objects.visible_to(request.user)
    found = get_object_or_404(
        SignOff.objects.filter(version__in=mine.values("pk")).select_related("version__asset__project"),
        pk=signoff_id,
    )
    access.require_sign(request.user, found.version.project, found.stage)
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
    rows = Version.objects.with_state()
    rows = rows.select_related(
        "asset__project__brand",
        "asset__brief",
        "candidate__run__started_by",
        "run_started_by",
        "shortlisted_by",
        "made_by",
    ).prefetch_related(
        Prefetch("signoffs", queryset=SignOff.objects.select_related("signed_by").order_by("signed_at")),
        "withdrawals__withdrawn_by",
    )
    return access.fetch(rows, request.user, Action.VIEW, pk=version_id)


def _room(request: Request, version: Version, form: SignOffForm | None = None) -> dict[str, Any]:
    rights = rights_in(request, version.project)
    siblings = Version.objects.with_state().filter(asset=version.asset).order_by("-number").select_related("candidate")
    newest = siblings[0]
    stage = version.waits_for if version.state == Version.State.IN_REVIEW and newest.pk == version.pk else None
    mine = stage is not None and access.may_sign(request.user, version.project, stage)
    own_hand = _own_hand(request, version)
    initial = {"stage": stage, "seen": version.fingerprint}
    return {
        "version": version,
        "asset": version.asset,
        "brief": version.asset.brief,
        "project": version.project,
        "frozen": version.frozen,
        "is_hidden": blind_pass.hides_from(version.asset.brief, request.user),
        "siblings": siblings,
        "is_newest": newest.pk == version.pk,
        "stage": stage,
        "why_not": own_hand if mine else "",
        "form": form or (SignOffForm(initial=initial) if mine and not own_hand else None),
        "warnings": assets.newer_demands(version),
        "replacements": [row.candidate for row in shortlist.unsent(version.asset.brief)] if rights["compose"] else [],
        "neighbours": [v for v in waiting.to_sign(request.user) if v.pk != version.pk][:3] if stage else [],
        "rights": rights,
        "signs_in": access.stage_in(request.user, version.project),
    }


def _own_hand(request: Request, version: Version) -> str:
    """Why this person signs nothing here, in a sentence; empty when they may."""
    parts = {
        "started its run": version.run_started_by_id,
        "shortlisted it": version.shortlisted_by_id,
        "made this version": version.made_by_id,
    }
    did = [what for what, who in parts.items() if who == request.user.pk]
    if did:
        return f"You {' and '.join(did)}, so somebody else signs."
    signed = [
        row.stage for row in version.signoffs.all() if row.withdrawn_at is None and row.signed_by_id == request.user.pk
    ]
    return f"You signed for {signed[0]} already; brand and legal are two people." if signed else ""
