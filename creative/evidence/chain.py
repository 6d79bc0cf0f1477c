"""How a line of the audit log is bound to the one before it. Pure: the same bytes on every machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

GENESIS = "0" * 64  # what the first line follows


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces. Refuses floats, whose JSON differs between machines."""
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()


def digest_of(salt: str, data: dict[str, Any]) -> str:
    """Of a payload. By its salt, nobody who knows the digest can find the payload by trying."""
    return hashlib.sha256(canonical([salt, data])).hexdigest()


def hash_of(line: Sequence[str | int | None]) -> str:
    return hashlib.sha256(canonical(line)).hexdigest()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("Write a float as text: its JSON differs between databases.")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        _refuse_floats(inner)
