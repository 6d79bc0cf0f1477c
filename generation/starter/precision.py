"""What to compute in: bfloat16 where the machine has instructions for it, or else it is slower than float32."""

from __future__ import annotations

import torch


def reduced(device: str) -> torch.autocast:
    """The context to run a network in."""
    return torch.autocast(device, torch.bfloat16, enabled=computes_bfloat16(device))


def computes_bfloat16(device: str) -> bool:
    if device != "cpu":
        return True
    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))
