"""What it takes to call a class of pipelines. Data, so that the web process reads it without diffusers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

# Wherever a class takes one of these: a picture has the size that was asked for, and the model hears the prompt that
# was shown, not one that a clean-up or a language model made of it.
AS_ASKED: Mapping[str, Any] = MappingProxyType(
    {
        "use_resolution_binning": False,
        "clean_caption": False,
        "enable_prompt_rewrite": False,
        "prompt_upsampling": False,
        "use_pe": False,
    }
)


@dataclass(frozen=True)
class Family:
    """A few classes that are called alike. `source` says where its figures are from."""

    name: str
    classes: tuple[str, ...]
    source: str
    guidance: str = "guidance_scale"  # the argument that a preset's guidance goes to
    second: str = ""  # the one that its second guidance goes to
    second_is: str = ""  # what that is, for people
    prior_steps: str = ""  # the one that the steps of its prior go to
    empty: str = ""  # what stands for "nothing to avoid", where only that switches guidance on
    streams: int = 1  # random streams a picture while there is something to avoid
    patch: int = 1  # latent pixels that stand and fall together: a side is a multiple of these times the VAE's factor
    steps: int = 30  # its makers' advice, as the next three are
    advised: float = 5.0  # guidance
    sizes: tuple[tuple[int, int], ...] = ((1024, 1024),)
    fixed: Mapping[str, Any] = field(default_factory=dict)


ANY = Family("other", (), "the arguments of its class alone")
