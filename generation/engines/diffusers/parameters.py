from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from creative.validation import Checked, says

SOURCE = '"starter", a folder inside WINNOW_MODELS, or a hub id such as "owner/model".'
REVISION = "Required for hub ids: the full commit hash."
SCHEDULER = "A diffusers scheduler class; empty: the model's own."


class Parameters(Checked):
    """What a preset says to diffusers. Sources are safetensors folders, or hub ids at a pinned revision."""

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
    scheduler: Annotated[
        str,
        Field(title="Scheduler", description=SCHEDULER, max_length=60),
        says("must be the name of a scheduler class"),
    ] = ""
    steps: Annotated[int, Field(title="Steps", ge=1, le=200), says("must be a whole number from 1 to 200")] = 20
    guidance: Annotated[float, Field(title="Guidance", ge=0, le=30), says("must be a number from 0 to 30")] = 5.0
    dtype: Annotated[
        Literal["float32", "bfloat16", "float16"],
        Field(title="Number format"),
        says("must be float32, bfloat16 or float16"),
    ] = "bfloat16"
