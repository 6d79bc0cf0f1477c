"""Policy as data: `schema` reads the rules, `evaluate` asks them; neither knows a database. `versions` keeps them."""

from __future__ import annotations

from creative.policy.evaluate import Requirement, Verdict, verdict
from creative.policy.schema import SHIPPED, USE_CLASSES, PolicyError, Rules, parse

__all__ = [
    "SHIPPED",
    "USE_CLASSES",
    "PolicyError",
    "Requirement",
    "Rules",
    "Verdict",
    "parse",
    "verdict",
]
