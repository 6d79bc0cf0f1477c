from __future__ import annotations

from pathlib import Path

import pytest

from generation.engines.diffusers import weights
from generation.engines.engine import UnusableSource


@pytest.fixture
def models(settings, tmp_path) -> Path:
    settings.WINNOW_MODELS = tmp_path.resolve() / "models"
    settings.WINNOW_MODELS.mkdir()
    return settings.WINNOW_MODELS


@pytest.fixture
def folder(models) -> Path:
    """As diffusers saves a pipeline."""
    folder = models / "tiny"
    (folder / "unet").mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    (folder / "unet" / "config.json").write_text("{}")
    (folder / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"weights")
    return folder


def test_a_folder_of_safetensors_and_configuration_has_a_digest(folder):
    assert len(weights.digest(folder)) == 64
    assert weights.digest(folder) == weights.digest(folder)


def test_the_digest_changes_with_every_byte_and_every_name(folder):
    before = weights.digest(folder)
    config = folder / "unet" / "config.json"

    config.write_text("{ }")
    edited = weights.digest(folder)
    config.write_text("{}")
    config.rename(config.with_name("other.json"))
    renamed = weights.digest(folder)

    assert len({before, edited, renamed}) == 3


def test_the_digest_is_the_same_wherever_the_folder_lies(folder, models):
    before = weights.digest(folder)

    assert weights.digest(folder.rename(models / "moved")) == before


@pytest.mark.parametrize(
    "name",
    ["model.bin", "model.ckpt", "model.pt", "model.pth", "model.pkl", "model.pickle", "pipeline.py", "model.BIN"],
)
def test_pickles_and_code_are_refused_wherever_they_lie(folder, name):
    (folder / "unet" / name).write_bytes(b"")

    with pytest.raises(UnusableSource, match=f"{name}: only safetensors and configuration are loaded"):
        weights.digest(folder)


def test_code_in_a_hidden_folder_is_nothing_that_is_loaded(folder):
    (folder / ".cache").mkdir()
    (folder / ".cache" / "x.py").touch()

    assert weights.digest(folder)


def test_a_folder_without_a_pipeline_is_refused(models):
    (models / "empty").mkdir()

    with pytest.raises(UnusableSource, match="no model_index.json"):
        weights.digest(models / "empty")


def test_a_folder_of_winnow_models_is_found(folder):
    assert weights.local_folder("tiny") == folder


def test_the_starter_is_our_own():
    assert weights.local_folder("starter") == weights.STARTER_FOLDER


@pytest.mark.parametrize("source", ["..", "../secrets", "tiny/../..", "/etc", "/etc/ssl"])
def test_a_path_that_leads_out_is_refused(folder, source):
    with pytest.raises(UnusableSource, match="leads out of WINNOW_MODELS"):
        weights.local_folder(source)


def test_a_link_that_leads_out_is_refused(models, tmp_path):
    (tmp_path / "outside").mkdir()
    (models / "link").symlink_to(tmp_path / "outside")

    with pytest.raises(UnusableSource, match="leads out of WINNOW_MODELS"):
        weights.local_folder("link")


def test_what_looks_like_a_hub_id_is_one(models):
    assert weights.local_folder("stabilityai/sdxl-turbo") is None


@pytest.mark.parametrize("source", ["absent", "a/b/c", "https://example.com/model", ""])
def test_what_is_neither_a_folder_nor_a_hub_id_is_refused(models, source):
    with pytest.raises(UnusableSource):
        weights.digest(weights.local_folder(source) or models)


def test_a_hub_id_without_a_pinned_revision_is_refused(models):
    from generation.engines.diffusers import pipelines

    with pytest.raises(UnusableSource, match="pin its revision"):
        pipelines.fetch("owner/model", "")
