"""What a file with more pixels in its header than anybody has memory for costs at the door."""

from __future__ import annotations

import io
from functools import partial

from bench.results import Measured
from bench.timing import seconds_of
from creative.errors import Refused
from creative.uploads import door
from tests.creative.uploads.files import png_bomb

SIDES = (8_000, 20_000, 60_000)
TIMES = 20


def bomb() -> Measured:
    def refuse(content: bytes) -> None:
        try:
            door.take(io.BytesIO(content))
        except Refused:
            return
        raise AssertionError("a bomb was taken")

    bombs = [png_bomb(side) for side in SIDES]
    worst = 1000 * max(seconds_of(partial(refuse, content)) for content in bombs for _ in range(TIMES))
    what = f"The slowest refusal of {TIMES * len(SIDES)} pictures whose headers say up to {max(SIDES):,} pixels a side."
    return Measured(worst, worst, 20, "ms", what)
