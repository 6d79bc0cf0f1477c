"""Latents without training: a linear projection of every 16x16 patch, halved, onto its 12 main components (PCA).

Pictures are uint8 (n, 256, 256, 3); latents are float32 (n, 12, 16, 16), as a denoiser reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .compose import PATCH, Bytes, Floats

HALVED = PATCH // 2  # pixels along a patch once four have been made one
CHANNELS = 12
FLATTENED = 0.4  # 1 would leave the components their own spread, 0 would give all the same
SPREAD = 1.5  # standard deviation of the first component


@dataclass(frozen=True)
class Projection:
    """latents = (patch - mean) @ matrix, for patches of 192 values from -1 to 1."""

    mean: Floats
    matrix: Floats

    def __call__(self, pictures: Bytes) -> Floats:
        cells = pictures.shape[1] // PATCH
        found = (patches(pictures) - self.mean) @ self.matrix
        return found.reshape(-1, cells, cells, CHANNELS).transpose(0, 3, 1, 2).astype(np.float32, copy=False)

    def save(self, file: Path) -> None:
        np.savez(file, mean=self.mean, matrix=self.matrix)


def load(file: Path) -> Projection:
    with np.load(file) as arrays:
        return Projection(mean=arrays["mean"], matrix=arrays["matrix"])


def fit(pictures: Bytes) -> Projection:
    values = patches(pictures)
    mean = values.mean(0)
    variances, components = np.linalg.eigh((values - mean).T @ (values - mean) / len(values))
    spread = np.sqrt(variances[::-1][:CHANNELS])
    wanted = SPREAD * (spread / spread[0]) ** FLATTENED
    matrix = components[:, ::-1][:, :CHANNELS] / spread * wanted
    return Projection(mean=mean.astype(np.float32), matrix=matrix.astype(np.float32))


def patches(pictures: Bytes) -> Floats:
    """(n * 16 * 16, 192), each patch row by row, red green blue innermost."""
    count, cells = len(pictures), pictures.shape[1] // PATCH
    split = pictures.reshape(count, cells, HALVED, 2, cells, HALVED, 2, 3)
    halved: NDArray[np.float32] = split.mean((3, 6), dtype=np.float32) / 127.5 - 1
    return halved.transpose(0, 1, 3, 2, 4, 5).reshape(-1, HALVED * HALVED * 3)
