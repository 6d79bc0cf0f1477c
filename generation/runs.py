"""Verbs on runs: submit, start, top up, cancel, retry. The only way onto the queue, so policy is asked here."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Max
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creative import briefs
from creative.brief_words import MOST_CANDIDATES
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Brief, BriefRevision, User
from creative.policy.versions import verdict_of
from creative.work import bell
from generation import presets
from generation.models import Batch, Candidate, Preset, Run
from generation.recipe import PICTURE, SEED, SEEDS, Recipe, Source

WORK = "generation.tasks.work_waiting"
MOST = MOST_CANDIDATES  # candidates a run
MOST_A_BRIEF = 1000


def submit(brief: Brief, *, by: User, preset: Preset, seen: briefs.Seen | None = None, **words: Any) -> Run:
    """Freeze the open revision, with these `words`, and order its candidates, or refuse and change nothing."""
    with transaction.atomic():
        revision = briefs.submit(brief, by=by, seen=seen, **words)
        return start(revision, by=by, preset=preset, count=revision.count)


def start(revision: BriefRevision, *, by: User, preset: Preset, count: int, seed: int | None = None) -> Run:
    """A new run from a submitted revision. Raises Refused when policy, preset or bounds forbid it."""
    first = secrets.randbelow(SEEDS) if seed is None else seed
    recipe = presets.recipe(preset, sent_words(revision), seed=first)
    return _order(revision, by=by, preset=preset, count=count, recipe=recipe)


def sent_words(revision: BriefRevision) -> dict[str, Any]:
    """What goes into its prompt: its own words, and its brand's house style as that is today."""
    return {**revision.words(), "house_style": revision.project.brand.kit.house_style}


def top_up(brief: Brief, *, by: User, count: int) -> Run:
    """More of the newest run's recipe, whatever was varied since: the next seeds, so nothing is made twice."""
    fresh = Run.objects.filter(brief=brief, recipe_data__source=None)
    newest = fresh.select_related("revision", "preset").order_by("-pk").first()
    if newest is None:
        raise Refused(_("There is nothing to top up: this brief was never submitted."))
    return _order(newest.revision, by=by, preset=newest.preset, count=count, recipe=newest.recipe, tops_up=newest)


def more_like(candidate: Candidate, *, by: User, count: int, way: str, strength: float) -> Run:
    """A run that starts from a candidate: its noise, or its picture, drawn by `strength` towards the next seeds."""
    if because := why_not(candidate, way):
        raise Refused(because)
    run = candidate.run
    recipe = run.recipe
    source = Source(
        candidate=candidate.pk,
        seed=candidate.seed,
        sha256=candidate.sha256,
        way=way,
        strength=strength,
        source=recipe.source if way == SEED else None,
    )
    if way == PICTURE:  # it means the same to any model, so today's settings serve
        recipe = replace(recipe, **presets.as_today(run.preset, run.revision.formats))
    return _order(run.revision, by=by, preset=run.preset, count=count, recipe=replace(recipe, source=source))


def why_not(candidate: Candidate, way: str) -> str:
    """Why no run can start from the candidate this way, in a sentence; empty where one can."""
    run = candidate.run
    preset, recipe = run.preset, run.recipe
    if way == PICTURE:
        return "" if preset.takes_pictures else f"The preset '{preset}' can't start from a picture."
    if candidate.seed is None:
        return "This candidate was made without a seed."
    if not preset.takes_noise:
        return f"The preset '{preset}' can't start from another candidate's seed."
    if preset.weights != recipe.preset.weights:
        return f"The weights of '{preset}' changed since, so this candidate's seed means another picture now."
    if recipe.source and recipe.source.way == PICTURE:
        return "This candidate was made from a picture, so its seed alone says little about it."
    return ""


def cancel(run: Run, *, by: User) -> bool:
    """Stop what is not made yet. True for the one who did; what was made stays."""
    with transaction.atomic():
        batches = Batch.objects.filter(run=run)
        done = Run.objects.filter(Exists(batches.open()), pk=run.pk, cancelled_at=None).update(
            cancelled_at=now(), cancelled_by=by
        )
        if done:
            batches.cancel()
            audit.record(run.project, by, Act.RUN_CANCELLED, run=run.pk, brief=run.brief_id)
    run.refresh_from_db()
    return done == 1


def retry(run: Run, *, by: User) -> bool:
    """Put a failed or cancelled run back on the queue; only what is missing is made."""
    if because := objection(run):
        raise Refused(because)
    with transaction.atomic():
        briefs.locked_open(run.brief)
        resumed = Run.objects.filter(pk=run.pk, cancelled_at__isnull=False).update(cancelled_at=None, cancelled_by=None)
        queued = Batch.objects.filter(run=run).requeue()
        if resumed or queued:
            briefs.reopen(run.brief_id)
            audit.record(run.project, by, Act.RUN_RETRIED, run=run.pk, brief=run.brief_id)
            bell.ring(WORK)
    run.refresh_from_db()
    return bool(resumed or queued)


def objection(run: Run) -> str:
    """Why policy lets nothing more be made of it by now, in a sentence; empty where it does."""
    preset = run.recipe.preset
    return verdict_of(run.revision.use_class).objection_to(preset.name, commercial_use=preset.commercial_use)


def _order(
    revision: BriefRevision,
    *,
    by: User,
    preset: Preset,
    count: int,
    recipe: Recipe,
    tops_up: Run | None = None,
) -> Run:
    verdict = verdict_of(revision.use_class)
    if because := verdict.objection_to(preset.name, commercial_use=preset.commercial_use):
        raise Refused(because)
    if revision.submitted_at is None:
        raise Refused(_("Submit the brief first."))
    if not 1 <= count <= MOST:
        told = {"most": MOST, "count": count}
        raise Refused(_("A run makes 1 to %(most)s candidates; %(count)s were asked for.") % told)
    if preset.retired:
        raise Refused(_("The preset '%(preset)s' is retired; choose another.") % {"preset": preset})
    if not preset.weights:
        unmeasured = _(
            "The preset '%(preset)s' was not measured yet: run 'manage.py measure_preset' on a worker first."
        )
        raise Refused(unmeasured % {"preset": preset})
    with transaction.atomic():
        brief = briefs.locked_open(revision.brief)  # one order at a time takes indexes
        first = Run.objects.filter(brief=brief).aggregate(end=Max(F("first") + F("count")))["end"] or 0
        if first + count > MOST_A_BRIEF:
            told = {"most": MOST_A_BRIEF}
            raise Refused(_("A brief holds at most %(most)s candidates. Start a new brief.") % told)
        run = Run.objects.create(
            project=brief.project,
            brief=brief,
            revision=revision,
            preset=preset,
            recipe_data=recipe.as_dict(),
            weights=recipe.preset.weights,
            first=first,
            count=count,
            policy=verdict.policy,
            price=preset.price,
            started_by=by,
        )
        size = recipe.preset.batch_size
        Batch.objects.bulk_create(
            Batch(run=run, first=index, count=min(size, first + count - index))
            for index in range(first, first + count, size)
        )
        briefs.reopen(brief.pk)
        act = Act.RUN_TOPPED_UP if tops_up else Act.RUN_STARTED
        data: dict[str, Any] = {"run": run.pk, "revision": revision.number, "count": count}
        if recipe.source:
            data["source"] = recipe.source.candidate
        audit.record(brief.project, by, act, brief=brief.pk, rows=[run], policy=verdict.policy, **data)
        bell.ring(WORK)
    return run
