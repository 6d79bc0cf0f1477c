from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from creative import access, briefs
from creative.errors import Refused
from creative.http import Request, done, file_response
from creative.models import Brief, BriefRevision, Project, VisibleTo
from creative.policy.versions import verdict_of
from creative.roles import Action
from generation import estimates, presets, prompts, reproductions, runs
from generation.forms import BriefForm, CountForm, MoreLikeForm, PresetForm
from generation.models import Candidate, Preset, Run
from generation.starter import hearing, vocabulary


@require_POST
def draft(request: Request, project_id: int) -> HttpResponse:
    """A new brief, straight into its form."""
    project = access.fetch(Project.objects, request.user, Action.BRIEF, pk=project_id)
    brief = briefs.draft(project, by=request.user)
    return redirect("generation:brief-form", brief.pk)


@require_http_methods(["GET", "POST"])
def brief_form(request: Request, brief_id: int) -> HttpResponse:
    """The form. A POST saves what is valid: by htmx as they type, without it by the Save button."""
    brief = access.fetch(_briefs(), request.user, Action.BRIEF, pk=brief_id)
    revision = briefs.newest(brief)
    form = _form(request, revision, brief)
    if request.method == "GET":
        return _form_page(request, brief, revision, form)
    if "use_class" not in request.POST:  # the form always sends it; without it every word would be taken for emptied
        return HttpResponseBadRequest("A brief is sent with all of its fields.")
    if form.is_valid() and not request.htmx:
        briefs.write(brief, by=request.user, seen=_seen(request), **form.cleaned_data)
        return done(request, _("Saved."), reverse("generation:brief-form", args=[brief.pk]))
    return _saved(request, brief, form)


def _saved(request: Request, brief: Brief, form: BriefForm) -> HttpResponse:
    """The form again, once what is valid of it was saved."""
    words = form.cleaned_data
    revision = briefs.write(brief, by=request.user, seen=_seen(request), **words)
    return _form_page(request, brief, revision, form, words)


def _form_page(
    request: Request, brief: Brief, revision: BriefRevision, form: BriefForm, shown: dict[str, Any] | None = None
) -> HttpResponse:
    """The whole page, or what changes beside the fields as they type. `shown` is what the fields hold by now."""
    chosen = _preset(request)
    outlook = _outlook(revision, chosen)
    context = {
        "brief": brief,
        "project": brief.project,
        "project_url": brief.project.get_absolute_url(),
        "brief_url": brief.get_absolute_url(),
        "revision": revision,
        "form": form,
        "becomes": revision.number + bool(revision.submitted_at),
        "preset_form": PresetForm(initial={"preset": chosen}),
        "seen": briefs.Seen.of(revision).showing(shown or {}),
        "beside": _beside(form, outlook["advice"]),
        **outlook,
    }
    status = 422 if form.errors else 200
    template = "generation/_outlook.html" if request.htmx else "generation/brief_form.html"
    return render(request, template, context, status=status)


@require_POST
def submission(request: Request, brief_id: int) -> HttpResponse:
    """Save what the form holds, then order its candidates. Pressed twice, it is submitted once."""
    brief = access.fetch(_briefs(), request.user, Action.BRIEF, pk=brief_id)
    words: dict[str, Any] = {}
    if "use_class" in request.POST:  # posted with the words, not by the button alone
        revision = briefs.newest(brief)
        stored, form = briefs.Seen.of(revision), _form(request, revision, brief)
        if not form.is_valid():
            return _saved(request, brief, form)
        words = form.cleaned_data
        if revision.submitted_at and not stored.changed(words):
            return done(request, _("This brief is submitted; nothing in it changed since."), brief.get_absolute_url())
    preset = _preset(request)
    if preset is None:
        raise Refused(_("No model is set up yet. Ask a producer to add a preset."))
    run = runs.submit(brief, by=request.user, preset=preset, seen=_seen(request), **words)
    ordered = _on_the_way(run, "candidate" if run.count == 1 else "candidates")
    return done(request, f"Submitted: {ordered}", brief.get_absolute_url())


@require_POST
def top_up(request: Request, brief_id: int) -> HttpResponse:
    """Orders more; by htmx a toast says so, because the candidates arrive where the person is."""
    brief = access.fetch(_briefs(), request.user, Action.BRIEF, pk=brief_id)
    form = CountForm(request.POST)
    if not form.is_valid():
        raise Refused(f"Say how many more, from 1 to {runs.MOST}.")
    run = runs.top_up(brief, by=request.user, count=form.cleaned_data["count"])
    sentence = _on_the_way(run, "more")
    if request.htmx:
        return render(request, "_toast.html", {"text": sentence, "tone": "success"})
    return done(request, sentence, brief.get_absolute_url())


@require_POST
def more_like(request: Request, candidate_id: int) -> HttpResponse:
    """Orders some; by htmx the form comes back and says so, because the candidates arrive where the person is."""
    candidate = access.fetch(_candidates(), request.user, Action.BRIEF, pk=candidate_id)
    form = MoreLikeForm(request.POST, candidate=candidate)
    if not form.is_valid():
        raise Refused(f"Say how many, from 1 to {runs.MOST}, from what to start, and how close to stay.")
    count, way = form.cleaned_data["count"], form.cleaned_data["way"]
    run = runs.more_like(candidate, by=request.user, count=count, way=way, strength=form.strength)
    sentence = _on_the_way(run, f"more like candidate {candidate.number}")
    if request.htmx:
        context = {"candidate": candidate, "more_like_form": form, "ordered": sentence}
        return render(request, "generation/_more_like.html", context)
    return done(request, sentence, candidate.brief.get_absolute_url())


