"""Policy as data: `schema` reads the rules, `evaluate` asks them. Neither knows a database."""

from __future__ import annotations

from creative.policy.evaluate import Requirement, Verdict, may_generate, requirements
from creative.policy.schema import SHIPPED, USE_CLASSES, PolicyError, Rules, parse

__all__ = [
    "SHIPPED",
    "USE_CLASSES",
    "PolicyError",
    "Requirement",
    "Rules",
    "Verdict",
    "may_generate",
    "parse",
    "requirements",
]
