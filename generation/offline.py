"""The main job without browser, broker, server or database: a brief's words to pictures in a folder."""

from __future__ import annotations

import json
import mimetypes
import secrets
from pathlib import Path
from typing import Any

from creative import policy
from creative.files import digest_of
from generation import images, presets
from generation.models import Candidate, Preset
from generation.recipe import SEEDS
from generation.renderer import Load, Refusal, metered


class NotAllowed(Exception):
    """Policy refuses; in a sentence."""


def generate(
    words: dict[str, Any], *, preset: Preset, count: int, seed: int | None, out: Path, load: Load
) -> dict[str, Any]:
    """Write `count` pictures and manifest.json into `out`; return the manifest. Nothing is written on refusal."""
    shipped = policy.verdict(policy.parse(policy.SHIPPED), words["use_class"])
    if because := shipped.objection_to(preset.name, commercial_use=preset.commercial_use):
        raise NotAllowed(f"{because} The app knows your agreed policy; this command only the shipped one.")
    recipe = presets.recipe(preset, words, seed=secrets.randbelow(SEEDS) if seed is None else seed)
    render = load(recipe.preset)
    out.mkdir(parents=True, exist_ok=True)
    candidates: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    size = recipe.preset.batch_size
    for first in range(0, count, size):
        indexes = range(first, min(first + size, count))
        slots, seconds = metered(render, recipe, [recipe.seed_for(index) for index in indexes])
        for index, given in zip(indexes, slots, strict=True):
            if isinstance(given, Refusal):
                refused.append({"index": index, "reason": given.reason, "receipt": given.receipt})
                continue
            encoded = images.encode(given.pixels, given.received, **Candidate.THUMBNAILS)
            file = f"{index + 1:03d}{mimetypes.guess_extension(images.media_type(encoded.picture))}"
            (out / file).write_bytes(encoded.picture)
            candidates.append(
                {
                    "index": index,
                    "seed": given.seed,
                    "sha256": digest_of(encoded.picture),
                    "file": file,
                    "width": encoded.width,
                    "height": encoded.height,
                    "seconds": round(seconds / len(indexes), 4),
                    "receipt": given.receipt,
                }
            )
    manifest = {
        "recipe": recipe.as_dict(),
        "environment": render.environment,
        "candidates": candidates,
        "refused": refused,
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    return manifest
