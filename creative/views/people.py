"""Who is who in a project, or of the site: roles are given by producers, and rights to sign confirmed by a second."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from creative import access, members
from creative.forms import MemberForm, RoleForm
from creative.http import Request, done
from creative.models import Membership, Project
from creative.policy import versions


@dataclass(frozen=True)
class Place:
    """One member as the page shows them, to whoever looks."""

    member: Membership
    why_not: str  # why who looks does not confirm it; empty where they may
    ask: str
    form: RoleForm | None


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: Request, project_id: int | None = None) -> HttpResponse:
    """Of a project, or without one of the site. A producer adds somebody."""
    project = _seen(request, project_id)
    known = versions.stages_known()
    form = MemberForm(project, known, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        _require_keeps(request, project)
        if form.is_valid():
            role, stage = form.cleaned_data["role"]
            user = form.cleaned_data["user"]
            added = members.add(project, by=request.user, user=user, role=role, stage=stage)
            return done(request, _sentence(added), added.people_url)
    keeps = access.keeps_people(request.user, project)
    rows = Membership.objects.filter(project=project).select_related("user", "given_by", "confirmed_by", "project")
    places = [_place(request, member, project, known, keeps=keeps) for member in rows.order_by("role", "stage", "pk")]
    context = {
        "project": project,
        "places": places,
        "waiting": [place for place in places if not place.member.is_in_force],
        "confirms": access.confirms(request.user, project),
        "form": form if keeps else None,
        "keeps_site": access.keeps_site(request.user),
        "sees_site": access.sees_people(request.user, None),
    }
    return render(request, "creative/people.html", context, status=422 if form.errors else 200)


@require_POST
def role(request: Request, membership_id: int) -> HttpResponse:
    member = _member(request, membership_id)
    form = RoleForm(member.project, versions.stages_known(), request.POST)
    if not form.is_valid():
        raise PermissionDenied
    role, stage = form.cleaned_data["role"]
    changed = members.change(member, by=request.user, role=role, stage=stage)
    member.refresh_from_db()
    sentence = _sentence(member) if changed else _("%(person)s is that already.") % {"person": member.user}
    return done(request, sentence, member.people_url)


@require_POST
def removal(request: Request, membership_id: int) -> HttpResponse:
    member = _member(request, membership_id)
    members.remove(member, by=request.user)
    sentence = _("%(person)s is no longer %(title)s %(where)s.")
    told = {"person": member.user, "title": member.title.lower(), "where": member.where}
    return done(request, sentence % told, member.people_url)


@require_POST
def confirmation(request: Request, membership_id: int) -> HttpResponse:
    """The form brings back what the page showed: role, giver, and when the password was set."""
    member = _member(request, membership_id)
    members.confirm(member, by=request.user, seen=request.POST.get("seen", ""))
    sentence = _("Confirmed: %(person)s is %(title)s %(where)s.")
    told = {"person": member.user, "title": member.title.lower(), "where": member.where}
    return done(request, sentence % told, member.people_url)


def _place(request: Request, member: Membership, project: Project | None, known: list[str], *, keeps: bool) -> Place:
    held = ":".join(filter(None, (member.role, member.stage)))
    form = RoleForm(project, known, initial={"role": held}, auto_id=f"{member.pk}_%s") if keeps else None
    return Place(member, members.why_not(member, request.user), members.ask(member), form)


def _seen(request: Request, project_id: int | None) -> Project | None:
    """404 for who is neither a member nor holds a right of the site."""
    project = get_object_or_404(Project.objects.select_related("brand"), pk=project_id) if project_id else None
    if access.sees_people(request.user, project):
        return project
    raise Http404 if project else PermissionDenied


def _member(request: Request, membership_id: int) -> Membership:
    rows = Membership.objects.select_related("project__brand", "user", "given_by")
    member = get_object_or_404(rows, pk=membership_id)
    if not access.sees_people(request.user, member.project):
        raise Http404
    return member


def _require_keeps(request: Request, project: Project | None) -> None:
    if not access.keeps_people(request.user, project):
        raise PermissionDenied


def _sentence(member: Membership) -> str:
    told = {"person": member.user, "title": member.title.lower(), "where": member.where}
    if member.is_in_force:
        return _("%(person)s is %(title)s %(where)s.") % told
    return _("%(person)s will be %(title)s %(where)s, once a second person confirms it.") % told
