"""Begin a training folder from a packed model, so that the next run starts where the committed weights ended."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor

from . import networks, tokens
from .latents import CHANNELS, HALVED, Projection
from .train import Training, new_training


def unpack(model: Path, folder: Path) -> None:
    """Write projection and checkpoints. Words new to the vocabulary start untrained; forgotten ones are dropped."""
    folder.mkdir(parents=True, exist_ok=True)
    packed: networks.FromDiffusers = StableDiffusionPipeline.from_pretrained(model, local_files_only=True)
    projection(packed.vae).save(folder / "projection.npz")
    decoder = {"decoder": packed.vae.decoder.state_dict(), "optimizer": {}, "seconds": 0.0, "steps": 0}
    torch.save(decoder, folder / "decoder.pt")
    run = new_training("cpu", seed=0)
    text = packed.text_encoder.state_dict()
    run.model.restore({"unet": packed.unet.state_dict(), "text": _with_words(text, packed.tokenizer.get_vocab(), run)})
    run.average.restore(run.model.state())
    run.save(folder / "denoiser.pt")


def projection(autoencoder: networks.FromDiffusers) -> Projection:
    """What the encoder does, read off from 193 patches: one of zeros, then each of the 192 values at 1."""
    size = HALVED * HALVED * 3
    halved = torch.cat([torch.zeros(1, size), torch.eye(size)]).reshape(-1, HALVED, HALVED, 3).movedim(-1, 1)
    inputs = halved.repeat_interleave(2, -1).repeat_interleave(2, -2)
    with torch.no_grad():
        outputs = autoencoder.encode(inputs).latents.reshape(-1, CHANNELS) * networks.SCALING
    matrix = outputs[1:] - outputs[0]
    # Any mean will do whose projection is the offset; this is the smallest.
    mean = -torch.linalg.lstsq(matrix.T, outputs[:1].T, driver="gelsd").solution[:, 0]
    return Projection(mean=mean.numpy(), matrix=matrix.numpy())


def _with_words(text: dict[str, Tensor], numbered: dict[str, int], run: Training) -> dict[str, Tensor]:
    """The packed text encoder's weights, its embeddings in the order of today's vocabulary."""
    (name,) = (key for key in text if key.endswith("token_embedding.weight"))
    embeddings = run.model.text.state_dict()[name].clone()
    for number, word in enumerate(tokens.words()):
        if word in numbered:
            embeddings[number] = text[name][numbered[word]]
    return {**text, name: embeddings}
