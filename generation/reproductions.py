"""Make a candidate again by its recipe and say how far it is from what was stored."""

from __future__ import annotations

import io
import logging
import time
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F
from PIL import Image

from creative import files, policies
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import User
from creative.work import bell
from creative.work.leases import ClaimLost, in_words
from generation import comparison, runs
from generation.claims import Claim
from generation.models import Candidate, Reproduction
from generation.recipe import padded

if TYPE_CHECKING:
    from generation.rendering import Load, Renderer

log = logging.getLogger(__name__)

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
        found = Reproduction.objects.unfinished().filter(candidate=candidate).first()
        return (found, False) if found else ask(candidate, by=by)
    return asked, True


def claim_next(worker: str) -> Reproduction | None:
    """The oldest that waits, claimed for `worker`; None when none does. Policy may have changed since it was asked."""
    waiting = Reproduction.objects.claimable().select_related("candidate__project", "candidate__run__revision")
    while reproduction := waiting.order_by("pk").first():
        with transaction.atomic():
            if not reproduction.claim(worker=worker, step=0):
                continue
            if because := _forbidden(reproduction.candidate):
                record_failure(reproduction, because, for_good=True)
                continue
            _record(reproduction, None, Act.REPRODUCTION_CLAIMED, attempt=reproduction.attempt, worker=worker)
        return reproduction
    return None


def reproduce(reproduction: Reproduction, load: Load) -> None:
    """Render one that we have claimed and write down how it compares; stop as soon as the claim is lost."""
    claim = Claim(reproduction)
    try:
        renderer = load(reproduction.candidate.run.recipe.preset)
        picture = _render(claim, renderer)
        _succeed(reproduction, comparison.compare(_stored(reproduction.candidate), picture), renderer.environment)
    except ClaimLost:
        log.info("%s was taken over", reproduction)
    except Exception as error:
        log.exception("%s failed", reproduction)
        record_failure(reproduction, in_words(error))
    finally:
        claim.close()


def record_failure(reproduction: Reproduction, error: str, *, for_good: bool = False) -> None:
    with transaction.atomic():
        if reproduction.fail(error, for_good=for_good):
            _record(reproduction, None, Act.REPRODUCTION_FAILED, attempt=reproduction.attempt)


def sweep() -> bool:
    """End what has no attempts left; say whether anything waits."""
    for each in Reproduction.objects.exhausted().select_related("candidate__project"):
        record_failure(each, f"The worker stopped without a word {each.attempt} times while making this picture again.")
    return Reproduction.objects.claimable().exists()


def _render(claim: Claim[Reproduction], renderer: Renderer) -> Image.Image:
    """In the first slot of a full batch: companions and slots don't change the bits, the size of the batch does."""
    candidate = claim.held.candidate
    recipe = candidate.run.recipe
    started = time.perf_counter()
    try:
        return renderer(recipe, padded([candidate.seed], recipe.preset.batch_size), claim.step)[0]
    finally:
        seconds = F("gpu_seconds") + time.perf_counter() - started
        Reproduction.objects.filter(pk=claim.held.pk).update(gpu_seconds=seconds)


def _stored(candidate: Candidate) -> Image.Image:
    return Image.open(io.BytesIO(files.read(candidate.sha256))).convert("RGB")


def _succeed(reproduction: Reproduction, found: comparison.Difference, environment: dict[str, Any]) -> None:
    outcome = Outcome.DIFFERENT
    if found.is_invisible:
        outcome = Outcome.IDENTICAL if found.is_none else Outcome.VISUALLY_SAME
    difference = found.as_dict()
    with transaction.atomic():
        if reproduction.succeed(outcome=outcome, difference=difference, environment=environment):
            _record(reproduction, None, Act.REPRODUCTION_DONE, outcome=outcome.value, **difference)


def _forbidden(candidate: Candidate) -> str:
    return policies.objection(candidate.run.revision.use_class)


def _record(reproduction: Reproduction, by: User | None, act: Act, /, **data: Any) -> None:
    candidate = reproduction.candidate
    data |= {"reproduction": reproduction.pk, "candidate": candidate.pk}
    audit.record(candidate.project, by, act, brief=candidate.brief_id, **data)
