from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from creative.evidence import anchors, audit, keys, verify
from creative.evidence.acts import Act


@pytest.fixture(autouse=True)
def folders(monkeypatch):
    """Of this test's own: anchors outlive the rows of other tests, as they should."""
    monkeypatch.setattr(anchors, "FOLDER", f"anchors-{secrets.token_hex(8)}")
    monkeypatch.setattr(keys, "FOLDER", f"keys-{secrets.token_hex(8)}")


@pytest.fixture
def write(project, maya, monkeypatch):
    """One anchor more, on a day so many days from now."""

    def write(days: int = 0) -> int:
        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.now(UTC) + timedelta(days=days)

        audit.record(project, maya, Act.DEMO_TOLD)
        monkeypatch.setattr(anchors, "datetime", Clock)
        assert anchors.write()
        return anchors.numbers()[-1]

    return write


def replace(number: int, content: bytes) -> None:
    """As somebody does who owns the storage."""
    default_storage.delete(anchors.name_of(number))
    default_storage.save(anchors.name_of(number), ContentFile(content))


def another_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_nothing_new_makes_no_new_anchor(write):
    write()

    assert anchors.write() is None
    assert anchors.numbers() == [1]


def test_each_anchor_names_the_one_before(write):
    for _ in range(3):
        write()

    assert anchors.read(3).previous == anchors.read(2).link
    assert verify.everything().anchors == 3
    assert verify.problems() == []


def test_a_new_secret_key_forges_nothing(write, settings):
    write()
    settings.SECRET_KEY = "another-one-since" * 4

    assert verify.problems() == []


def test_the_evidence_key_may_change_and_older_anchors_still_hold(write, settings):
    write()
    settings.OLDER_EVIDENCE_KEYS = [anchors.read(1).key]
    settings.EVIDENCE_KEY = another_key()
    write()

    assert anchors.read(1).key != anchors.read(2).key
    assert verify.problems() == []


def test_a_key_that_was_exchanged_for_another_one_does_not_verify(write, settings):
    write()
    old = anchors.read(1).key
    settings.OLDER_EVIDENCE_KEYS = [old]
    settings.EVIDENCE_KEY = another_key()
    write()
    name = f"{keys.FOLDER}/{old}.pem"
    default_storage.delete(name)
    default_storage.save(name, ContentFile(keys.pem(keys.signing().public_key())))

    assert verify.problems() == ["Anchor 1 was forged, edited or damaged."]


def test_a_key_that_lies_in_the_storage_is_not_trusted_for_that(write, settings):
    """Who can write there puts one of their own beside anchors that they signed with it."""
    own = settings.EVIDENCE_KEY
    settings.EVIDENCE_KEY = another_key()
    write()
    write()
    settings.EVIDENCE_KEY = own

    assert verify.problems() == [
        "2 anchors are signed by a key that OLDER_EVIDENCE_KEYS does not name, the last of them number 2."
    ]


def test_an_edited_anchor_is_found(write):
    write()
    write()
    body = json.loads(anchors.text(2))
    body["heads"] = {scope: [1, head] for scope, (_, head) in body["heads"].items()}
    replace(2, json.dumps(body).encode())

    assert verify.problems() == ["Anchor 2 was forged, edited or damaged."]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"heads": 1}', b"\xff"])
def test_a_damaged_anchor_is_a_sentence_and_stops_nothing(write, content):
    write()
    write()
    replace(2, content)

    assert verify.problems() == ["Anchor 2 was forged, edited or damaged."]
    assert write() == 3


def test_deleted_anchors_are_one_sentence(write):
    for _ in range(6):
        write()
    for number in (2, 3, 5):
        default_storage.delete(anchors.name_of(number))

    assert verify.problems() == ["3 anchors are missing, the first of them number 2."]


def test_the_newest_anchor_is_missed_too(write):
    for _ in range(3):
        write()
    default_storage.delete(anchors.name_of(3))

    assert verify.problems() == ["1 anchor is missing, the first of them number 3."]
    assert write() == 4


def test_of_days_long_ago_the_last_anchor_stays(write):
    for day in range(5):
        for _ in range(3):
            write(day)

    assert anchors.numbers() == [3, 6, *range(7, 16)]
    assert verify.problems() == []


def test_an_anchor_that_should_have_stayed_is_missed(write):
    for day in range(5):
        for _ in range(2):
            write(day)
    default_storage.delete(anchors.name_of(2))

    assert verify.problems() == ["1 anchor is missing, the first of them number 2."]
