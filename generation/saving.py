"""Saving pictures beside the denoising of the next."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

from django.db import transaction
from PIL import Image

from creative.evidence import audit
from creative.evidence.acts import Act
from creative.work.hold import ClaimLost
from creative.work.threads import AtOnce, Threads
from generation import images
from generation.models import Batch, Candidate
from generation.recipe import Recipe

log = logging.getLogger(__name__)

BATCHES_IN_HAND = 2  # one denoising, one being saved: bounds memory, and hides saving whenever it is the faster

Saving = Sequence[Future[None]]


@dataclass(frozen=True)
class Slot:
    """A place in a batch and the picture that was rendered for it."""

    batch: Batch
    recipe: Recipe
    index: int
    place: int
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
                    "slot": self.place,
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
        self._pictures: Executor = Threads(threads, "saver") if threads else AtOnce()
        self._batches: Executor = Threads(1, "finisher") if threads else AtOnce()
        self._in_hand: list[Future[None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        wait(self._in_hand)
        self._pictures.shutdown()
        self._batches.shutdown()

    def save(self, slots: Sequence[Slot], then: Callable[[Saving], None]) -> None:
        """Returns at once, unless too many batches are in hand already; `then` is called when all had their try."""
        saving = [self._pictures.submit(slot.save) for slot in slots]
        self._in_hand.append(self._batches.submit(_finish, saving, then))
        while len(self._in_hand) >= BATCHES_IN_HAND:
            wait([self._in_hand.pop(0)])


def _finish(saving: Saving, then: Callable[[Saving], None]) -> None:
    wait(saving)
    try:
        then(saving)
    except Exception:
        log.exception("How a batch ended could not be written down; it is taken over when its lease runs out.")
