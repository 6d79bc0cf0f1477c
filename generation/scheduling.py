"""Which batch a free worker takes: decided here, in SQL, at claim time."""

from __future__ import annotations

from django.db import transaction

from creative import policies
from creative.evidence import audit
from creative.evidence.acts import Act
from generation.models import Batch

RIVALS = 8  # workers that may look at the same head of the queue; a loser tries the next row


def claim_next(worker: str) -> Batch | None:
    """The oldest waiting batch, claimed for `worker`; None when nothing waits."""
    while True:
        waiting = list(
            Batch.objects.claimable()
            .select_related("run__project", "run__brief", "run__revision")
            .order_by("run_id", "first")[:RIVALS]
        )
        if not waiting:
            return None
        for batch in waiting:
            with transaction.atomic():
                if batch.claim(worker=worker, step=0) and _is_allowed(batch):
                    _record(batch, Act.BATCH_CLAIMED, worker=worker)
                    return batch


def _is_allowed(batch: Batch) -> bool:
    """Policy may have changed since the run was started; what it forbids today ends here, in its own words."""
    if because := policies.objection(batch.run.revision.use_class):
        record_failure(batch, because, for_good=True)
    return not because


def record_failure(batch: Batch, error: str, *, for_good: bool = False) -> None:
    with transaction.atomic():
        if batch.fail(error, for_good=for_good):
            _record(batch, Act.BATCH_FAILED)


def give_back(batch: Batch) -> None:
    with transaction.atomic():
        if batch.release():
            _record(batch, Act.BATCH_RELEASED)


def sweep() -> bool:
    """End what has no attempts left, free what was cancelled; say whether anything waits."""
    for batch in Batch.objects.lapsed().filter(run__cancelled_at__isnull=False).select_related("run__project"):
        give_back(batch)
    for batch in Batch.objects.exhausted().select_related("run__project"):
        record_failure(batch, f"The worker stopped without a word {batch.attempt} times while making these pictures.")
    return Batch.objects.claimable().exists()


def _record(batch: Batch, act: Act, **data: str) -> None:
    run = batch.run
    audit.record(run.project, None, act, brief=run.brief_id, batch=batch.pk, attempt=batch.attempt, **data)
