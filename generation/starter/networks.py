"""The three networks of the pipeline, untrained. 14.3 M parameters in the denoiser, 1 M in the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from diffusers import AutoencoderTiny, DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

from . import tokens
from .latents import CHANNELS, HALVED, Projection

# Type checkers see only diffusers' stand-ins for an absent torch, which have no attributes.
FromDiffusers = Any

WORDS_WIDTH = 192
SIDE = 16  # positions of the latents along one edge
SCALING = 3.0  # the decoder reads latents divided by this, inside the straight part of its tanh
WIDTH = 48  # channels of the autoencoder


def denoiser(channels: tuple[int, int, int] = (64, 128, 224)) -> FromDiffusers:
    """Text reaches every block through the time embedding, and the coarser two levels by cross-attention too."""
    return UNet2DConditionModel(
        sample_size=SIDE,
        in_channels=CHANNELS,
        out_channels=CHANNELS,
        block_out_channels=channels,
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=WORDS_WIDTH,
        attention_head_dim=4,
        norm_num_groups=16,
        use_linear_projection=True,
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
        resnet_time_scale_shift="scale_shift",
    )


def text_encoder() -> CLIPTextModel:
    words = tokens.words()
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(words),
            hidden_size=WORDS_WIDTH,
            intermediate_size=2 * WORDS_WIDTH,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=tokens.LENGTH,
            bos_token_id=words.index(tokens.START),
            eos_token_id=words.index(tokens.END),
            pad_token_id=words.index(tokens.END),
            projection_dim=WORDS_WIDTH,
        )
    )


def noise_schedule() -> FromDiffusers:
    return DDIMScheduler(
        beta_schedule="squaredcos_cap_v2",
        prediction_type="v_prediction",
        timestep_spacing="trailing",
        clip_sample=False,
    )


def autoencoder(projection: Projection) -> FromDiffusers:
    """The decoder is untrained; the encoder is the projection itself, see `_make_encoder_exact`."""
    model = AutoencoderTiny(
        encoder_block_out_channels=(WIDTH,) * 5,
        decoder_block_out_channels=(WIDTH,) * 5,
        num_encoder_blocks=(0,) * 5,
        num_decoder_blocks=(3, 3, 3, 2, 0),  # the last doubling is linear: each position becomes four pixels
        latent_channels=CHANNELS,
        scaling_factor=SCALING,
    )
    _make_encoder_exact(model, projection)
    return model


def _make_encoder_exact(model: FromDiffusers, projection: Projection) -> None:
    """Write the projection into the encoder's convolutions, which without residual blocks are linear.

    The first stride-2 convolution takes the mean of the four pixels under it, the next two keep them as separate
    channels (3 -> 12 -> 48); the fourth also multiplies by the matrix, so image-to-image starts from just the
    latents that training saw.
    """
    first, halve, quarter, eighth, sixteenth, last = model.encoder.layers
    with torch.no_grad():
        for layer in model.encoder.layers:
            layer.weight.zero_()
        first.bias.zero_()
        for colour in range(3):
            first.weight[colour, colour, 1, 1] = 1
            halve.weight[colour, colour, 1:, 1:] = 0.25
        for layer, incoming in ((quarter, 3), (eighth, 12)):
            for number, (row, column) in enumerate(np.ndindex(2, 2)):
                for channel in range(incoming):
                    layer.weight[number * incoming + channel, channel, 1 + row, 1 + column] = 1
        # The encoder's input is 0 to 1, the projection's -1 to 1: hence 2 here and the ones in the bias.
        matrix = torch.from_numpy(2 * projection.matrix / SCALING).reshape(HALVED, HALVED, 3, CHANNELS)
        for row8, column8, colour in np.ndindex(HALVED, HALVED, 3):
            channel = _digit(row8, column8, 1) * 12 + _digit(row8, column8, 0) * 3 + colour
            at = (1 + (row8 >> 2), 1 + (column8 >> 2))
            sixteenth.weight[:CHANNELS, channel, at[0], at[1]] = matrix[row8, column8, colour]
        last.weight[range(CHANNELS), range(CHANNELS), 1, 1] = 1
        offset = (1 + projection.mean) @ projection.matrix / SCALING
        last.bias.copy_(torch.from_numpy(-offset.astype(np.float32)))


def _digit(row: int, column: int, bit: int) -> int:
    """Which of the four pixels under a stride-2 convolution, at its `bit`-th halving."""
    return 2 * (row >> bit & 1) + (column >> bit & 1)
