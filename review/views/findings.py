"""What the machine checks saw in a candidate, what people say of it, and looking again."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from creative import access
from creative.http import Request, bad_request, done
from creative.models import Brief
from creative.presses import Answer, answered, once
from creative.roles import Action
from generation import checkings
from generation.models import Candidate, Finding
from review.culling import dismissals, findings
from review.culling.forms import DismissalForm


@require_http_methods(["GET", "HEAD", "POST"])
def findings_of(request: Request, candidate_id: int) -> HttpResponse:
    """As one part of a page, which polls itself while the checks look; a POST has them look again."""
    action = Action.CULL if request.method == "POST" else Action.VIEW
    found = Candidate.objects.select_related("project", "brief")
    candidate = access.fetch(found, request.user, action, pk=candidate_id)
    if request.method == "POST":
        answer = answered(request, partial(_looked_again, request, candidate))
        if not request.htmx:
            return done(request, *answer)
    context = seen(request, candidate)
    if context["token"] and request.GET.get("since") == context["token"]:
        return HttpResponse(status=204)
    return render(request, "review/_findings.html", context)


def seen(request: Request, candidate: Candidate) -> dict[str, Any]:
    """What the part of a page on findings shows."""
    checking, newest = findings.checking_of(candidate), candidate.checkings.order_by("-pk").first()
    offers = bool(checkings.outdated(checking)) and access.allowed(request.user, Action.CULL, candidate.project)
    return {
        "candidate": candidate,
        "shown": findings.of(candidate, request.user),
        "silent": checkings.labelled(checkings.not_run(checking)),
        "checking": checking,
        "is_open": newest is not None and newest.is_open,
        "token": f"{newest.pk}-{newest.status}-{len(newest.outcomes)}" if newest else "",
        "may_ask": offers,
        "dismissal_form": DismissalForm(),
    }


def _looked_again(request: Request, candidate: Candidate) -> Answer:
    ordered = checkings.order(candidate.brief, [candidate], by=request.user)
    sentence = _("The checks look again.") if ordered else _("The checks are looking already.")
    return Answer(sentence, reverse("review:candidate", args=[candidate.pk]))


@require_POST
@once
def looking_again(request: Request, brief_id: int) -> Answer:
    """The checks look again at all of a brief that they have something new to say of."""
    brief = access.fetch(Brief.objects.select_related("project"), request.user, Action.CULL, pk=brief_id)
    ordered = checkings.order(brief, checkings.outdated_of(brief), by=request.user)
    sentence = ngettext("The checks look at %(count)s candidate.", "The checks look at %(count)s candidates.", ordered)
    told = sentence % {"count": ordered} if ordered else _("The checks have nothing new to look for.")
    return Answer(told, brief.get_absolute_url())


@require_POST
@once
def dismissal(request: Request, finding_id: int) -> Answer | HttpResponse:
    """To this person the finding is fine, and why; with on=0 it is not after all."""
    found = Finding.objects.select_related("candidate__project")
    finding = access.fetch(found, request.user, Action.VIEW, pk=finding_id)
    page = reverse("review:candidate", args=[finding.candidate_id]) + "#findings"
    if request.POST.get("on") == "0":
        dismissals.restore(finding, by=request.user)
        return Answer(_("It stands again."), page)
    form = DismissalForm(request.POST)
    if not form.is_valid():
        return bad_request(_("Say in a line of up to 200 characters why it is fine."))
    dismissals.dismiss(finding, by=request.user, reason=form.cleaned_data["reason"])
    return Answer(_("Fine, for you. Everybody else still sees it, with your reason."), page)
