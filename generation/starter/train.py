"""Train the denoiser and the text encoder together; resumable, and safe to stop at any time.

The loss is the mean squared error of v (Salimans & Ho, 2022), in 16x16x12 latents, heavier on the object.
"""

from __future__ import annotations

import copy
import itertools
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor
from transformers import CLIPTextModel

from . import networks, tokens
from .captions import caption
from .compose import Scene
from .pictures import Stock, stock
from .precision import reduced
from .progress import Budget, Log, Pace
from .vocabulary import recolourable
from .workers import MEET_EVERY, Workers

RATE = 9e-4
WARM_UP = 100  # steps
DECAY_FROM = 0.6  # of the time; the rate then falls in a straight line
AVERAGED = 0.999  # share of the average kept each step
MANY_COLOURED = 2.5  # how often a subject that may be recoloured is drawn, beside 1 for the others
OBJECT_WEIGHT = 3.0  # extra, beside 1 for the background
HELD_BACK = 256  # pictures never trained on
REPORT_EVERY = 60.0  # seconds
SAVE_EVERY = 300.0
SAMPLE_EVERY = 900.0


@dataclass
class Denoiser:
    unet: networks.FromDiffusers
    text: CLIPTextModel

    def parameters(self) -> list[Tensor]:
        return [*self.unet.parameters(), *self.text.parameters()]

    def __call__(self, noisy: Tensor, times: Tensor, ids: Tensor) -> Tensor:
        with reduced(noisy.device.type):
            predicted = self.unet(noisy, times, self.text(ids).last_hidden_state).sample
        return predicted.float()

    def state(self) -> dict[str, dict[str, Tensor]]:
        return {"unet": self.unet.state_dict(), "text": self.text.state_dict()}

    def restore(self, state: dict[str, dict[str, Tensor]]) -> None:
        self.unet.load_state_dict(state["unet"])
        self.text.load_state_dict(state["text"])


@dataclass
class Minibatch:
    latents: Tensor  # (n, 12, 16, 16)
    covers: Tensor  # (n, 1, 16, 16), 0-1
    ids: Tensor  # (n, tokens.LENGTH)


class Feed:
    """Random pictures of the stock with captions drawn anew."""

    def __init__(self, pictures: Stock, device: str, seed: int) -> None:
        self.pictures = pictures
        self.device = device
        self.rng = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.tokenizer = tokens.build()
        self.weights = list(itertools.accumulate(_interest(scene) for scene in pictures.scenes[:-HELD_BACK]))

    def training(self, size: int) -> Minibatch:
        numbers = self.rng.choices(range(len(self.weights)), cum_weights=self.weights, k=size)
        return self.batch(numbers, self.rng)

    def held_back(self) -> Minibatch:
        count = len(self.pictures.scenes)
        return self.batch(list(range(count - HELD_BACK, count)), random.Random(0))  # noqa: S311

    def batch(self, numbers: list[int], rng: random.Random) -> Minibatch:
        texts = [caption(self.pictures.scenes[number], rng) for number in numbers]
        encoded = self.tokenizer(texts, padding="max_length", truncation=True, return_tensors="pt")
        return Minibatch(
            latents=torch.from_numpy(self.pictures.latents[numbers]).float().to(self.device),
            covers=torch.from_numpy(self.pictures.covers[numbers]).float()[:, None].to(self.device) / 255,
            ids=encoded.input_ids.to(self.device),
        )


def _interest(scene: Scene) -> float:
    """How often to draw it. A subject that comes in many colours has more to be learnt about it than others."""
    return MANY_COLOURED if recolourable(scene.subject) else 1.0


class Objective:
    """v-prediction on a cosine schedule."""

    def __init__(self, device: str) -> None:
        kept = networks.noise_schedule().alphas_cumprod.float().to(device)
        self.signal, self.noise = kept.sqrt(), (1 - kept).sqrt()

    def errors(self, model: Denoiser, batch: Minibatch, times: Tensor, noise: Tensor) -> Tensor:
        """Squared errors, (n, 12, 16, 16)."""
        signal, blur = (scale[times][:, None, None, None] for scale in (self.signal, self.noise))
        noisy = (signal * batch.latents + blur * noise).contiguous(memory_format=torch.channels_last)
        wanted = signal * noise - blur * batch.latents
        return (model(noisy, times, batch.ids) - wanted).square()

    def training_loss(self, model: Denoiser, batch: Minibatch, generator: torch.Generator) -> Tensor:
        times = self._spread_times(len(batch.latents), generator).to(batch.latents.device)
        noise = torch.randn(batch.latents.shape, generator=generator).to(batch.latents.device)
        weights = 1 + OBJECT_WEIGHT * batch.covers
        return (self.errors(model, batch, times, noise) * weights).mean() / weights.mean()

    @torch.no_grad()
    def validation_loss(self, model: Denoiser, batch: Minibatch) -> float:
        """Unweighted, with the same times and noise every time."""
        fixed = torch.Generator().manual_seed(7)
        times = torch.randint(0, len(self.signal), (len(batch.latents),), generator=fixed).to(batch.latents.device)
        noise = torch.randn(batch.latents.shape, generator=fixed).to(batch.latents.device)
        return float(self.errors(model, batch, times, noise).mean())

    def _spread_times(self, count: int, generator: torch.Generator) -> Tensor:
        """One time from each of `count` equal parts of the schedule, shuffled."""
        shares = (torch.arange(count) + torch.rand(count, generator=generator)) / count
        times = (shares * len(self.signal)).long().clamp(max=len(self.signal) - 1)
        return times[torch.randperm(count, generator=generator)]


