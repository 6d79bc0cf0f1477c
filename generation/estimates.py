"""What an order will take, from what this preset took before."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg

from generation.models import Batch, Candidate, Preset

HISTORY = 200  # newest candidates that an estimate looks at


@dataclass(frozen=True)
class Estimate:
    """`seconds` of GPU time and `money` are None until the preset was measured or used."""

    pictures: int
    seconds: float | None
    money: Decimal | None
    ahead: int  # pictures that others ordered and that are not made yet


def of_order(preset: Preset, count: int) -> Estimate:
    rate = seconds_per_picture(preset)
    seconds = None if rate is None else rate * count
    money = None if seconds is None else Decimal(str(round(seconds, 3))) * preset.price
    ahead = sum(Batch.objects.open().values_list("count", flat=True))
    return Estimate(count, seconds, money, ahead)


def seconds_per_picture(preset: Preset) -> float | None:
    """The mean over its newest candidates with these very weights, else what `measure_preset` found."""
    newest = Candidate.objects.filter(run__preset=preset, run__recipe_data__preset__weights=preset.weights).order_by(
        "-pk"
    )[:HISTORY]
    mean = Candidate.objects.filter(pk__in=newest.values("pk")).aggregate(mean=Avg("gpu_seconds"))["mean"]
    return mean or preset.seconds_per_picture
