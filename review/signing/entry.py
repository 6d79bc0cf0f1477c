"""A version comes into review: composed and written by a worker, and then it is somebody's turn."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from creative import briefs
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.work import loop
from creative.work.hold import ClaimLost, Hold
from creative.work.kinds import Acts, Kind, succeed
from review.composing import versions
from review.models import VersionOrder
from review.signing import turns


class VersionOrders(Kind[VersionOrder]):
    model = VersionOrder
    select = (
        "asset__brief",
        "asset__project__brand",
        "candidate__run__revision",
        "candidate__picture",
        "shortlisting",
        "ordered_by",
    )
    acts = Acts(Act.VERSION_ORDER_CLAIMED, Act.VERSION_MADE, Act.VERSION_ORDER_FAILED, Act.VERSION_ORDER_RELEASED)
    silent = "The worker stopped without a word {attempt} times while composing this version."

    @classmethod
    def objection(cls, row: VersionOrder) -> str:
        return versions.objection(versions.verdict_on(row.asset.brief), row.candidate)

    @classmethod
    def record(cls, row: VersionOrder, act: Act, /, **data: Any) -> None:
        data |= {"order": row.pk, "asset": row.asset_id}
        audit.record(row.project, None, act, brief=row.asset.brief_id, **data)

    def do(self, hold: Hold[VersionOrder]) -> None:
        """Version, compositions, requirements, hands and turns stand together or not at all."""
        order = hold.row
        with transaction.atomic():
            briefs.locked(order.asset.brief)
            version = versions.write(order)
            turns.settle(order.asset)
            told = {"version": version.pk, "fingerprint": version.fingerprint, "rows": versions.rows_of(version)}
            if not succeed(VersionOrders, order, told=told):
                raise ClaimLost


def compose_waiting() -> None:
    """Compose until nothing waits."""
    loop.work([VersionOrders()], worker=loop.this_worker())
