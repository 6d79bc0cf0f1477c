"""Latents as the denoiser gives them, for the decoder to learn from: a composed picture's, noised and cleaned again.

Only the last steps of a sampling are repeated, so that shapes stay where the picture has them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from . import networks
from .pictures import stock
from .train import Denoiser, Feed, Minibatch, new_training

STEPS = 12  # of a whole sampling
REPEATED = (2, 3)
AT_ONCE = 50
FILE = "repainted.npy"


def repaint(folder: Path, *, device: str, seed: int) -> None:
    """Write those of all pictures that are kept as pixels, by the averaged weights of the checkpoint."""
    run = new_training(device, seed=seed)
    run.restore(folder / "denoiser.pt")
    pictures = stock(folder)
    feed = Feed(pictures, device, seed)
    done = []
    for start in range(0, len(pictures.pictures), AT_ONCE):
        numbers = list(range(start, min(start + AT_ONCE, len(pictures.pictures))))
        again = repainted(run.average, feed.batch(numbers, feed.rng), steps=feed.rng.choice(REPEATED))
        done.append(again.cpu().numpy().astype(np.float16))
    np.save(folder / FILE, np.concatenate(done))


@torch.no_grad()
def repainted(model: Denoiser, batch: Minibatch, *, steps: int) -> Tensor:
    """Its latents, noised as they are that many steps before the end of a sampling, and cleaned again."""
    schedule = networks.noise_schedule()
    schedule.set_timesteps(STEPS)
    last = schedule.timesteps[-steps:]
    noise = torch.randn(batch.latents.shape).to(batch.latents.device)
    latents = schedule.add_noise(batch.latents, noise, last[:1])
    for time in last:
        predicted = model(latents, time.expand(len(latents)).to(latents.device), batch.ids)
        latents = schedule.step(predicted, time, latents).prev_sample
    return latents
