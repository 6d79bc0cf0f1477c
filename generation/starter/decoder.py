"""Train the decoder: latents back to pixels. The encoder is exact from the start, so only half a network learns."""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from . import latents, networks
from .compose import PATCH
from .pictures import Stock, stock
from .precision import reduced
from .progress import Budget, Log

RATE = 1e-3
CROP = 8  # positions of the latents along one edge: 128 pixels
CROPS_TRIED = 3  # the one with most detail is taken
EDGES = 0.7  # weight of the differences between neighbouring pixels
BLUR = 0.05  # noise on the latents, for a denoiser's are never perfect
HELD_BACK = 32
REPORT_EVERY = 120.0  # seconds


@dataclass
class Crops:
    pixels: Tensor  # (n, 3, 128, 128), -1 to 1
    latents: Tensor  # (n, 12, 8, 8)


def train(folder: Path, *, minutes: float, batch: int, seed: int, device: str) -> None:
    """Go on from folder/decoder.pt, if there is one, until `minutes` have been spent in all."""
    torch.manual_seed(seed)
    pictures = stock(folder)
    model = networks.autoencoder(latents.load(folder / "projection.npz"))
    decoder = model.decoder.to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(decoder.parameters(), RATE, betas=(0.9, 0.99), weight_decay=1e-4)
    spent, steps = _restore(folder, model, optimizer)
    rng = random.Random(seed + steps)  # noqa: S311 - repeatable on purpose
    budget, log = Budget(minutes * 60, spent=spent), Log(folder / "decoder.log")
    last_report = time.monotonic()
    while (share := budget.share()) < 1:
        for group in optimizer.param_groups:
            group["lr"] = rate(steps, share)
        crops = draw_crops(pictures, batch, rng)
        loss = _loss(_decoded(model, crops.latents.to(device), BLUR), crops.pixels.to(device))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        optimizer.step()
        steps += 1
        if time.monotonic() - last_report > REPORT_EVERY:
            last_report = time.monotonic()
            log.write(budget, crops=steps * batch, loss=float(loss.detach()), decibels=decibels(model, pictures))
            _save(folder, model, optimizer, budget.spent(), steps)
    _save(folder, model, optimizer, budget.spent(), steps)
    log.write(budget, crops=steps * batch, decibels=decibels(model, pictures))


def rate(steps: int, share: float) -> float:
    return RATE * min(1.0, (steps + 1) / 100) * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * min(1.0, share))))


def draw_crops(pictures: Stock, count: int, rng: random.Random) -> Crops:
    chosen = [_detailed_crop(pictures, rng) for _ in range(count)]
    return Crops(torch.stack([pixels for pixels, _ in chosen]), torch.stack([latent for _, latent in chosen]))


def _detailed_crop(pictures: Stock, rng: random.Random) -> tuple[Tensor, Tensor]:
    number = rng.randrange(len(pictures.pictures) - HELD_BACK)
    side = pictures.latents.shape[-1]
    tries = []
    for _ in range(CROPS_TRIED):
        row, column = rng.randrange(side - CROP + 1), rng.randrange(side - CROP + 1)
        top, left = row * PATCH, column * PATCH
        pixels = pictures.pictures[number, top : top + CROP * PATCH, left : left + CROP * PATCH]
        tries.append((float(pixels[::4, ::4].astype(float).std(0).mean()), row, column, pixels))
    _, row, column, pixels = max(tries, key=lambda tried: tried[0])
    latent = pictures.latents[number, :, row : row + CROP, column : column + CROP]
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


@torch.no_grad()
def decibels(model: networks.FromDiffusers, pictures: Stock) -> float:
    """Peak signal-to-noise ratio on whole pictures never trained on."""
    device = next(model.decoder.parameters()).device
    last = len(pictures.pictures)
    wanted = to_pixels(torch.from_numpy(pictures.pictures[last - HELD_BACK :].copy())).to(device)
    latent = torch.from_numpy(pictures.latents[last - HELD_BACK : last]).float().to(device)
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
