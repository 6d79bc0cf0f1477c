"""Write what has been learnt as a plain diffusers folder: fp16 safetensors, no code of ours needed to load it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from diffusers import DPMSolverMultistepScheduler, StableDiffusionPipeline

from . import latents, networks, tokens
from .train import Denoiser

LARGEST = 40_000_000  # bytes of the whole folder


def pack(folder: Path, target: Path) -> int:
    """Bytes written. The averaged weights of the checkpoint are taken; `target` is replaced as a whole."""
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    pipeline(folder).to(torch.float16).save_pretrained(fresh, safe_serialization=True)
    _correct_configs(fresh)
    for file in fresh.rglob("*.safetensors"):
        file.chmod(0o644)
    size = size_of(fresh)
    if size > LARGEST:
        raise ValueError(f"The packed model takes {size / 1e6:.1f} MB, more than {LARGEST / 1e6:.0f} MB.")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return size


def size_of(folder: Path) -> int:
    """Bytes of all its files."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _correct_configs(folder: Path) -> None:
    """What the libraries write about themselves, made true for other versions and for a load in float32."""
    # Transformers 5 writes the name of its new base class; 4 and 5 both know the old one.
    _change(folder / "model_index.json", tokenizer=["transformers", "PreTrainedTokenizerFast"])
    _change(folder / "tokenizer" / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")
    # Transformers loads in the type named here, diffusers in float32: mixed, the pipeline fails.
    _change(folder / "text_encoder" / "config.json", dtype="float32")
    # AutoencoderTiny sets this itself and warns when it is told.
    _change(folder / "vae" / "config.json", block_out_channels=None)


def _change(file: Path, **values: object) -> None:
    """Set these values of a JSON file; None takes one away."""
    told = json.loads(file.read_text(encoding="utf-8")) | values
    kept = {name: value for name, value in told.items() if name not in values or value is not None}
    file.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def pipeline(folder: Path) -> networks.FromDiffusers:
    """The pipeline in float32, from the folder's checkpoints."""
    average = Denoiser(networks.denoiser(), networks.text_encoder())
    average.restore(torch.load(folder / "denoiser.pt", weights_only=True)["average"])
    return StableDiffusionPipeline(
        vae=_autoencoder(folder),
        text_encoder=average.text.eval(),
        tokenizer=tokens.build(),
        unet=average.unet.eval(),
        scheduler=sampler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def _autoencoder(folder: Path) -> networks.FromDiffusers:
    model = networks.autoencoder(latents.load(folder / "projection.npz"))
    if (folder / "decoder.pt").exists():
        model.decoder.load_state_dict(torch.load(folder / "decoder.pt", weights_only=True)["decoder"])
    return model.eval()


def sampler() -> networks.FromDiffusers:
    return DPMSolverMultistepScheduler(
        beta_schedule="squaredcos_cap_v2",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        algorithm_type="dpmsolver++",
        solver_order=2,
        steps_offset=1,  # unused by trailing spacing, but StableDiffusionPipeline warns of 0
    )
