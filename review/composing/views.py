"""Sending the shortlist to review, and the next version of an asset."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from creative import access
from creative.http import Request, done, ids_in
from creative.models import Brief
from creative.roles import Action
from generation.models import Candidate
from review.composing import assets
from review.composing.forms import SendForm
from review.models import Asset


@require_POST
def assets_of_brief(request: Request, brief_id: int) -> HttpResponse:
    """Send the posted `candidate` values to review: what is new on the shortlist, as the person saw it."""
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.COMPOSE, pk=brief_id)
    form = SendForm(request.POST)
    seen = ids_in(request, "candidate")
    if not form.is_valid() or seen is None:
        return HttpResponseBadRequest(form.errors.as_text() or "'candidate' takes ids.")
    sent = assets.send(brief, by=request.user, note=form.cleaned_data["note"], seen=seen)
    if any(asset.versions.get().requires for asset in sent):
        sentence = f"Sent {len(sent)} to review."
    else:
        sentence = f"{len(sent)} approved at once: internal use needs no sign-off."
    return done(request, sentence, reverse("review:brief", args=[brief.pk]))


@require_POST
def versions_of_asset(request: Request, asset_id: int) -> HttpResponse:
    """The next version, from another shortlisted candidate."""
    asset = access.fetch(
        Asset.objects.select_related("project", "brief__project"), request.user, Action.COMPOSE, pk=asset_id
    )
    candidate = get_object_or_404(Candidate, pk=_number(request.POST.get("candidate")), brief=asset.brief)
    after = _number(request.POST.get("after")) or None
    version = assets.replace(asset, candidate, by=request.user, after=after)
    sentence = f"{version} is in review; it needs sign-offs of its own."
    return done(request, sentence, reverse("review:version", args=[version.pk]))


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
