"""Exports: order approved versions, watch the zip being built, take it."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from creative import access
from creative.errors import Refused
from creative.http import HTMX_STOP_POLLING, Request, ids_in, rights_in, streamed
from creative.models import Project
from creative.roles import Action
from review.delivery import export
from review.models import Export, SignOff
from review.signing.standing import cleared


@require_http_methods(["GET", "POST"])
def project_exports(request: Request, project_id: int) -> HttpResponse:
    """The approved set as it will leave, and what left before. A POST orders."""
    action = Action.DOWNLOAD
    project = access.fetch(Project.objects.select_related("brand"), request.user, action, pk=project_id)
    if request.method == "POST":
        chosen = ids_in(request, "versions")
        if chosen is None:
            return HttpResponseBadRequest("'versions' takes ids.")
        ordered = export.order(project, by=request.user, versions=chosen)
        return redirect("review:export", ordered.pk)
    approved = cleared().filter(asset__project=project).select_related("asset", "order__ordered_by")
    versions = approved.prefetch_related("compositions__file", _signed()).order_by("-made_at")
    context = {
        "project": project,
        "versions": versions,
        "exports": Export.objects.filter(project=project).select_related("ordered_by").order_by("-pk")[:50],
        "rights": rights_in(request, project),
    }
    return render(request, "review/exports.html", context)


@require_GET
@vary_on_headers("HX-Request")
def export_page(request: Request, export_id: int) -> HttpResponse:
    """One export; by htmx its state alone, until it is over."""
    found = _fetch(request, export_id)
    context = {
        "export": found,
        "project": found.project,
        "renditions": found.renditions.select_related("composition", "version__asset"),
        "may_leave": export.may_leave(found),
        "rights": rights_in(request, found.project),
    }
    if not request.htmx:
        return render(request, "review/export.html", context)
    return render(request, "review/_export_state.html", context, status=200 if found.is_open else HTMX_STOP_POLLING)


@require_safe
def export_file(request: Request, export_id: int) -> HttpResponseBase:
    """The zip, if every version in it is still approved this very moment."""
    found = _fetch(request, export_id)
    if found.file is None:
        raise Refused("This export is not built yet.")
    if not export.may_leave(found):
        raise Refused("Something in this export is not approved any more, so it can't be downloaded.")
    response = streamed(found.file, as_attachment=True, filename=f"winnow-export-{found.pk}.zip")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _fetch(request: Request, export_id: int) -> Export:
    rows = Export.objects.select_related("project__brand", "ordered_by", "file")
    return access.fetch(rows, request.user, Action.DOWNLOAD, pk=export_id)


def _signed() -> Prefetch[str, Any, str]:
    rows = SignOff.objects.filter(withdrawn_at=None).select_related("signed_by")
    return Prefetch("signoffs", queryset=rows, to_attr="standing")
