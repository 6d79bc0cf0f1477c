"""Candidates as rows that share one stored picture: as many and as large as a test of the room needs, at once."""

from __future__ import annotations

import functools
import hashlib
import random
from collections.abc import Sequence

from django.utils.timezone import now
from PIL import Image

from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import File
from generation import images
from generation.models import Batch, Candidate, Run
from tests import make

SMALL, LARGE = (64, 48), (1400, 1050)  # pixels


def made(run: Run, count: int, *, size: tuple[int, int] = SMALL, hashes: Sequence[str] = ()) -> list[Candidate]:
    """The run's candidates, and no batch of it waits any more. No two look alike unless `hashes` say so."""
    run.batches.update(status=Batch.Status.DONE, attempt=1, finished_at=now())
    return _rows(run, count, size, hashes)


def arrived(run: Run, count: int, *, hashes: Sequence[str] = ()) -> list[Candidate]:
    """More of them, which open rooms hear of."""
    more = _rows(run, count, SMALL, hashes)
    for candidate in more:
        audit.record(run.project, None, Act.CANDIDATE_MADE, brief=run.brief_id, candidate=candidate.pk, run=run.pk)
    return more


def alike(number: int, count: int = 1) -> list[str]:
    """Perceptual hashes of one stack: a bit apart from each other."""
    lead = int(unlike(number), 16)
    return [f"{lead ^ (1 << bit >> 1):016x}" for bit in range(count)]


def unlike(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()[:16]


def _rows(run: Run, count: int, size: tuple[int, int], hashes: Sequence[str]) -> list[Candidate]:
    batch = run.batches.order_by("first")[0]
    first = Candidate.objects.filter(brief=run.brief).count()
    picture, small, large = _stored(size)
    return Candidate.objects.bulk_create(
        make.row(
            run,
            batch,
            index,
            seed=run.recipe.seed_for(index),
            picture=picture,
            small=small,
            large=large,
            width=size[0],
            height=size[1],
            phash=hashes[index - first] if hashes else unlike(1000 + index),
            gpu_seconds=1.0,
            environment={"device": "painter"},
        )
        for index in range(first, first + count)
    )


def _stored(size: tuple[int, int]) -> tuple[File, ...]:
    encoded = _encoded(size)
    return tuple(images.put(content) for content in (encoded.picture, encoded.small, encoded.large))


@functools.cache
def _encoded(size: tuple[int, int]) -> images.Encoded:
    blots = Image.frombytes("RGB", (8, 6), random.Random(4).randbytes(8 * 6 * 3))
    return images.encode(blots.resize(size, Image.Resampling.BICUBIC), **Candidate.THUMBNAILS)
