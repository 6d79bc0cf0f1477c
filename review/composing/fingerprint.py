"""What a sign-off binds to: SHA-256 over canonical JSON of everything the signer relied on. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from creative.evidence.chain import canonical
from creative.policy import Requirement

DISCLOSURE = "Made with generative AI."


Content = dict[str, Any]


def frozen(
    *,
    picture: str,
    asset: dict[str, str],
    compositions: Sequence[dict[str, Any]],
    revision: int,
    words: dict[str, Any],
    policy: int,
    requirements: Sequence[Requirement],
    recipe: dict[str, Any],
    seed: int | None,
    brand: dict[str, Any],
    note: str,
    findings: dict[str, Any],
) -> Content:
    """Everything a version rests on. Pictures are named by the SHA-256 of their bytes; nothing is set over them yet."""
    preset = recipe["preset"]
    content = {
        "picture": picture,
        "asset": asset,
        "compositions": list(compositions),
        "brief": {"revision": revision, **words},
        "policy": {
            "number": policy,
            "requirements": [vars(requirement) for requirement in requirements],
        },
        "disclosure": DISCLOSURE,
        "licence": {
            "name": preset["licence"],
            "commercial_use": preset["commercial_use"],
            "training_data": preset["training_data"],
        },
        "brand": brand,
        "note": note,
        "findings": findings,
        "recipe": {**recipe, "seed": seed},
    }
    plain: dict[str, Any] = json.loads(json.dumps(content, default=str), parse_float=str)
    return plain


def of(content: Content) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()
