"""What changes on a brief's page while candidates arrive."""

from __future__ import annotations

from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creative.models import Brief
from generation import estimates
from generation.models import Batch, Candidate, Refusal, Run
from review.progress import Overview
from review.signing import turns


def of(row: Overview) -> dict[str, Any]:
    """Tiles for what is made, being made and waiting, the time left, and what can be cancelled or tried again."""
    runs = list(Run.objects.with_state().filter(brief=row.brief).select_related("preset").order_by("pk"))
    open_runs = [run for run in runs if run.is_open]
    stopped = [run for run in runs if run.state == Run.State.FAILED]
    stopped += [run for run in runs[-1:] if run.state == Run.State.CANCELLED]
    waiting = list(Batch.objects.open().filter(run__in=open_runs).order_by("first"))
    made = list(Candidate.objects.filter(brief=row.brief).order_by("index"))
    refused = list(Refusal.objects.filter(brief=row.brief).order_by("index"))
    ended = {each.index for each in made} | {each.index for each in refused}
    by_id = {run.pk: run for run in open_runs}
    pending = [tile for batch in waiting for tile in _pending(batch, ended)]
    return {
        "overview": row,
        "brief": row.brief,
        "run": row.run,
        "is_open": bool(open_runs or row.orders),
        "open_runs": open_runs,
        "stopped_runs": stopped,
        "failed": list(Batch.objects.filter(run__in=stopped, status=Batch.Status.FAILED).order_by("first")),
        "put_off": sorted({batch.error for batch in waiting if batch.waits_until}),
        "tiles": made,
        "refused": _refused(refused),
        "pending": pending,
        "ended": len(ended),
        "nobody_signs": turns.nobodys().filter(brief=row.brief),
        "expected": len(ended) + len(pending),
        "seconds_left": _seconds_left(waiting, by_id),
        "ahead": estimates.pictures_ahead(open_runs[0].pk)
        if open_runs and open_runs[0].state == Run.State.QUEUED
        else 0,
    }


def steps(brief: Brief) -> tuple[list[tuple[int, str, int]], int]:
    """What changes here without an event: how far open batches are, and how many pictures come before them."""
    batches = Batch.objects.open().filter(run__brief=brief).order_by("pk")
    found = list(batches.values_list("pk", "status", "step"))
    first = batches.values_list("run", flat=True).first()
    return found, estimates.pictures_ahead(first) if first else 0


def _pending(batch: Batch, ended: set[int]) -> list[dict[str, Any]]:
    steps = batch.steps if batch.status == Batch.Status.RUNNING else 0
    return [
        {"number": index + 1, "step": batch.step, "steps": steps, "sentence": _stands(batch)}
        for index in batch.indexes
        if index not in ended
    ]


def _stands(batch: Batch) -> str:
    if batch.status != Batch.Status.RUNNING:
        return _("waiting")
    return (
        _("step %(step)s of %(steps)s") % {"step": batch.step, "steps": batch.steps} if batch.steps else _("starting")
    )


def _refused(refusals: list[Refusal]) -> list[tuple[str, str]]:
    """Which candidates there are none of, in a sentence, and what the engine said of them."""
    numbers: dict[str, list[str]] = {}
    for each in refusals:
        numbers.setdefault(each.reason, []).append(str(each.number))
    return [(_refused_sentence(found), reason) for reason, found in numbers.items()]


def _refused_sentence(numbers: list[str]) -> str:
    sentence = ngettext(
        "The model refused candidate %(which)s.", "The model refused candidates %(which)s.", len(numbers)
    )
    return sentence % {"which": get_text_list(numbers, _("and"))}


def _seconds_left(waiting: list[Batch], runs: dict[int, Run]) -> float | None:
    """By the measured rate of each run's preset, shared among the workers that are at it; None when unmeasured."""
    presets = {run.preset_id: run.preset for run in runs.values()}
    rates = {preset: estimates.seconds_per_picture(presets[preset]) for preset in presets}
    left = 0.0
    for batch in waiting:
        rate = rates[runs[batch.run_id].preset_id]
        if rate is None:
            return None
        done = batch.step / batch.steps if batch.status == Batch.Status.RUNNING and batch.steps else 0
        left += batch.count * rate * (1 - done)
    return left / max(1, sum(batch.status == Batch.Status.RUNNING for batch in waiting)) if waiting else None
