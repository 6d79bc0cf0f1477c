"""What of a model's answer is a picture, and what of its failures is a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generation.engines.diffusers import calling
from generation.engines.engine import OutOfMemory, UnusableSource
from generation.renderer import Picture, Refusal

if TYPE_CHECKING:
    import torch

SIZE = (32, 24)
SHAPE = (3, 24, 32)


def answered(tensor: torch.Tensor):
    [given] = calling.pictures(tensor.unsqueeze(0), [7], SIZE, {"asked": 1})
    return given


def picture(shape: tuple[int, ...] = SHAPE) -> torch.Tensor:
    import torch

    return torch.rand(shape, generator=torch.Generator().manual_seed(1))


def test_a_picture_is_one_with_its_seed_and_receipt():
    given = answered(picture())

    assert isinstance(given, Picture)
    assert (given.pixels.size, given.seed, given.receipt) == (SIZE, 7, {"asked": 1})


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (lambda: picture() * 0, "came out black"),
        (lambda: picture() * 0 + 0.4, "came out in one colour"),
        (lambda: picture() * float("nan"), "computed no numbers"),
        (lambda: picture() / (picture() > 0.5), "computed no numbers"),
        (lambda: picture((3, 48, 64)), "made 64 x 48 pixels in place of 32 x 24"),
    ],
    ids=["black", "one colour", "nan", "infinity here and there", "another size"],
)
def test_what_is_no_picture_is_a_refusal_with_its_reason(made, sentence):
    given = answered(made())

    assert isinstance(given, Refusal)
    assert sentence in given.reason
    assert given.receipt == {"asked": 1}


@pytest.mark.parametrize("error", [ValueError("sides must\n divide by 8"), IndexError("x"), NotImplementedError()])
def test_what_fails_at_every_try_is_refused(error):
    with pytest.raises(UnusableSource, match="The model can't make this: ."), calling.failures_told(SIZE, 1):
        raise error


@pytest.mark.parametrize("error", [RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), MemoryError()])
def test_too_little_memory_is_told_with_what_helps(error):
    with (
        pytest.raises(OutOfMemory, match="memory for 4 pictures of 32 x 24"),
        calling.failures_told(SIZE, 4),
    ):
        raise error


def test_what_may_go_away_is_tried_again():
    with pytest.raises(RuntimeError, match="device lost"), calling.failures_told(SIZE, 1):
        raise RuntimeError("device lost")
