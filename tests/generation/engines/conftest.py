from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generation.engines.diffusers import weights
from generation.recipe import PresetSnapshot
from tests import make
from tests.generation.tiny import pipelines as tiny


@pytest.fixture(scope="session")
def shelf(tmp_path_factory) -> Callable[[str], Path]:
    """The folder of a tiny pipeline by its family's name, built when it is first asked for."""
    folder = tmp_path_factory.mktemp("families").resolve()
    return lambda name: folder / name if (folder / name).exists() else tiny.save(name, folder / name)


@pytest.fixture
def snapshot_of(shelf, settings) -> Callable[..., PresetSnapshot]:
    """A preset of a tiny pipeline, as measured."""

    def snapshot(name: str, **parameters) -> PresetSnapshot:
        folder = shelf(name)
        settings.WINNOW_MODELS = [folder.parent]
        given = {"batch_size": 2, "steps": 3, **parameters}
        return make.snapshot(name=name, source=name, weights=weights.digest(folder), **given)

    return snapshot
