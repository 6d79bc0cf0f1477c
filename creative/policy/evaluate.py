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
    """What one policy version says of a use. Asked once for an act, and carried to whatever the act makes."""

    policy: int  # the number of that version
    objection: str  # why nothing may be generated for this use, in a sentence; empty where it may
    requirements: tuple[Requirement, ...]  # in order
    use_class: str
    noncommercial_models: bool  # whether it may be made by them

    def objection_to(self, model: str, *, commercial_use: bool) -> str:
        """Why nothing of this model may be made or sent for this use, in a sentence; empty where it may."""
        if self.objection or commercial_use or self.noncommercial_models:
            return self.objection
        return (
            f"“{model}” may not be used commercially, and this is {self.use_class}. "
            "Choose another model, or make the brief internal."
        )


def verdict(rules: Rules, use_class: str, *, policy: int = 0) -> Verdict:
    objection = (
        f"{use_class.capitalize()} use is refused until a policy version that a producer wrote "
        "and a legal reviewer agreed to allows it."
    )
    allowed = rules.of(use_class).generate
    return Verdict(
        policy,
        "" if allowed else objection,
        tuple(_requirements(rules, use_class)),
        use_class,
        rules.takes_noncommercial_models(use_class),
    )


def _requirements(rules: Rules, use_class: str) -> list[Requirement]:
    use = rules.of(use_class)
    seats: Counter[str] = Counter()
    found = []
    for order, side_by_side in enumerate(use.in_order(), 1):
        for stage in side_by_side:
            seats[stage] += 1
            found.append(Requirement(stage, use.because or use_class, order, seats[stage]))
    return found
