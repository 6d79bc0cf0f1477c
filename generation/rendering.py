"""Batches: make what is missing of a claimed one, and save it beside the denoising of the next."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from creative import briefs, money
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Spending
from creative.work import house
from creative.work.hold import Hold
from creative.work.kinds import Acts, Kind, failures_recorded, succeed
from generation import estimates, runs
from generation.models import Batch
from generation.renderer import Load, metered
from generation.saving import Saver, Saving, Slot


class Batches(Kind[Batch]):
    model = Batch
    order = ("run", "first")
    select = ("run__project", "run__brief", "run__revision", "run__preset")
    acts = Acts(Act.BATCH_CLAIMED, Act.BATCH_DONE, Act.BATCH_FAILED, Act.BATCH_RELEASED)
    silent = "The worker stopped without a word {attempt} times while making these pictures."

    def __init__(self, load: Load, saver: Saver) -> None:
        self._load = load
        self._saver = saver

    @classmethod
    def objection(cls, row: Batch) -> str:
        if briefs.is_archived(row.run.brief):
            return _("This brief is archived. Bring it back, then try again.")
        return runs.objection(row.run)

    @classmethod
    def record(cls, row: Batch, act: Act, /, **data: Any) -> None:
        audit.record(row.run.project, None, act, brief=row.run.brief_id, batch=row.pk, **data)

    def do(self, hold: Hold[Batch]) -> None:
        """Hand the pictures to the saver, which ends the hold."""
        tried_before = hold.row.attempt > 1
        if tried_before:
            self._saver.finish()
        slots = self._render(hold)
        self._saver.save(slots, then=partial(_finish, hold.row, hold.hand_over()))
        if tried_before:
            self._saver.finish()

    def _render(self, hold: Hold[Batch]) -> list[Slot]:
        """What of the batch has not ended yet; nothing where a worker died between the last picture and the end."""
        batch, recipe = hold.row, hold.row.run.recipe
        ended = batch.ended()
        missing = [index for index in batch.indexes if index not in ended]
        if not missing:
            return []
        render = self._load(recipe.preset)
        seeds = [recipe.seed_for(index) for index in missing]
        with hold.within(estimates.patience(batch.run.preset, len(seeds))):
            given, seconds = metered(render, recipe, seeds, on_step=hold.step, spend=partial(_spend, batch))
        return [
            Slot(batch, index, place, each, seconds / len(missing), render.environment)
            for place, (index, each) in enumerate(zip(missing, given, strict=True))
        ]


def _spend(batch: Batch, seconds: float) -> None:
    run = batch.run
    money.spend(
        Spending.What.BATCH,
        subject=batch.pk,
        brief=run.brief_id,
        project=run.project_id,
        seconds=seconds,
        price=run.price,
    )


def _finish(batch: Batch, held: ExitStack, saving: Saving) -> None:
    """Done when every picture is saved; one that could not be saved fails the batch, to be tried again."""
    with held, failures_recorded(Batches, batch):
        for each in saving:
            each.result()
        house.despite_cuts(partial(succeed, Batches, batch))
