"""Checks exported evidence with the standard library and `cryptography` alone: no Django, no database, no secret.

    python outsider.py evidence.json --key public.pem

Written apart from the application on purpose: it shares no line with what it checks. docs/evidence.md tells what it
proves, and what it can't.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

Keys = dict[str, Ed25519PublicKey]


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def keys_in(pems: list[str]) -> Keys:
    """By the identity that anchors name: it follows from the key."""
    found: Keys = {}
    for pem in pems:
        key = load_pem_public_key(pem.encode())
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("a key is not an Ed25519 key")
        found[hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:32]] = key
    return found


def problems(evidence: dict[str, Any], keys: Keys) -> Iterator[str]:
    """What does not hold, in sentences; empty when all does."""
    yield from lines_that_do_not_hold(evidence)
    yield from anchors_that_do_not_hold(evidence, keys)


def lines_that_do_not_hold(evidence: dict[str, Any]) -> Iterator[str]:
    """A line is [scope, sequence, act, brief, actor, at, payload digest, previous hash]; then comes its own hash."""
    previous = "0" * 64
    for sequence, (*line, digest) in enumerate(evidence["lines"], 1):
        if line[:2] != [evidence["scope"], sequence]:
            yield f"Line {sequence} is missing or out of place."
            return
        if line[7] != previous:
            yield f"Line {sequence} does not follow the one before it."
        if sha256(line) != digest:
            yield f"Line {sequence} was edited."
        payload = evidence["payloads"].get(str(sequence))
        if payload and sha256([payload["salt"], payload["data"]]) != line[6]:
            yield f"Line {sequence} says something else than what was written."
        previous = digest


def anchors_that_do_not_hold(evidence: dict[str, Any], keys: Keys) -> Iterator[str]:
    lines, covered = evidence["lines"], 0
    for text in evidence["anchors"]:
        anchor = json.loads(text)
        number, signature = anchor["number"], bytes.fromhex(anchor.pop("signature"))
        key = keys.get(anchor["key"])
        if key is None:
            continue  # signed by a key that was not given: it proves nothing here
        try:
            key.verify(signature, canonical(anchor))
        except InvalidSignature:
            yield f"Anchor {number} was forged or edited."
            continue
        length, head = anchor["heads"].get(evidence["scope"], (0, ""))
        if length > len(lines):
            yield f"Cut off: anchor {number} saw {length} lines, {len(lines)} are here."
        elif length and lines[length - 1][8] != head:
            yield f"Line {length} differs from the one that anchor {number} saw."
        else:
            covered = max(covered, length)
    if not covered:
        yield "No anchor that was signed by a key you gave speaks of these lines."
    elif covered < len(lines):
        print(
            f"Lines {covered + 1} to {len(lines)} were written after the last anchor: nothing signed covers them yet."
        )


def told(evidence: dict[str, Any]) -> str:
    count, said = len(evidence["lines"]), len(evidence["payloads"])
    return f"{count} lines of {evidence['scope']}, {said} with what they say: whole."


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check evidence that Winnow exported.")
    parser.add_argument("evidence", type=Path, help="what manage.py export_evidence wrote")
    parser.add_argument("--key", type=Path, action="append", required=True, help="a public key that you trust, as PEM")
    given = parser.parse_args(arguments)
    try:
        evidence = json.loads(given.evidence.read_bytes())
        found = list(problems(evidence, keys_in([path.read_text() for path in given.key])))
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        print(f"This can't be read as evidence and keys ({error}).", file=sys.stderr)
        return 2
    for problem in found:
        print(problem, file=sys.stderr)
    if not found:
        print(told(evidence))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
