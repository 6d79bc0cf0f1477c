"""Sending pictures to review, watching versions being composed, and the compositions themselves."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from creative import access
from creative.http import HTMX_STOP_POLLING, Request, bad_request, ids_in, number_in, rights_in
from creative.models import Brief
from creative.presses import Answer, once
from creative.roles import Action
from generation.http import picture_response
from generation.models import Candidate
from review.composing import orders, versions
from review.composing.forms import SendForm
from review.models import Asset, Composition, VersionOrder

SIZES = ("file", *Candidate.THUMBNAILS)


@require_POST
@once
def orders_of_brief(request: Request, brief_id: int) -> Answer | HttpResponse:
    """Send the posted `candidate` values to review: what is new on the shortlist, as the person saw it."""
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.COMPOSE, pk=brief_id)
    form = SendForm(request.POST)
    seen = ids_in(request, "candidate")
    if not form.is_valid() or seen is None:
        return bad_request(form.errors.as_text() or "'candidate' takes ids.")
    sent = orders.send(brief, by=request.user, note=form.cleaned_data["note"], seen=seen)
    needs = "" if versions.verdict_on(brief).requirements else " Internal use needs no sign-off."
    return Answer(f"Sent {len(sent)} to review.{needs}", reverse("review:brief", args=[brief.pk]))


@require_POST
@once
def orders_of_asset(request: Request, asset_id: int) -> Answer:
    """The next version, from another shortlisted candidate or from the same picture."""
    asset = access.fetch(
        Asset.objects.select_related("project", "brief__project"), request.user, Action.COMPOSE, pk=asset_id
    )
    candidate = get_object_or_404(Candidate, pk=number_in(request.POST.get("candidate")), brief=asset.brief)
    after = number_in(request.POST.get("after"))
    order = orders.replace(asset, candidate, by=request.user, after=after)
    return Answer(f"Version {order.after + 1} is ordered.", reverse("review:order", args=[order.pk]))


@require_safe
@vary_on_headers("HX-Request")
def order_page(request: Request, order_id: int) -> HttpResponse:
    """What became of an order of a version: by htmx its state alone, until it is over."""
    rows = VersionOrder.objects.select_related("asset__project__brand", "asset__brief", "candidate", "ordered_by")
    order = access.fetch(rows.select_related("version"), request.user, Action.VIEW, pk=order_id)
    context = {
        "order": order,
        "project": order.project,
        "brief": order.asset.brief,
        "version": getattr(order, "version", None),
        "rights": rights_in(request, order.project),
    }
    if not request.htmx:
        return render(request, "review/order.html", context)
    return render(request, "review/_order_state.html", context, status=200 if order.is_open else HTMX_STOP_POLLING)


@require_POST
@once
def order_retry(request: Request, order_id: int) -> Answer:
    rows = VersionOrder.objects.select_related("asset__project", "asset__brief")
    order = access.fetch(rows, request.user, Action.COMPOSE, pk=order_id)
    sentence = "Trying again." if orders.again(order, by=request.user) else "There is nothing to try again."
    return Answer(sentence, reverse("review:order", args=[order.pk]))


@require_safe
def composition(request: Request, composition_id: int, size: str) -> HttpResponseBase:
    """The very bytes that are signed (`file`), or one of their thumbnails."""
    if size not in SIZES:
        raise Http404
    rows = Composition.objects.select_related("version__asset__project", size)
    return picture_response(request, getattr(access.fetch(rows, request.user, Action.VIEW, pk=composition_id), size))
