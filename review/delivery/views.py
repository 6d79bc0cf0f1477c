"""Exports: order approved versions, watch the zip being built, take it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from creative import access
from creative.http import HTMX_STOP_POLLING, Request, bad_request, done, ids_in, rights_in, streamed
from creative.models import Project
from creative.presses import Answer, answered
from creative.roles import Action
from review.delivery import export
from review.models import Export, SignOff
from review.signing.standing import cleared

PAGE = 60  # approved versions


@require_http_methods(["GET", "HEAD", "POST"])
def project_exports(request: Request, project_id: int) -> HttpResponse:
    """The approved set as it will leave, and what left before. A POST orders."""
    action = Action.DOWNLOAD
    project = access.fetch(Project.objects.select_related("brand"), request.user, action, pk=project_id)
    if request.method == "POST":
        chosen = _chosen(request, project)
        if chosen is None:
            return bad_request("'versions' takes ids.")
        return done(request, *answered(request, partial(_ordered, request, project, chosen)))
    approved = cleared().filter(asset__project=project).select_related("asset", "order__ordered_by")
    versions = approved.prefetch_related("compositions__file", _signed()).order_by("-made_at", "-pk")
    context = {
        "project": project,
        "page": Paginator(versions, PAGE).get_page(request.GET.get("page")),
        "exports": Export.objects.filter(project=project).select_related("ordered_by").order_by("-pk")[:50],
        "rights": rights_in(request, project),
    }
    return render(request, "review/exports.html", context)


@require_safe
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
    export.require_leave(found)
    if export.rebuild_damaged(found):
        messages.warning(request, _("The zip was missing or damaged. It is being built anew from the signed pictures."))
        return redirect("review:export", found.pk)
    assert found.file
    return streamed(found.file, as_attachment=True, filename=f"winnow-export-{found.pk}.zip")


def _chosen(request: Request, project: Project) -> list[int] | None:
    """The posted ids, or with `all` every approved one; None where an id is none."""
    if "all" in request.POST:
        return list(cleared().filter(asset__project=project).values_list("pk", flat=True))
    return ids_in(request, "versions")


def _ordered(request: Request, project: Project, versions: list[int]) -> Answer:
    ordered = export.order(project, by=request.user, versions=versions)
    return Answer("", reverse("review:export", args=[ordered.pk]))


def _fetch(request: Request, export_id: int) -> Export:
    rows = Export.objects.select_related("project__brand", "ordered_by", "file")
    return access.fetch(rows, request.user, Action.DOWNLOAD, pk=export_id)


def _signed() -> Prefetch[str, Any, str]:
    rows = SignOff.objects.filter(withdrawn_at=None).select_related("signed_by")
    return Prefetch("signoffs", queryset=rows, to_attr="standing")
