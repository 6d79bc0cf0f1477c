from __future__ import annotations

import errno

import pytest

from creative.models import File
from generation import images


@pytest.fixture
def full_disk(monkeypatch, settings):
    """`full_disk(3)`: the third file that is stored finds no room. What is put off for it is tried again at once."""
    settings.PAUSE_SECONDS = -1
    put = images.put

    def arrange(*failing: int) -> None:
        count = iter(range(1, 1000))

        def put_or_fail(content: bytes) -> File:
            if next(count) in failing:
                raise OSError(errno.ENOSPC, "No space left on device")
            return put(content)

        monkeypatch.setattr(images, "put", put_or_fail)

    return arrange
