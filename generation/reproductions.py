"""Make a candidate again by its recipe and say how far it is from what was stored."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from PIL import Image

from creative import files, money
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Spending, User
from creative.policy.versions import verdict_of
from creative.work import bell
from creative.work.hold import Hold
from creative.work.kinds import Acts, Kind, succeed
from generation import comparison, estimates, runs
from generation.models import Candidate, Reproduction
from generation.renderer import Load, Refusal, metered

Outcome = Reproduction.Outcome


def ask(candidate: Candidate, *, by: User) -> tuple[Reproduction, bool]:
    """The one that is open, and whether this call opened it. Raises Refused where policy forbids generating."""
    if because := _forbidden(candidate):
        raise Refused(because)
    try:
        with transaction.atomic():
            asked = Reproduction.objects.create(candidate=candidate, asked_by=by)
            _record(asked, by, Act.REPRODUCTION_ASKED)
            bell.ring(runs.WORK)
    except IntegrityError:  # one is open, perhaps since this moment and no longer than that
        found = Reproduction.objects.open().filter(candidate=candidate).first()
        return (found, False) if found else ask(candidate, by=by)
    return asked, True


class Reproductions(Kind[Reproduction]):
    model = Reproduction
    select = ("candidate__project", "candidate__run__revision", "candidate__run__preset")
    acts = Acts(Act.REPRODUCTION_CLAIMED, Act.REPRODUCTION_DONE, Act.REPRODUCTION_FAILED, Act.REPRODUCTION_RELEASED)
    silent = "The worker stopped without a word {attempt} times while making this picture again."

    def __init__(self, load: Load) -> None:
        self._load = load

    @classmethod
    def objection(cls, row: Reproduction) -> str:
        return _forbidden(row.candidate)

    @classmethod
    def record(cls, row: Reproduction, act: Act, /, **data: Any) -> None:
        _record(row, None, act, **data)

    def do(self, hold: Hold[Reproduction]) -> None:
        """By its own seed, which `ask` made sure of, in its own slot. Raises Refused where the engine does."""
        candidate = hold.row.candidate
        recipe = candidate.run.recipe
        render = self._load(recipe.preset)
        assert candidate.seed is not None  # or it is forbidden
        with hold.within(estimates.patience(candidate.run.preset, 1)):
            seeds = [candidate.seed] * (candidate.slot + 1)  # on some processors the slot decides the last bit
            [*_, given], _seconds = metered(render, recipe, seeds, on_step=hold.step, spend=partial(_spend, hold.row))
        if isinstance(given, Refusal):
            raise Refused(given.reason)
        _succeed(hold.row, comparison.compare(_stored(candidate), given.pixels), render.environment)


def _spend(reproduction: Reproduction, seconds: float) -> None:
    """At today's price: the run's was that of its day."""
    candidate = reproduction.candidate
    money.spend(
        Spending.What.REPRODUCTION,
        subject=reproduction.pk,
        brief=candidate.brief_id,
        project=candidate.project_id,
        seconds=seconds,
        price=candidate.run.preset.price,
    )


def _stored(candidate: Candidate) -> Image.Image:
    return Image.open(io.BytesIO(files.read(candidate.sha256))).convert("RGB")


def _succeed(reproduction: Reproduction, found: comparison.Difference, environment: dict[str, Any]) -> None:
    outcome = Outcome.DIFFERENT
    if found.is_invisible:
        outcome = Outcome.IDENTICAL if found.is_none else Outcome.VISUALLY_SAME
    difference = found.as_dict()
    told = {"outcome": outcome.value, **difference}
    succeed(Reproductions, reproduction, told=told, outcome=outcome, difference=difference, environment=environment)


def _forbidden(candidate: Candidate) -> str:
    if candidate.seed is None:
        return _("This candidate was made without a seed, so it can't be made again.")
    return verdict_of(candidate.run.revision.use_class).objection


def _record(reproduction: Reproduction, by: User | None, act: Act, /, **data: Any) -> None:
    candidate = reproduction.candidate
    data |= {"reproduction": reproduction.pk, "candidate": candidate.pk}
    if act in Reproduction.told_by:
        data["rows"] = [Reproduction.objects.get(pk=reproduction.pk)]
    audit.record(candidate.project, by, act, brief=candidate.brief_id, **data)