@require_http_methods(["GET", "POST"])
def reproductions_of(request: Request, candidate_id: int) -> HttpResponse:
    """How the candidate came out when it was made again; a POST asks for that. Polls itself while one is open."""
    action = Action.BRIEF if request.method == "POST" else Action.VIEW
    candidate = access.fetch(_candidates(), request.user, action, pk=candidate_id)
    if request.method == "POST":
        opened = reproductions.ask(candidate, by=request.user)[1]
        if not request.htmx:
            sentence = "It is being made again." if opened else "It is being made again already."
            return done(request, sentence, candidate.brief.get_absolute_url())
    made = list(candidate.reproductions.select_related("candidate", "asked_by").order_by("-pk"))
    token = f"{made[0].pk}-{made[0].status}-{made[0].step}" if made else ""
    if token and request.GET.get("since") == token:
        return HttpResponse(status=204)
    context = {
        "candidate": candidate,
        "reproductions": made,
        "is_open": any(each.is_open for each in made),
        "token": token,
        "may_ask": candidate.seed is not None and access.allowed(request.user, Action.BRIEF, candidate.project),
    }
    return render(request, "generation/_reproductions.html", context)


@require_POST
def cancellation(request: Request, run_id: int) -> HttpResponse:
    run = access.fetch(Run.objects.select_related("project", "brief"), request.user, Action.BRIEF, pk=run_id)
    cancelled = runs.cancel(run, by=request.user)
    sentence = "Cancelled. What was made stays." if cancelled else "This run was over already."
    return done(request, sentence, run.brief.get_absolute_url())


@require_POST
def retry(request: Request, run_id: int) -> HttpResponse:
    run = access.fetch(
        Run.objects.select_related("project", "brief", "revision"), request.user, Action.BRIEF, pk=run_id
    )
    again = runs.retry(run, by=request.user)
    sentence = "Trying again; only what is missing is made." if again else "There is nothing to try again."
    return done(request, sentence, run.brief.get_absolute_url())


@require_safe
def picture(request: Request, candidate_id: int) -> HttpResponseBase:
    return _file(request, candidate_id, "picture")


@require_safe
def thumbnail(request: Request, candidate_id: int, size: str) -> HttpResponseBase:
    if size not in Candidate.THUMBNAILS:
        raise Http404
    return _file(request, candidate_id, size)


def _file(request: Request, candidate_id: int, name: str) -> HttpResponseBase:
    rows = Candidate.objects.select_related("project", name)
    return file_response(request, getattr(access.fetch(rows, request.user, Action.VIEW, pk=candidate_id), name))


def _briefs() -> VisibleTo[Brief]:
    return Brief.objects.select_related("project__brand")


def _candidates() -> VisibleTo[Candidate]:
    return Candidate.objects.select_related("project", "brief__project", "run__preset", "run__revision")


def _on_the_way(run: Run, what: str) -> str:
    return f"{run.count} {what} {'is on its' if run.count == 1 else 'are on their'} way."


def _preset(request: Request) -> Preset | None:
    form = PresetForm(request.POST)
    if form.is_valid():
        chosen: Preset = form.cleaned_data["preset"]
        return chosen
    return Preset.objects.filter(retired=False).order_by("pk").first()


def _form(request: Request, revision: BriefRevision, brief: Brief) -> BriefForm:
    posted = request.POST if request.method == "POST" else None
    return BriefForm(posted, instance=revision, project=brief.project, auto_id="brief-%s")


def _seen(request: Request) -> briefs.Seen | None:
    """What the page that posts had shown of the brief, where it says so."""
    return briefs.Seen.parse(request.POST["seen"]) if "seen" in request.POST else None


def _hints(count: int) -> str:
    sentence = ngettext("%(count)s hint beside the field", "%(count)s hints beside the fields", count)
    return sentence % {"count": count}


def _beside(form: BriefForm, advice: dict[str, str]) -> list[tuple[str, str, bool]]:
    """What stands beside each field: its name, a sentence, and whether that is an error."""
    return [
        (field.name, str(field.errors[0]) if field.errors else advice.get(field.name, ""), bool(field.errors))
        for field in form
    ]


def _outlook(revision: BriefRevision, preset: Preset | None) -> dict[str, Any]:
    """What this brief will lead to: prompt, what is thin or not understood, estimate, sign-offs."""
    words = revision.words()
    advice = prompts.advice(words)
    is_starter = preset is not None and presets.is_starter(preset)
    if is_starter and (unheard := hearing.advice(revision.subject)):
        advice["subject"] = unheard
    estimate = estimates.of_order(preset, revision.count) if preset else None
    return {
        "prompt": prompts.compiled(words),
        "advice": advice,
        "hints": _hints(len(advice)),
        "known_words": vocabulary.phrases() if is_starter else [],
        "estimate": estimate,
        "preset": preset,
        "verdict": verdict_of(revision.use_class),
    }
