from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from creative import access, briefs, members
from creative.errors import Refused
from creative.http import Request, bad_request, done
from creative.models import Brief, BriefRevision, Kit, Project, VisibleTo
from creative.policy.versions import verdict_of
from creative.presses import Answer, answered, once
from creative.roles import Action
from generation import estimates, presets, prompts, reproductions, runs
from generation.forms import BriefForm, CountForm, MoreLikeForm, PresetForm
from generation.http import picture_response
from generation.models import Candidate, Preset, Run
from generation.starter import hearing, vocabulary


@require_POST
@once
def draft(request: Request, project_id: int) -> Answer:
    """A new brief, straight into its form."""
    project = access.fetch(Project.objects, request.user, Action.BRIEF, pk=project_id)
    brief = briefs.draft(project, by=request.user)
    return Answer("", reverse("generation:brief-form", args=[brief.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def brief_form(request: Request, brief_id: int) -> HttpResponse:
    """The form. A POST saves what is valid: by htmx as they type, without it by the Save button."""
    brief = access.fetch(_briefs(), request.user, Action.BRIEF, pk=brief_id)
    revision = briefs.newest(brief)
    form = _form(request, revision, brief)
    if request.method != "POST":
        return _form_page(request, brief, revision, form)
    if "use_class" not in request.POST:  # the form always sends it; without it every word would be taken for emptied
        return bad_request("A brief is sent with all of its fields.")
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
@once
def submission(request: Request, brief_id: int) -> Answer | HttpResponse:
    """Save what the form holds, then order its candidates."""
    brief = access.fetch(_briefs(), request.user, Action.BRIEF, pk=brief_id)
    words: dict[str, Any] = {}
    if "use_class" in request.POST:  # posted with the words, not by the button alone
        revision = briefs.newest(brief)
        stored, form = briefs.Seen.of(revision), _form(request, revision, brief)
        if not form.is_valid():
            return _saved(request, brief, form)
        words = form.cleaned_data
        if revision.submitted_at and not stored.changed(words):
            return Answer(_("This brief is submitted; nothing in it changed since."), brief.get_absolute_url())
    preset = _preset(request)
    if preset is None:
        raise Refused(_("No model is set up yet. Ask a producer to add a preset."))
    run = runs.submit(brief, by=request.user, preset=preset, seen=_seen(request), **words)
    ordered = _on_the_way(run, "candidate" if run.count == 1 else "candidates")
    return Answer(f"Submitted: {ordered}", brief.get_absolute_url())


@require_POST
@once
def top_up(request: Request, brief_id: int) -> Answer:
    """Orders more; by htmx a toast says so, because the candidates arrive where the person is."""
    brief = access.fetch(_briefs(), request.user, Action.BRIEF, pk=brief_id)
    form = CountForm(request.POST)
    if not form.is_valid():
        raise Refused(f"Say how many more, from 1 to {runs.MOST}.")
    run = runs.top_up(brief, by=request.user, count=form.cleaned_data["count"])
    return Answer(_on_the_way(run, "more"), brief.get_absolute_url())


@require_POST
@once
def more_like(request: Request, candidate_id: int) -> Answer:
    """Orders some; by htmx a toast says so, because the candidates arrive where the person is."""
    candidate = access.fetch(_candidates(), request.user, Action.BRIEF, pk=candidate_id)
    form = MoreLikeForm(request.POST, candidate=candidate)
    if not form.is_valid():
        raise Refused(f"Say how many, from 1 to {runs.MOST}, from what to start, and how close to stay.")
    count, way = form.cleaned_data["count"], form.cleaned_data["way"]
    run = runs.more_like(candidate, by=request.user, count=count, way=way, strength=form.strength)
    sentence = _on_the_way(run, f"more like candidate {candidate.number}")
    return Answer(sentence, candidate.brief.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
def reproductions_of(request: Request, candidate_id: int) -> HttpResponse:
    """How the candidate came out when it was made again; a POST asks for that. Polls itself while one is open."""
    action = Action.BRIEF if request.method == "POST" else Action.VIEW
    candidate = access.fetch(_candidates(), request.user, action, pk=candidate_id)
    if request.method == "POST":
        answer = answered(request, partial(_made_again, request, candidate))
        if not request.htmx:
            return done(request, *answer)
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


def _made_again(request: Request, candidate: Candidate) -> Answer:
    opened = reproductions.ask(candidate, by=request.user)[1]
    sentence = "It is being made again." if opened else "It is being made again already."
    return Answer(sentence, candidate.brief.get_absolute_url())


@require_POST
@once
def cancellation(request: Request, run_id: int) -> Answer:
    run = access.fetch(Run.objects.select_related("project", "brief"), request.user, Action.BRIEF, pk=run_id)
    cancelled = runs.cancel(run, by=request.user)
    sentence = "Cancelled. What was made stays." if cancelled else "This run was over already."
    return Answer(sentence, run.brief.get_absolute_url())


@require_POST
@once
def retry(request: Request, run_id: int) -> Answer:
    run = access.fetch(
        Run.objects.select_related("project", "brief", "revision"), request.user, Action.BRIEF, pk=run_id
    )
    again = runs.retry(run, by=request.user)
    sentence = "Trying again; only what is missing is made." if again else "There is nothing to try again."
    return Answer(sentence, run.brief.get_absolute_url())


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
    return picture_response(request, getattr(access.fetch(rows, request.user, Action.VIEW, pk=candidate_id), name))


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
    """What stands beside each field of the page: its name, a sentence, and whether that is an error."""
    return [
        (field.name, str(field.errors[0]) if field.errors else advice.get(field.name, ""), bool(field.errors))
        for field in form
        if field.name != "palette" or form.fields["palette"].choices  # type: ignore[attr-defined]
    ]


def _outlook(revision: BriefRevision, preset: Preset | None) -> dict[str, Any]:
    """What this brief will lead to: prompt, what is thin or not heard, estimate, sign-offs."""
    words, kit = runs.sent_words(revision), revision.project.brand.kit
    prompt = prompts.compiled(words)
    is_starter = preset is not None and presets.is_starter(preset)
    advice = prompts.advice(words)
    if is_starter and (unheard := hearing.advice(revision.subject)):
        advice["subject"] = unheard
    hints = len(advice)
    for name, avoided in prompts.avoided(words, kit.avoid).items():
        advice[name] = " ".join([*filter(None, [advice.get(name)]), _avoids(kit, avoided)])
    if revision.due and revision.due < timezone.localdate():
        advice["due"] = _("That day has passed.")
    end = presets.end_of_heard(preset, prompt["prompt"]) if preset else len(prompt["prompt"])
    if preset:
        advice |= _unheard(preset, words, end)
    verdict = verdict_of(revision.use_class)
    return {
        "prompt": prompt,
        "heard": prompt["prompt"][:end],
        "unheard": prompt["prompt"][end:],
        "advice": advice,
        "hints": _hints(hints) if hints else "",
        "known_words": vocabulary.phrases() if is_starter else [],
        "estimate": estimates.of_order(preset, revision.count) if preset else None,
        "kit": kit,
        "preset": preset,
        "hides_avoid": preset is not None and preset.heard.get("avoid") is False and not words.get("avoid"),
        "verdict": verdict,
        "objection": verdict.objection_to(preset.name, commercial_use=preset.commercial_use)
        if preset
        else verdict.objection,
        "stages_of_nobody": members.stages_of_nobody(
            revision.brief.project, [asked.stage for asked in verdict.requirements]
        ),
    }


def _avoids(kit: Kit, words: list[str]) -> str:
    told = {"brand": kit.brand, "words": ", ".join(f"“{word}”" for word in words)}
    return _("The kit of %(brand)s avoids %(words)s.") % told


def _unheard(preset: Preset, words: dict[str, Any], end: int) -> dict[str, str]:
    """By field, what of it this model won't hear."""
    told = {"most": preset.heard.get("tokens"), "preset": preset.name}
    cut = _("“%(preset)s” reads %(most)s word parts of a prompt, so that it does not hear “%(rest)s”.")
    found = {
        name: cut % {**told, "rest": Truncator(rest).chars(60)} for name, rest in prompts.unheard(words, end).items()
    }
    if words.get("avoid") and preset.heard.get("avoid") is False:
        found["avoid"] = _("“%(preset)s” can't be told what to avoid, so this changes nothing.") % told
    return found
