"""A tiny Stable Diffusion or SDXL as its first trainers wrote one: one file, by their names of the weights."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Tensors = dict[str, Any]

RESNET = {
    "norm1.": "in_layers.0.",
    "conv1.": "in_layers.2.",
    "time_emb_proj.": "emb_layers.1.",
    "norm2.": "out_layers.0.",
    "conv2.": "out_layers.3.",
    "conv_shortcut.": "skip_connection.",
}
UNET_ENDS = {
    "time_embedding.linear_1.": "time_embed.0.",
    "time_embedding.linear_2.": "time_embed.2.",
    "add_embedding.linear_1.": "label_emb.0.0.",
    "add_embedding.linear_2.": "label_emb.0.2.",
    "conv_in.": "input_blocks.0.0.",
    "conv_norm_out.": "out.0.",
    "conv_out.": "out.2.",
}
VAE_ATTENTION = {
    "group_norm.": "norm.",
    "to_q.": "q.",
    "to_k.": "k.",
    "to_v.": "v.",
    "to_out.0.": "proj_out.",
}
OPEN_CLIP = {
    "layer_norm1.": "ln_1.",
    "layer_norm2.": "ln_2.",
    "mlp.fc1.": "mlp.c_fc.",
    "mlp.fc2.": "mlp.c_proj.",
    "self_attn.out_proj.": "attn.out_proj.",
}


def save(folder: Path, file: Path, *, without: str = "") -> Path:
    """The weights of a pipeline in `folder` (one layer a block); `without` is a prefix of theirs to leave out."""
    from safetensors.torch import load_file, save_file

    unet = load_file(folder / "unet/diffusion_pytorch_model.safetensors")
    vae = load_file(folder / "vae/diffusion_pytorch_model.safetensors")
    encoder = load_file(folder / "text_encoder/model.safetensors")
    is_xl = (folder / "text_encoder_2").is_dir()
    first = "conditioner.embedders.0.transformer." if is_xl else "cond_stage_model.transformer."
    whole = {f"model.diffusion_model.{_unet(name, unet)}": tensor for name, tensor in unet.items()}
    whole |= {f"first_stage_model.{name}": tensor for name, tensor in _vae(vae).items()}
    whole |= {f"{first}text_model.{name.removeprefix('text_model.')}": tensor for name, tensor in encoder.items()}
    if is_xl:
        second = load_file(folder / "text_encoder_2/model.safetensors")
        whole |= {f"conditioner.embedders.1.model.{name}": tensor for name, tensor in _open_clip(second).items()}
    kept = {name: tensor for name, tensor in whole.items() if not (without and name.startswith(without))}
    save_file({name: tensor.contiguous() for name, tensor in kept.items()}, file, {"format": "pt"})
    return file


def _unet(name: str, weights: Mapping[str, Any]) -> str:
    def upsampler(match: re.Match[str]) -> str:
        place = 2 if any(each.startswith(f"up_blocks.{match[1]}.attentions") for each in weights) else 1
        return f"output_blocks.{2 * int(match[1]) + 1}.{place}.conv."

    kinds = {"resnets": 0, "attentions": 1}
    rules: dict[str, Callable[[re.Match[str]], str]] = {
        r"down_blocks\.(\d)\.(resnets|attentions)\.0\.": lambda m: f"input_blocks.{1 + 2 * int(m[1])}.{kinds[m[2]]}.",
        r"down_blocks\.(\d)\.downsamplers\.0\.conv\.": lambda m: f"input_blocks.{2 + 2 * int(m[1])}.0.op.",
        r"up_blocks\.(\d)\.(resnets|attentions)\.(\d)\.": lambda m: (
            f"output_blocks.{2 * int(m[1]) + int(m[3])}.{kinds[m[2]]}."
        ),
        r"up_blocks\.(\d)\.upsamplers\.0\.conv\.": upsampler,
        r"mid_block\.resnets\.(\d)\.": lambda m: f"middle_block.{2 * int(m[1])}.",
        r"mid_block\.attentions\.0\.": lambda m: "middle_block.1.",
    }
    for pattern, placed in rules.items():
        if match := re.match(pattern, name):
            rest = name[match.end() :]
            return placed(match) + (_renamed(rest, RESNET) if "resnets" in name else rest)
    return _renamed(name, UNET_ENDS)


def _vae(weights: Tensors) -> Tensors:
    levels = len({name.split(".")[2] for name in weights if name.startswith("decoder.up_blocks.")})
    return {
        _vae_name(name, levels): tensor[..., None, None] if re.search(r"attentions.*to_.*weight", name) else tensor
        for name, tensor in weights.items()
    }


def _vae_name(name: str, levels: int) -> str:
    if ".attentions." in name:
        head, _, rest = name.partition(".mid_block.attentions.0.")
        return f"{head}.mid.attn_1.{_renamed(rest, VAE_ATTENTION)}"
    name = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", name)
    name = re.sub(r"down_blocks\.(\d)\.resnets", r"down.\1.block", name)
    name = re.sub(r"up_blocks\.(\d)\.resnets", lambda m: f"up.{levels - 1 - int(m[1])}.block", name)
    name = re.sub(r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample", name)
    name = re.sub(r"up_blocks\.(\d)\.upsamplers\.0", lambda m: f"up.{levels - 1 - int(m[1])}.upsample", name)
    return name.replace("conv_shortcut", "nin_shortcut").replace("conv_norm_out", "norm_out")


def _open_clip(weights: Tensors) -> Tensors:
    import torch

    names = {
        "text_model.embeddings.position_embedding.weight": "positional_embedding",
        "text_model.embeddings.token_embedding.weight": "token_embedding.weight",
        "text_model.final_layer_norm.weight": "ln_final.weight",
        "text_model.final_layer_norm.bias": "ln_final.bias",
    }
    given = {names[name]: tensor for name, tensor in weights.items() if name in names}
    given["text_projection"] = weights["text_projection.weight"].T
    for name, tensor in weights.items():
        if match := re.match(r"text_model\.encoder\.layers\.(\d)\.(?!self_attn\.[qkv])", name):
            given[f"transformer.resblocks.{match[1]}.{_renamed(name[match.end() :], OPEN_CLIP)}"] = tensor
        if match := re.match(r"(text_model\.encoder\.layers\.(\d)\.self_attn)\.q_proj\.(weight|bias)", name):
            joined = torch.cat([weights[f"{match[1]}.{each}_proj.{match[3]}"] for each in "qkv"])
            given[f"transformer.resblocks.{match[2]}.attn.in_proj_{match[3]}"] = joined
    return given


def _renamed(name: str, starts: Mapping[str, str]) -> str:
    return next((to + name.removeprefix(start) for start, to in starts.items() if name.startswith(start)), name)


def save_gguf(weights: Path, file: Path) -> Path:
    """A denoiser alone, its matrices in eight bits where their rows have whole blocks of 32."""
    import gguf
    from safetensors.numpy import load_file

    writer = gguf.GGUFWriter(str(file), "flux")
    for name, tensor in load_file(weights).items():
        if tensor.ndim == 2 and tensor.shape[1] % 32 == 0:
            quantised = gguf.quantize(tensor, gguf.GGMLQuantizationType.Q8_0)
            writer.add_tensor(name, quantised, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
        else:
            writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file
