from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from creative.validation import Checked, says

SOURCE = '"starter", a folder or a safetensors or GGUF file inside WINNOW_MODELS, or a hub id such as "owner/model".'
REVISION = "Required for hub ids: the full commit hash."
CONFIGURATION = "Of a single file: the pipeline folder inside WINNOW_MODELS that it is a model of. Gives what it lacks."
VAE = "A folder inside WINNOW_MODELS, such as sdxl-vae-fp16-fix. Empty: the model's own."
ADAPTERS = "Files inside WINNOW_MODELS, with commas between them and their weight after a colon: style.safetensors:0.8"
ADAPTER = r"[^,:]+\.safetensors(:-?\d{1,2}(\.\d{1,3})?)?"
OFFLOAD = "For a model that its GPU has no room for. model: a component at a time; group: a few layers, slower still."
TILING = "Of a large picture, so that its VAE takes less memory. Edges of tiles may show."
SLICING = "Each picture by itself, so that its VAE takes less memory."
ATTENTION = "A backend of diffusers, such as native or flash. Empty: its own choice."
COMPILED = "The repeated blocks of the model, which takes a minute at each load and makes steps faster."
SCHEDULER = "A diffusers scheduler class; empty: the model's own."
SECOND = "FLUX.1: true CFG, which hears what to avoid. Kandinsky: the prior's guidance. Empty: the model's own."
SEQUENCE = "Tokens of a prompt that are read at most, where a model lets one choose. Empty: the model's own."


class Parameters(Checked):
    """What a preset says to diffusers. Sources are folders, single files, or hub ids at a pinned revision."""

    source: Annotated[
        str,
        Field(title="Source", description=SOURCE, min_length=1, max_length=200),
        says("must name a folder or a hub id"),
    ]
    revision: Annotated[
        str,
        Field(title="Revision", description=REVISION, max_length=40, pattern=r"^([0-9a-f]{40})?$"),
        says("must be a 40-digit commit hash"),
    ] = ""
    configuration: Annotated[
        str,
        Field(title="Configuration", description=CONFIGURATION, max_length=200),
        says("must name a folder"),
    ] = ""
    vae: Annotated[
        str,
        Field(title="Another VAE", description=VAE, max_length=200),
        says("must name a folder"),
    ] = ""
    adapters: Annotated[
        str,
        Field(title="LoRA", description=ADAPTERS, max_length=500, pattern=rf"^({ADAPTER}(\s*,\s*{ADAPTER})*)?$"),
        says("must be safetensors files, such as style.safetensors:0.8"),
    ] = ""
    scheduler: Annotated[
        str,
        Field(title="Scheduler", description=SCHEDULER, max_length=60),
        says("must be the name of a scheduler class"),
    ] = ""
    sigmas: Annotated[
        Literal["", "karras", "exponential", "beta"],
        Field(title="Spacing of the noise levels", description="Empty: the scheduler's own."),
        says("must be karras, exponential or beta"),
    ] = ""
    algorithm: Annotated[
        str,
        Field(title="Algorithm", description="Of a DPM-Solver scheduler, such as sde-dpmsolver++.", max_length=40),
        says("must be the name of an algorithm"),
    ] = ""
    shift: Annotated[
        float | None,
        Field(title="Shift", description="Of a flow-matching scheduler. Empty: the model's own.", ge=0, le=20),
        says("must be a number from 0 to 20"),
    ] = None
    steps: Annotated[int, Field(title="Steps", ge=1, le=200), says("must be a whole number from 1 to 200")] = 20
    guidance: Annotated[float, Field(title="Guidance", ge=0, le=30), says("must be a number from 0 to 30")] = 5.0
    second_guidance: Annotated[
        float | None,
        Field(title="Second guidance", description=SECOND, ge=0, le=30),
        says("must be a number from 0 to 30"),
    ] = None
    prior_steps: Annotated[
        int | None,
        Field(title="Steps of the prior", description="Kandinsky. Empty: the model's own.", ge=1, le=200),
        says("must be a whole number from 1 to 200"),
    ] = None
    sequence_length: Annotated[
        int | None,
        Field(title="Longest prompt", description=SEQUENCE, ge=16, le=2048),
        says("must be a whole number from 16 to 2048"),
    ] = None
    dtype: Annotated[
        Literal["float32", "bfloat16", "float16"],
        Field(title="Number format"),
        says("must be float32, bfloat16 or float16"),
    ] = "bfloat16"

    offload: Annotated[
        Literal["", "model", "group"],
        Field(title="Offload to the processor's memory", description=OFFLOAD),
        says("must be model or group"),
    ] = ""
    tiling: Annotated[bool, Field(title="Decode in tiles", description=TILING), says("must be true or false")] = False
    slicing: Annotated[bool, Field(title="Decode one by one", description=SLICING), says("must be true or false")] = (
        False
    )
    attention: Annotated[
        str,
        Field(title="Attention", description=ATTENTION, max_length=40, pattern=r"^[a-z0-9_]*$"),
        says("must be the name of a backend"),
    ] = ""
    compiled: Annotated[bool, Field(title="Compile", description=COMPILED), says("must be true or false")] = False

    def weighted_adapters(self) -> list[tuple[str, float]]:
        """LoRA files by their names, and the weight of each."""
        entries = (entry.strip().partition(":") for entry in self.adapters.split(",") if entry.strip())
        return [(name, float(weight or 1)) for name, _, weight in entries]

    def scheduler_options(self) -> dict[str, Any]:
        """As diffusers names them in a scheduler's configuration."""
        options: dict[str, Any] = {f"use_{self.sigmas}_sigmas": True} if self.sigmas else {}
        if self.algorithm:
            options["algorithm_type"] = self.algorithm
        if self.shift is not None:
            options["shift"] = self.shift
        return options
