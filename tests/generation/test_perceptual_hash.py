"""How a candidate looks, in 64 bits: what near-duplicates are found by."""

from __future__ import annotations

import importlib
import io

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from PIL import Image, ImageDraw, ImageEnhance

from creative.triggers import allow_changes, refuse_changes
from generation import images, storage
from generation.models import Candidate

backfill = importlib.import_module("generation.migrations.0006_hash_older_candidates").backfill


def scene(x: int, y: int) -> Image.Image:
    picture = Image.new("RGB", (128, 128), "teal")
    ImageDraw.Draw(picture).ellipse((x, y, x + 60, y + 60), fill="red")
    return picture


def bits(one: Image.Image, other: Image.Image) -> int:
    return (int(images.perceptual_hash(one), 16) ^ int(images.perceptual_hash(other), 16)).bit_count()


def reopened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_it_is_sixteen_hex_digits_whatever_the_picture():
    for picture in (scene(10, 10), Image.new("RGB", (1, 1)), Image.new("RGB", (300, 20), "white")):
        digits = images.perceptual_hash(picture)
        assert len(digits) == 16
        assert int(digits, 16) >= 0


def test_pictures_that_look_alike_are_close_and_others_far():
    brighter = ImageEnhance.Brightness(scene(20, 30)).enhance(1.05)

    assert bits(scene(20, 30), brighter) <= 4
    assert bits(scene(20, 30), scene(60, 60)) >= 16


def test_a_thumbnail_has_nearly_the_hash_of_its_picture():
    picture = scene(20, 30).resize((512, 512))
    encoded = images.encode(picture, small=256, large=512)

    assert bits(picture, reopened(encoded.small)) <= 2


def test_a_candidate_is_saved_with_the_hash_of_its_picture(candidates):
    for candidate in candidates:
        stored = reopened(storage.read(candidate.sha256))
        assert candidate.phash == images.perceptual_hash(stored)


def forget_hashes(**more: str) -> None:
    with connection.schema_editor() as editor:
        allow_changes(editor, "generation_candidate")
        Candidate.objects.update(phash=None)
        for name, value in more.items():
            Candidate.objects.filter(index=0).update(**{name: value})
        refuse_changes(editor, "generation_candidate")


@pytest.fixture
def older(transactional_db, candidates) -> list[Candidate]:
    """Made before there was a hash; the first one's thumbnail is lost."""
    forget_hashes(small="0" * 64)
    return candidates


def test_older_candidates_are_hashed_by_their_thumbnails_and_a_lost_file_harms_nobody(older):
    with connection.schema_editor() as editor:
        backfill(apps, editor)

    lost, *others = Candidate.objects.order_by("index")
    assert lost.phash is None
    for candidate in others:
        assert candidate.phash == images.perceptual_hash(reopened(storage.read(candidate.small)))


def test_after_that_candidates_are_evidence_again(older):
    with connection.schema_editor() as editor:
        backfill(apps, editor)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Candidate.objects.update(phash="0" * 16)
