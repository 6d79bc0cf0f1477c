"""The page where a product is cut out by hand, and what it sends."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from creative import access
from creative import cut_outs as verbs
from creative.errors import Refused
from creative.http import Request, bad_request, done, file_response, number_in
from creative.models import CutOut, Reference
from creative.roles import Action
from creative.uploads import tickets
from creative.views.references import reference_of

FILES = ("mask", "preview")


@require_safe
def cut_out(request: Request, reference_id: int) -> HttpResponse:
    found = _product(request, reference_id)
    newest = verbs.newest(found)
    context = {
        "reference": found,
        "attestation": found.attestation,
        "cut_out": newest,
        "has_weights": verbs.weights() is not None,
        "told": _told(request, found, newest),
        "ticket": tickets.ticket(request.user),
    }
    return render(request, "creative/cut_out.html", context)


@require_POST
def proposal(request: Request, reference_id: int) -> HttpResponse:
    """Pressed twice, it is one mask: the second leads to it."""
    found = _product(request, reference_id)
    page = reverse("creative:cut-out", args=[found.pk])
    if verbs.newest(found) and not found.removed_at:
        return done(request, "", page)
    verbs.propose(found, by=request.user)
    return done(request, _("A first mask is there. Correct what it missed."), page)


@require_POST
def cut_outs(request: Request, reference_id: int) -> HttpResponse:
    found = _product(request, reference_id)
    mask, after = request.FILES.get("mask"), number_in(request.POST.get("after"))
    if after is None:
        return bad_request(_("What was corrected is missing."))
    if mask is None:
        raise Refused(_("No mask came with this. Choose a file, or paint one."))
    verbs.save(found, by=request.user, mask=mask, after=after)
    return done(request, _("The cut-out of “%(reference)s” is saved.") % {"reference": found}, found.get_absolute_url())


@require_safe
def file(request: Request, reference_id: int, number: int, what: str) -> HttpResponseBase:
    found = reference_of(request, reference_id)
    if what not in FILES:
        raise Http404
    rows = CutOut.objects.select_related(*FILES)
    return file_response(request, getattr(get_object_or_404(rows, reference=found, number=number), what))


def _told(request: Request, reference: Reference, newest: CutOut | None) -> dict[str, Any]:
    """For the script of the page. What is kept in the browser is one person's, of one picture."""
    assert reference.picture
    mask = newest and reverse("creative:cut-out-file", args=[reference.pk, newest.number, "mask"])
    return {
        "picture": reverse("creative:reference-file", args=[reference.pk, "picture"]),
        "mask": mask,
        "width": reference.picture.width,
        "height": reference.picture.height,
        "key": f"{request.user.pk} {reference.pk}",
    }


def _product(request: Request, reference_id: int) -> Reference:
    found = reference_of(request, reference_id)
    access.require_in_brand(request.user, Action.REFER, found.brand)
    if found.kind != Reference.Kind.PRODUCT:
        raise Http404
    return found
