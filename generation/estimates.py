"""What an order will take, from what this preset took before."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Exists, OuterRef, Sum

from generation.models import Batch, Candidate, Preset, Run

RUNS = 5  # newest that an estimate looks at
TIMES = 20  # as long as it takes by its rate may a call of the model take, and at least LEAST_SECONDS
LEAST_SECONDS = 300.0
UNKNOWN_SECONDS = 3600.0  # where the preset was never measured


@dataclass(frozen=True)
class Takes:
    """`seconds` of GPU time and `money`: None until the preset was measured or used."""

    seconds: float | None
    money: Decimal | None


@dataclass(frozen=True)
class Estimate(Takes):
    pictures: int
    ahead: int  # pictures that others ordered and that are not made yet


def of_order(preset: Preset, count: int) -> Estimate:
    seconds, money = _takes(preset, count)
    return Estimate(seconds, money, count, pictures_ahead())


def of_picture(preset: Preset) -> Takes:
    return Takes(*_takes(preset, 1))


def _takes(preset: Preset, count: int) -> tuple[float | None, Decimal | None]:
    rate = seconds_per_picture(preset)
    if rate is None:
        return None, None
    return rate * count, Decimal(str(round(rate * count, 3))) * preset.price


def patience(preset: Preset, pictures: int) -> float:
    """Seconds after which a call of the model for so many pictures hangs."""
    rate = seconds_per_picture(preset)
    return UNKNOWN_SECONDS if rate is None else max(LEAST_SECONDS, TIMES * rate * pictures)


def pictures_ahead(run: int | None = None) -> int:
    """Pictures that were ordered, before this run where one is given, and that are not made yet."""
    batches = Batch.objects.open().filter(run__lt=run) if run else Batch.objects.open()
    return int(batches.aggregate(pictures=Sum("count", default=0))["pictures"])


def seconds_per_picture(preset: Preset) -> float | None:
    """The mean over what its newest runs with these very weights made, else what `measure_preset` found."""
    made = Candidate.objects.filter(run=OuterRef("pk"))
    newest = Run.objects.filter(Exists(made), preset=preset, weights=preset.weights).order_by("-pk")
    runs = list(newest.values_list("pk", flat=True)[:RUNS])
    mean = Candidate.objects.filter(run__in=runs).aggregate(mean=Avg("gpu_seconds"))["mean"]
    return mean or preset.seconds_per_picture
