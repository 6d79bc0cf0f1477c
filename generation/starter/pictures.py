"""A stock of composed pictures on disk, kept as latents; captions are drawn anew each time one is used."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from . import latents
from .compose import Bytes, Scene, Sprites, draw_training_scene, load_sprites, render

SHOWN = 4_000  # pictures kept as pixels too, for the decoder
CHUNK = 1_000


@dataclass(frozen=True)
class Stock:
    scenes: list[Scene]
    latents: NDArray[np.float16]  # (n, 12, 16, 16)
    covers: Bytes  # (n, 16, 16): 0-255, how much of each position is the object
    pictures: Bytes  # (SHOWN, 256, 256, 3), of the first scenes


def prepare(folder: Path, package: Path, *, count: int, seed: int) -> None:
    """Compose `count` pictures into the folder. Does nothing if that has been done."""
    if (folder / "scenes.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    sprites = load_sprites(package)
    rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
    scenes = [draw_training_scene(rng, sprites) for _ in range(count)]
    projection = None
    if (folder / "projection.npz").exists():
        projection = latents.load(folder / "projection.npz")
    encoded: list[NDArray[np.float16]] = []
    covers: list[Bytes] = []
    shown: list[Bytes] = []
    for start, (pictures, chunk_covers) in zip(range(0, count, CHUNK), rendered(scenes, sprites), strict=True):
        if projection is None:
            projection = latents.fit(pictures)
            projection.save(folder / "projection.npz")
        encoded.append(projection(pictures).astype(np.float16))
        covers.append(chunk_covers)
        if start < SHOWN:
            shown.append(pictures)
    np.save(folder / "latents.npy", np.concatenate(encoded))
    np.save(folder / "covers.npy", np.concatenate(covers))
    np.save(folder / "pictures.npy", np.concatenate(shown)[:SHOWN])
    (folder / "scenes.json").write_text(json.dumps([asdict(scene) for scene in scenes]), encoding="utf-8")


def rendered(scenes: list[Scene], sprites: Sprites) -> Iterator[tuple[Bytes, Bytes]]:
    """Pictures and covers, CHUNK scenes at a time, on all cores."""
    with ProcessPoolExecutor(initializer=_share, initargs=(sprites,)) as pool:
        for start in range(0, len(scenes), CHUNK):
            pairs = list(pool.map(_render, scenes[start : start + CHUNK], chunksize=50))
            yield np.stack([picture for picture, _ in pairs]), np.stack([cover for _, cover in pairs])


_shared: list[Sprites] = []  # in a process of the pool: sent once, not with every scene


def _share(sprites: Sprites) -> None:
    _shared.append(sprites)


def _render(scene: Scene) -> tuple[Bytes, Bytes]:
    return render(scene, _shared[-1])


def stock(folder: Path) -> Stock:
    told = json.loads((folder / "scenes.json").read_text(encoding="utf-8"))
    return Stock(
        scenes=[Scene(**{**scene, "shade": tuple(scene["shade"])}) for scene in told],
        latents=np.load(folder / "latents.npy"),
        covers=np.load(folder / "covers.npy"),
        pictures=np.load(folder / "pictures.npy", mmap_mode="r"),
    )