@dataclass
class Training:
    """All that a checkpoint holds, and the rate of this sitting."""

    model: Denoiser
    average: Denoiser
    optimizer: torch.optim.Optimizer
    highest_rate: float = RATE
    steps: int = 0
    samples: int = 0
    seconds: float = 0.0
    history: list[dict[str, float]] = field(default_factory=list)

    def save(self, file: Path) -> None:
        told = {
            "model": self.model.state(),
            "average": self.average.state(),
            "optimizer": self.optimizer.state_dict(),
            **{name: getattr(self, name) for name in ("steps", "samples", "seconds", "history")},
        }
        fresh = file.with_suffix(".new")
        torch.save(told, fresh)
        fresh.replace(file)  # a stop while saving leaves the last checkpoint whole

    def restore(self, file: Path) -> None:
        told = torch.load(file, weights_only=True)
        self.model.restore(told["model"])
        self.average.restore(told["average"])
        if told["optimizer"]:
            self.optimizer.load_state_dict(told["optimizer"])
        for name in ("steps", "samples", "seconds", "history"):
            setattr(self, name, told[name])

    def step(self, loss: Tensor, rate: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.steps += 1
        self._update_average()

    def _update_average(self) -> None:
        kept = min(AVERAGED, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            mean, new = self.average.parameters(), self.model.parameters()
            torch._foreach_mul_(mean, kept)
            torch._foreach_add_(mean, new, alpha=1 - kept)


def new_training(device: str, *, seed: int) -> Training:
    torch.manual_seed(seed)
    unet = networks.denoiser().to(device, memory_format=torch.channels_last)
    model = Denoiser(unet, networks.text_encoder().to(device))  # type: ignore[arg-type]
    optimizer = torch.optim.AdamW(model.parameters(), RATE, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    return Training(model, copy.deepcopy(model), optimizer)


def train(
    folder: Path,
    *,
    minutes: float,
    batch: int,
    seed: int,
    device: str,
    highest_rate: float = RATE,
    compiled: bool = False,
    draw_samples: Callable[[], None] = lambda: None,
) -> None:
    """Go on from folder/denoiser.pt, if there is one, until `minutes` have been spent in all.

    `compiled` spends some minutes on `torch.compile` first: a fifth more pictures a minute on a CPU.
    `draw_samples` is called now and then, when there is a new checkpoint.
    """
    workers = Workers()
    run = new_training(device, seed=seed)
    checkpoint = folder / "denoiser.pt"
    if checkpoint.exists():
        run.restore(checkpoint)
    run.highest_rate = highest_rate
    if compiled:
        run.model.unet.compile()
    # Seeded by the step reached, so that a resumed run does not repeat what it has seen.
    feed = Feed(stock(folder), device, seed + workers.count * run.steps + workers.rank)
    last_drawn = time.monotonic()
    for _ in _steps(run, feed, Budget(minutes * 60, spent=run.seconds), batch, workers, Log(folder / "denoiser.log")):
        if workers.is_first:
            run.save(checkpoint)
            if time.monotonic() - last_drawn > SAMPLE_EVERY:
                last_drawn = time.monotonic()
                draw_samples()


def _steps(run: Training, feed: Feed, budget: Budget, size: int, workers: Workers, log: Log) -> Iterator[None]:
    """Train; yields whenever a checkpoint is due, and at the end."""
    objective = Objective(feed.device)
    generator = torch.Generator().manual_seed(feed.rng.getrandbits(32))
    held_back = feed.held_back()
    share = budget.share()
    pace = Pace(run.samples)
    last_save, report_at = time.monotonic(), time.monotonic()
    while share < 1:
        loss = objective.training_loss(run.model, feed.training(size), generator)
        run.step(loss, run.highest_rate * rate(run.steps, share))
        run.samples += size * workers.count
        if run.steps % MEET_EVERY == 0:
            # The others' clocks differ: all must leave this loop at the same meeting.
            share = workers.meet(run.model.parameters(), budget.share())
            run.seconds = budget.spent()
            if workers.is_first and time.monotonic() >= report_at:
                report_at = time.monotonic() + REPORT_EVERY
                measured = {"samples": run.samples, "pictures_a_second": pace.since(run.samples)}
                measured |= {
                    "loss": float(loss.detach()),
                    "validation": objective.validation_loss(run.average, held_back),
                }
                run.history.append(measured)
                log.write(budget, **measured)
        if time.monotonic() - last_save > SAVE_EVERY:
            last_save = time.monotonic()
            yield
    yield


def rate(steps: int, share: float) -> float:
    """The learning rate after so many steps, when this share of the time is spent, as a share of the highest."""
    decay = min(1.0, (1 - share) / (1 - DECAY_FROM))
    return min(1.0, (steps + 1) / WARM_UP) * max(0.01, decay)
