"""The key that signs anchors, and the public ones that older anchors were signed with."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

from creative import files

FOLDER = "evidence/keys"  # public ones, for ever: what an old key signed stays verifiable


def signing() -> Ed25519PrivateKey:
    key = load_pem_private_key(settings.EVIDENCE_KEY.encode(), password=None)
    assert isinstance(key, Ed25519PrivateKey)  # creative.environment asked
    return key


def identity(key: Ed25519PublicKey) -> str:
    """Follows from the key, so that nobody puts another in its place."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:32]


def pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def publish(key: Ed25519PublicKey) -> None:
    """Safe to repeat."""
    files.keep_named(f"{FOLDER}/{identity(key)}.pem", pem(key), media_type="application/x-pem-file")


def is_trusted(name: str) -> bool:
    """The settings say so, and not who can write into the storage: that is where the keys themselves lie."""
    return name == identity(signing().public_key()) or name in settings.OLDER_EVIDENCE_KEYS


def public(name: str) -> Ed25519PublicKey | None:
    """None where nobody trusts it, or it is missing or not the one it says it is."""
    if not is_trusted(name):
        return None
    own = signing().public_key()
    if name == identity(own):
        return own
    try:
        key = load_pem_public_key(files.read_named(f"{FOLDER}/{name}.pem"))
    except (FileNotFoundError, ValueError):
        return None
    return key if isinstance(key, Ed25519PublicKey) and identity(key) == name else None
