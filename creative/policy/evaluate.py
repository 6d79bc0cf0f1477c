"""Rules and a use to what may be made, and who must sign it. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from creative.policy.schema import Rules


@dataclass(frozen=True)
class Requirement:
    """One stage and seat (from 1) that must sign, and which rule asked. Lower orders first, the same side by side."""

    stage: str
    because: str
    order: int = 1
    seat: int = 1


@dataclass(frozen=True)
class Verdict:
    """Whether something may be done; `because` is for the person when it may not."""

    allowed: bool
    because: str = ""


def may_generate(rules: Rules, use_class: str) -> Verdict:
    if rules.of(use_class).generate:
        return Verdict(True)
    return Verdict(
        False,
        f"{use_class.capitalize()} use is refused until a policy version that a producer wrote "
        "and a legal reviewer agreed to allows it.",
    )


def requirements(rules: Rules, use_class: str) -> list[Requirement]:
    """Who must sign, in order."""
    use = rules.of(use_class)
    seats: Counter[str] = Counter()
    found = []
    for order, side_by_side in enumerate(use.in_order(), 1):
        for stage in side_by_side:
            seats[stage] += 1
            found.append(Requirement(stage, use.because or use_class, order, seats[stage]))
    return found
