"""What fails how often, and what a brief may avoid next time."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from creative import access
from creative.http import Request
from creative.models import Brand, Brief, Project
from creative.presses import Answer, once
from creative.roles import Action
from review import failures, suggesting


@require_safe
def failures_of(request: Request, brand_id: int) -> HttpResponse:
    """Of the brand's projects that this person sees."""
    brand = get_object_or_404(Brand, pk=brand_id)
    projects = list(Project.objects.visible_to(request.user).filter(brand=brand).order_by("name"))
    if not projects:
        raise Http404
    context = {
        "brand": brand,
        "projects": projects,
        "failures": failures.of_brand(brand, request.user),
        "days": failures.SINCE.days,
        "least": failures.LEAST,
    }
    return render(request, "review/failures.html", context)


@require_POST
@once
def suggestion(request: Request, brief_id: int) -> Answer:
    """Follow one: it stands in what to avoid of the next revision, for the person to submit."""
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.BRIEF, pk=brief_id)
    suggesting.follow(brief, by=request.user, avoid=request.POST.get("avoid", ""))
    return Answer(
        _("Added to what to avoid. Submit the brief for pictures without it."),
        reverse("generation:brief-form", args=[brief.pk]),
    )
