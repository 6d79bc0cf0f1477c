"""Make what is missing of a claimed batch; save it beside the denoising of the next."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import Any, Protocol, Self

from django.db import connections, transaction
from PIL import Image

from creative.evidence import audit
from creative.evidence.acts import Act
from creative.work.leases import ClaimLost, in_words
from generation import images, reproductions, scheduling
from generation.claims import Claim
from generation.models import Batch, Candidate
from generation.recipe import PresetSnapshot, Recipe, padded

log = logging.getLogger(__name__)

BATCHES_IN_HAND = 2  # one denoising, one being saved: bounds memory, and hides saving whenever it is the faster


class Renderer(Protocol):
    """A loaded model. The one seam where a test may stand something in."""

    environment: dict[str, Any]  # versions, device, threads, dtype: what the bits depend on beside the recipe
    takes_noise: bool  # whether it can start from a candidate's noise

    @property
    def takes_pictures(self) -> bool:
        """Whether it can start from a candidate's picture."""

    def __call__(self, recipe: Recipe, seeds: Sequence[int], on_step: Callable[[int], None]) -> Sequence[Image.Image]:
        """One RGB picture a seed, all in one call of the model. `on_step` gets the steps done and may raise."""

    def peak_memory(self) -> int | None:
        """Bytes on the device at most, so far; None where nobody counts."""


Load = Callable[[PresetSnapshot], Renderer]


def work(load: Load, *, worker: str, saver_threads: int = 2) -> int:
    """Claim and render until nothing waits: new pictures first, then those made again. Returns how many batches."""
    rendered = 0
    with Saver(threads=saver_threads) as saver:
        while True:
            if batch := scheduling.claim_next(worker):
                render_batch(batch, load, saver)
                rendered += 1
            elif reproduction := reproductions.claim_next(worker):
                reproductions.reproduce(reproduction, load)
            else:
                return rendered


def render_batch(batch: Batch, load: Load, saver: Saver) -> None:
    """Render a batch that we have claimed and hand its pictures to the saver; stop as soon as the claim is lost."""
    claim = Claim(batch)
    handed_over = False
    try:
        drafts = _render(claim, load)
        handed_over = True
        saver.save(claim, drafts)
    except ClaimLost:
        scheduling.give_back(batch)
    except Exception as error:
        log.exception("%s failed", batch)
        scheduling.record_failure(batch, in_words(error))
    finally:
        if not handed_over:
            claim.close()


def _render(claim: Claim[Batch], load: Load) -> list[Draft]:
    """The pictures of a batch that are not made yet; none when a worker died between the last one and the end."""
    batch = claim.held
    recipe = batch.run.recipe
    made = set(Candidate.objects.filter(batch=batch).values_list("index", flat=True))
    if made.issuperset(batch.indexes):
        return []
    render = load(recipe.preset)
    slots = padded(list(batch.indexes), recipe.preset.batch_size)
    started = time.perf_counter()
    try:
        pictures = render(recipe, [recipe.seed_for(index) for index in slots], claim.step)
    finally:
        seconds = time.perf_counter() - started
        batch.meter(seconds)
    return [
        Draft(batch, recipe, index, slot, picture, seconds / batch.count, render.environment)
        for slot, (index, picture) in enumerate(zip(batch.indexes, pictures, strict=False))
        if index not in made
    ]


@dataclass(frozen=True)
class Draft:
    """A rendered picture on its way to becoming a candidate."""

    batch: Batch
    recipe: Recipe
    index: int
    slot: int
    picture: Image.Image
    gpu_seconds: float
    environment: dict[str, Any]

    def save(self) -> None:
        """Encode, store, then record: the row comes last, so a row always has its files."""
        encoded = images.encode(self.picture, **Candidate.THUMBNAILS)
        stored = {name: images.put(getattr(encoded, name)) for name in ("picture", "small", "large")}
        phash = images.perceptual_hash(self.picture)
        run = self.batch.run
        with transaction.atomic():
            if not self.batch.renew():  # the fence; it also holds the row until this commits
                raise ClaimLost
            candidate, new = Candidate.objects.get_or_create(
                brief=run.brief,
                index=self.index,
                defaults={
                    "project": run.project,
                    "run": run,
                    "batch": self.batch,
                    "seed": self.recipe.seed_for(self.index),
                    "slot": self.slot,
                    **stored,
                    "width": encoded.width,
                    "height": encoded.height,
                    "gpu_seconds": self.gpu_seconds,
                    "cost": Decimal(str(self.gpu_seconds)) * run.price,
                    "environment": self.environment,
                    "phash": phash,
                },
            )
            if new:
                data = {"candidate": candidate.pk, "run": run.pk, "sha256": candidate.sha256}
                audit.record(run.project, None, Act.CANDIDATE_MADE, brief=run.brief_id, **data)


class Saver:
    """Saves pictures on threads of its own. With `threads=0` it saves at once, in the caller's thread."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._pictures = ThreadPoolExecutor(threads, "saver") if threads else None
        self._batches = ThreadPoolExecutor(1, "finisher")
        self._in_hand: list[Future[None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        wait(self._in_hand)
        for pool, threads in ((self._pictures, self._threads), (self._batches, 1)):
            if pool:
                everyone = threading.Barrier(threads)  # so that each thread closes its own connection
                wait([pool.submit(_close_connections, everyone) for _ in range(threads)])
                pool.shutdown()

    def save(self, claim: Claim[Batch], drafts: Sequence[Draft]) -> None:
        """Returns at once, unless too many batches are in hand already."""
        if self._pictures is None:
            _finish(claim, [_attempt(draft) for draft in drafts])
            return
        saving = [self._pictures.submit(_attempt, draft) for draft in drafts]
        self._in_hand.append(self._batches.submit(lambda: _finish(claim, [future.result() for future in saving])))
        while len(self._in_hand) >= BATCHES_IN_HAND:
            self._in_hand.pop(0).result()


def _close_connections(everyone: threading.Barrier) -> None:
    everyone.wait()
    connections.close_all()


def _attempt(draft: Draft) -> Exception | None:
    try:
        draft.save()
    except Exception as error:
        if not isinstance(error, ClaimLost):
            log.exception("Could not save picture %s of %s", draft.index + 1, draft.batch)
        return error
    return None


def _finish(claim: Claim[Batch], outcomes: Sequence[Exception | None]) -> None:
    """The batch is done when every picture is saved; a picture that could not be saved fails it, to be tried again."""
    batch, errors = claim.held, [error for error in outcomes if error]
    try:
        if any(isinstance(error, ClaimLost) for error in errors):
            scheduling.give_back(batch)
        elif errors:
            scheduling.record_failure(batch, in_words(errors[0]))
        else:
            _succeed(batch)
    finally:
        claim.close()


def _succeed(batch: Batch) -> None:
    with transaction.atomic():
        if batch.succeed():
            data = {"batch": batch.pk, "attempt": batch.attempt}
            audit.record(batch.run.project, None, Act.BATCH_DONE, brief=batch.run.brief_id, **data)
