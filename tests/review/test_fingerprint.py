from __future__ import annotations

import copy
import json

import pytest

from creative.policy import Requirement
from review.composing import fingerprint


def content(**changes):
    values = {
        "picture": "a" * 64,
        "asset": {"variant": "default", "locale": "default"},
        "compositions": [{"format": "original", "file": "a" * 64}],
        "revision": 1,
        "words": {"title": "Hero", "subject": "a red sneaker", "due": "2026-12-24", "palette": ["red"]},
        "policy": 2,
        "requirements": [Requirement("brand", "customer-facing"), Requirement("legal", "customer-facing")],
        "recipe": {
            "prompt": "a red sneaker",
            "negative_prompt": "",
            "seed": 7,
            "preset": {
                "name": "starter",
                "guidance": 2.5,
                "licence": "Apache-2.0",
                "commercial_use": True,
                "training_data": "Emoji",
            },
        },
        "seed": 9,
        "brand": {"name": "Halden", "palette": [], "rules": "Plain grounds."},
        "note": "The left one is warmer.",
        "findings": {"found": [], "ran": {"text": 1}, "not_run": {"faces": "Install it."}},
    }
    return fingerprint.frozen(**{**values, **changes})


def test_it_is_a_sha256_and_the_same_every_time():
    assert len(fingerprint.of(content())) == 64
    assert fingerprint.of(content()) == fingerprint.of(content())


def test_it_does_not_depend_on_the_order_of_keys():
    shuffled = dict(reversed(content().items()))

    assert fingerprint.of(shuffled) == fingerprint.of(content())


def test_it_survives_a_round_trip_through_json():
    assert fingerprint.of(json.loads(json.dumps(content()))) == fingerprint.of(content())


def test_floats_are_frozen_as_text_because_databases_write_them_differently():
    assert content()["recipe"]["preset"]["guidance"] == "2.5"


@pytest.mark.parametrize(
    "changes",
    [
        {"picture": "b" * 64},
        {"asset": {"variant": "B", "locale": "default"}},
        {"compositions": [{"format": "4:5", "file": "a" * 64}]},
        {"revision": 2},
        {"words": {"title": "Hero", "subject": "a blue sneaker", "due": "2026-12-24", "palette": ["red"]}},
        {"policy": 3},
        {"requirements": [Requirement("brand", "customer-facing")]},
        {"seed": 10},
        {"findings": {"found": [{"kind": "text"}], "ran": {"text": 1}, "not_run": {}}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_it_changes_with_everything_a_signer_relies_on(changes):
    assert fingerprint.of(content(**changes)) != fingerprint.of(content())


@pytest.mark.parametrize(
    "path",
    [
        "disclosure",
        "licence.name",
        "licence.commercial_use",
        "licence.training_data",
        "recipe.preset.name",
        "brand.rules",
        "note",
        "findings.not_run.faces",
    ],
)
def test_it_changes_with_the_smallest_part(path):
    changed = copy.deepcopy(content())
    *way, last = path.split(".")
    place = changed
    for step in way:
        place = place[step]
    place[last] = "other"

    assert fingerprint.of(changed) != fingerprint.of(content())


def test_the_seed_frozen_is_the_candidates_own():
    assert content()["recipe"]["seed"] == 9
