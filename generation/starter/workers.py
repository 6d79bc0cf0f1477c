"""Several processes training one model (`torchrun`): each goes its own way for some steps, then they meet.

Averaging the weights every few steps, rather than the gradients every step, keeps a process on a busy core
from holding up the others (local SGD: Stich, 2019).
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import torch
import torch.distributed as distributed
from torch import Tensor

MEET_EVERY = 16  # steps


class Workers:
    def __init__(self) -> None:
        self.count = int(os.environ.get("WORLD_SIZE", "1"))
        if self.count > 1 and not distributed.is_initialized():
            distributed.init_process_group("gloo")
        self.rank = distributed.get_rank() if self.count > 1 else 0

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    def meet(self, tensors: Sequence[Tensor], figure: float) -> float:
        """Make the tensors the mean of all workers'; returns the mean of the figure."""
        if self.count == 1:
            return figure
        flat = torch.cat([*(tensor.detach().reshape(-1).cpu() for tensor in tensors), torch.tensor([figure])])
        distributed.all_reduce(flat)
        flat /= self.count
        with torch.no_grad():
            start = 0
            for tensor in tensors:
                tensor.copy_(flat[start : start + tensor.numel()].view_as(tensor))
                start += tensor.numel()
        return float(flat[-1])
