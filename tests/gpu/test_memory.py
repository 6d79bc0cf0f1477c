"""What fits a big model onto a small GPU gives the same picture. Needs one: pytest -m gpu."""

from __future__ import annotations

import pytest

from generation.engines.diffusers import pipelines
from generation.renderer import Picture
from tests import make
from tests.generation.tiny import pipelines as tiny

pytestmark = pytest.mark.gpu


@pytest.fixture
def picture(tmp_path, settings):
    import torch

    if not torch.cuda.is_available():
        pytest.skip("there is no GPU here")
    settings.WINNOW_MODELS = [tmp_path.resolve()]
    tiny.save("sd3", tmp_path.resolve() / "own")

    def made(**parameters) -> bytes:
        recipe = make.recipe(make.snapshot(source="own", weights="", batch_size=1, **parameters))
        [given] = pipelines.load(recipe.preset)(recipe, [7], lambda done, steps: None)
        assert isinstance(given, Picture)
        return given.pixels.tobytes()

    return made


@pytest.mark.parametrize("offload", ["model", "group"])
def test_an_offloaded_model_makes_the_same_picture(picture, offload):
    assert picture(offload=offload) == picture()


def test_compiled_blocks_make_a_picture(picture):
    assert picture(compiled=True)
