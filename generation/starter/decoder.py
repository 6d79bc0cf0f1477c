"""Train the decoder: latents back to pixels. The encoder is exact from the start, so only half a network learns.

It learns from the pictures' own latents and, once `repaint.py` has been run, half of the time from those that the
denoiser makes of them, which are what it will be given.
"""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from . import latents, networks, repaint
from .compose import PATCH, Bytes
from .pictures import stock
from .precision import reduced
from .progress import Budget, Log

RATE = 1e-3
CROP = 8  # positions of the latents along one edge: 128 pixels
CROPS_TRIED = 3  # the one with most detail is taken
EDGES = 0.7  # weight of the differences between neighbouring pixels
REPAINTED = 0.5  # of the crops, where there are repainted latents
BLUR = 0.05  # noise on the latents, for a denoiser's are never perfect
HELD_BACK = 32
REPORT_EVERY = 120.0  # seconds


@dataclass
class Crops:
    pixels: Tensor  # (n, 3, 128, 128), -1 to 1
    latents: Tensor  # (n, 12, 8, 8)


class Shown:
    """The stock's pictures that are kept as pixels, each with one latent or two."""

    def __init__(self, folder: Path) -> None:
        whole = stock(folder)
        self.pictures: Bytes = whole.pictures
        self.latents: NDArray[np.float16] = whole.latents[: len(whole.pictures)]
        self.repainted: NDArray[np.float16] | None = None
        if (folder / repaint.FILE).exists():
            self.repainted = np.load(folder / repaint.FILE)

    def any_latents(self, rng: random.Random) -> NDArray[np.float16]:
        return self.latents if self.repainted is None or rng.random() > REPAINTED else self.repainted


def train(folder: Path, *, minutes: float, batch: int, seed: int, device: str, highest_rate: float = RATE) -> None:
    """Go on from folder/decoder.pt, if there is one, until `minutes` have been spent in all."""
    torch.manual_seed(seed)
    pictures = Shown(folder)
    model = networks.autoencoder(latents.load(folder / "projection.npz"))
    decoder = model.decoder.to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(decoder.parameters(), RATE, betas=(0.9, 0.99), weight_decay=1e-4)
    spent, steps = _restore(folder, model, optimizer)
    rng = random.Random(seed + steps)  # noqa: S311 - repeatable on purpose
    budget, log = Budget(minutes * 60, spent=spent), Log(folder / "decoder.log")
    last_report = time.monotonic()
    while (share := budget.share()) < 1:
        for group in optimizer.param_groups:
            group["lr"] = highest_rate * rate(steps, share)
        crops = draw_crops(pictures, batch, rng)
        loss = _loss(_decoded(model, crops.latents.to(device), BLUR), crops.pixels.to(device))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        optimizer.step()
        steps += 1
        if time.monotonic() - last_report > REPORT_EVERY:
            last_report = time.monotonic()
            log.write(budget, crops=steps * batch, loss=float(loss.detach()), **measured(model, pictures))
            _save(folder, model, optimizer, budget.spent(), steps)
    _save(folder, model, optimizer, budget.spent(), steps)
    log.write(budget, crops=steps * batch, **measured(model, pictures))


def rate(steps: int, share: float) -> float:
    """The learning rate after so many steps, when this share of the time is spent, as a share of the highest."""
    return min(1.0, (steps + 1) / 100) * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * min(1.0, share))))


def draw_crops(pictures: Shown, count: int, rng: random.Random) -> Crops:
    chosen = [_detailed_crop(pictures, rng) for _ in range(count)]
    return Crops(torch.stack([pixels for pixels, _ in chosen]), torch.stack([latent for _, latent in chosen]))


def _detailed_crop(pictures: Shown, rng: random.Random) -> tuple[Tensor, Tensor]:
    number = rng.randrange(len(pictures.pictures) - HELD_BACK)
    side = pictures.latents.shape[-1]
    tries = []
    for _ in range(CROPS_TRIED):
        row, column = rng.randrange(side - CROP + 1), rng.randrange(side - CROP + 1)
        top, left = row * PATCH, column * PATCH
        pixels = pictures.pictures[number, top : top + CROP * PATCH, left : left + CROP * PATCH]
        tries.append((float(pixels[::4, ::4].astype(float).std(0).mean()), row, column, pixels))
    _, row, column, pixels = max(tries, key=lambda tried: tried[0])
    latent = pictures.any_latents(rng)[number, :, row : row + CROP, column : column + CROP]
    return to_pixels(torch.from_numpy(pixels.copy())), torch.from_numpy(latent).float()


def to_pixels(picture: Tensor) -> Tensor:
    """uint8 (..., height, width, 3) to float (..., 3, height, width), -1 to 1."""
    return picture.movedim(-1, -3).float() / 127.5 - 1


def _decoded(model: networks.FromDiffusers, latent: Tensor, noise: float = 0.0) -> Tensor:
    shaken = latent + noise * torch.randn_like(latent)
    with reduced(latent.device.type):
        pixels = model.decoder((shaken / networks.SCALING).contiguous(memory_format=torch.channels_last))
    return pixels.float()


def _loss(made: Tensor, wanted: Tensor) -> Tensor:
    difference = made - wanted
    edges = difference.diff(dim=-1).abs().mean() + difference.diff(dim=-2).abs().mean()
    return difference.abs().mean() + EDGES * edges


def measured(model: networks.FromDiffusers, pictures: Shown) -> dict[str, float]:
    """Peak signal-to-noise ratio on whole pictures never trained on, from each kind of latents there is."""
    found = {"decibels": decibels(model, pictures, pictures.latents)}
    if pictures.repainted is not None:
        found["repainted_decibels"] = decibels(model, pictures, pictures.repainted)
    return found


@torch.no_grad()
def decibels(model: networks.FromDiffusers, pictures: Shown, of: NDArray[np.float16]) -> float:
    device = next(model.decoder.parameters()).device
    wanted = to_pixels(torch.from_numpy(pictures.pictures[-HELD_BACK:].copy())).to(device)
    latent = torch.from_numpy(of[-HELD_BACK:]).float().to(device)
    error = (_decoded(model, latent).clamp(-1, 1) - wanted).square().mean()
    return 10 * math.log10(4 / float(error))


def _restore(folder: Path, model: networks.FromDiffusers, optimizer: torch.optim.Optimizer) -> tuple[float, int]:
    """Seconds spent and steps made in earlier sittings."""
    if not (folder / "decoder.pt").exists():
        return 0.0, 0
    told = torch.load(folder / "decoder.pt", weights_only=True)
    model.decoder.load_state_dict(told["decoder"])
    if told["optimizer"]:
        optimizer.load_state_dict(told["optimizer"])
    return told["seconds"], told["steps"]


def _save(
    folder: Path, model: networks.FromDiffusers, optimizer: torch.optim.Optimizer, seconds: float, steps: int
) -> None:
    told = {
        "decoder": model.decoder.state_dict(),
        "optimizer": optimizer.state_dict(),
        "seconds": seconds,
        "steps": steps,
    }
    torch.save(told, folder / "decoder.new")
    (folder / "decoder.new").replace(folder / "decoder.pt")
