"""How much of a training run's time is spent, and its log."""

from __future__ import annotations

import time
from pathlib import Path


class Budget:
    """Seconds of wall-clock, those of earlier sittings included."""

    def __init__(self, seconds: float, *, spent: float = 0.0) -> None:
        self.seconds = seconds
        self._before = spent
        self._began = time.monotonic()

    def spent(self) -> float:
        return self._before + time.monotonic() - self._began

    def share(self) -> float:
        return self.spent() / self.seconds

    def left(self) -> float:
        return max(0.0, self.seconds - self.spent())


class Pace:
    """How many a second, between one asking and the next."""

    def __init__(self, count: int) -> None:
        self._count, self._asked = count, time.monotonic()

    def since(self, count: int) -> float:
        now = time.monotonic()
        made, seconds = count - self._count, now - self._asked
        self._count, self._asked = count, now
        return made / seconds


class Log:
    def __init__(self, file: Path) -> None:
        self.file = file

    def write(self, budget: Budget, **figures: float) -> None:
        told = "  ".join(f"{name} {figure:.6g}" for name, figure in figures.items())
        line = f"{budget.spent() / 60:.1f} min, {budget.left() / 60:.1f} left  {told}"
        print(line, flush=True)
        with self.file.open("a", encoding="utf-8") as log:
            log.write(line + "\n")
