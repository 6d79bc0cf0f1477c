"""What changes on a brief's page while candidates arrive."""

from __future__ import annotations

from typing import Any

from creative.models import Brief
from generation import estimates
from generation.models import Batch, Candidate, Run
from review.progress import Overview


def of(row: Overview) -> dict[str, Any]:
    """Tiles for what is made, being made and waiting, the time left, and what can be cancelled or tried again."""
    runs = list(Run.objects.with_state().filter(brief=row.brief).select_related("preset").order_by("pk"))
    open_runs = [run for run in runs if run.is_open]
    stopped = [run for run in runs if run.state == Run.State.FAILED]
    stopped += [run for run in runs[-1:] if run.state == Run.State.CANCELLED]
    waiting = list(Batch.objects.open().filter(run__in=open_runs).order_by("first"))
    made = list(Candidate.objects.filter(brief=row.brief).order_by("index"))
    indexes = {candidate.index for candidate in made}
    by_id = {run.pk: run for run in open_runs}
    pending = [tile for batch in waiting for tile in _pending(batch, by_id[batch.run_id], indexes)]
    return {
        "overview": row,
        "brief": row.brief,
        "run": row.run,
        "is_open": bool(open_runs or row.orders),
        "open_runs": open_runs,
        "stopped_runs": stopped,
        "failed": list(Batch.objects.filter(run__in=stopped, status=Batch.Status.FAILED).order_by("first")),
        "tiles": made,
        "pending": pending,
        "expected": len(made) + len(pending),
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


def _pending(batch: Batch, run: Run, made: set[int]) -> list[dict[str, Any]]:
    steps = run.recipe.preset.steps
    running = batch.status == Batch.Status.RUNNING
    return [
        {"number": index + 1, "running": running, "step": batch.step, "steps": steps}
        for index in batch.indexes
        if index not in made
    ]


def _seconds_left(waiting: list[Batch], runs: dict[int, Run]) -> float | None:
    """By the measured rate of each run's preset, shared among the workers that are at it; None when unmeasured."""
    presets = {run.preset_id: run.preset for run in runs.values()}
    rates = {preset: estimates.seconds_per_picture(presets[preset]) for preset in presets}
    left = 0.0
    for batch in waiting:
        rate = rates[runs[batch.run_id].preset_id]
        if rate is None:
            return None
        steps = runs[batch.run_id].recipe.preset.steps
        left += batch.count * rate * (1 - batch.step / steps if batch.status == Batch.Status.RUNNING else 1)
    return left / max(1, sum(batch.status == Batch.Status.RUNNING for batch in waiting)) if waiting else None
