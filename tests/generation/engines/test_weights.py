from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from generation.engines.diffusers import weights
from generation.engines.engine import UnusableSource


@pytest.fixture
def models(settings, tmp_path) -> Path:
    folder = tmp_path.resolve() / "models"
    folder.mkdir()
    settings.WINNOW_MODELS = [folder]
    return folder


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
    "name", ["unet/model.bin", "unet/pipeline.py", "README.md", "LICENSE", "whole.safetensors", ".cache/x.json"]
)
def test_what_is_not_read_changes_nothing(folder, name):
    """Pickles and code are no more read than a README is."""
    before = weights.digest(folder)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"beside")

    assert weights.digest(folder) == before


def test_a_file_is_read_once_until_it_changes(folder, monkeypatch):
    read = []
    monkeypatch.setattr(weights.hashlib, "file_digest", lambda file, kind: read.append(file.name) or hashlib.sha256())
    for _ in range(3):
        weights.digest(folder)
    assert len(read) == 3  # files

    (folder / "unet" / "config.json").write_text("{ }")
    weights.digest(folder)
    assert len(read) == 4


def test_what_a_component_links_to_counts(folder, models):
    (folder / "unet").rename(models / "elsewhere")
    (folder / "unet").symlink_to(models / "elsewhere")
    before = weights.digest(folder)

    (models / "elsewhere" / "diffusion_pytorch_model.safetensors").write_bytes(b"others")

    assert weights.digest(folder) != before


def test_a_folder_without_a_pipeline_is_refused(models):
    (models / "empty").mkdir()

    with pytest.raises(UnusableSource, match="no model_index.json"):
        weights.digest(models / "empty")


def test_a_folder_of_winnow_models_is_found(folder):
    assert weights.local("tiny") == folder


def test_the_starter_is_our_own():
    assert weights.local("starter") == weights.STARTER_FOLDER


@pytest.mark.parametrize("source", ["..", "../secrets", "tiny/../..", "/etc", "/etc/ssl"])
def test_a_path_that_leads_out_is_refused(folder, source):
    with pytest.raises(UnusableSource, match="leads out of WINNOW_MODELS"):
        weights.local(source)


def test_a_link_that_leads_out_is_refused(models, tmp_path):
    (tmp_path / "outside").mkdir()
    (models / "link").symlink_to(tmp_path / "outside")

    with pytest.raises(UnusableSource, match="leads out of WINNOW_MODELS"):
        weights.local("link")


@pytest.mark.parametrize("inside", ["unet", "unet/config.json"])
def test_a_link_inside_a_folder_that_leads_out_is_refused(folder, tmp_path, inside):
    outside = tmp_path / "outside"
    (folder / inside).rename(outside)
    (folder / inside).symlink_to(outside)

    with pytest.raises(UnusableSource, match="leads out of WINNOW_MODELS"):
        weights.digest(folder)


def test_a_link_to_another_disk_that_is_named_is_followed(models, tmp_path, settings):
    disk = tmp_path.resolve() / "disk"
    disk.mkdir()
    (models / "link").symlink_to(disk)
    settings.WINNOW_MODELS = [models, disk]

    assert weights.local("link") == disk


def test_what_looks_like_a_hub_id_is_one(models):
    assert weights.local("stabilityai/sdxl-turbo") is None


@pytest.mark.parametrize("source", ["absent", "a/b/c", "https://example.com/model", ""])
def test_what_is_neither_a_folder_nor_a_hub_id_is_refused(models, source):
    with pytest.raises(UnusableSource):
        weights.digest(weights.local(source) or models)


def test_a_hub_id_without_a_pinned_revision_is_refused(models):
    from generation.engines.diffusers import pipelines

    with pytest.raises(UnusableSource, match="pin its revision"):
        pipelines.fetch("owner/model", "")


def test_a_snapshot_that_can_not_be_fetched_is_a_sentence(models):
    from generation.engines.diffusers import pipelines

    with pytest.raises(UnusableSource, match="'owner/model' could not be fetched: "):
        pipelines.fetch("owner/model", "0" * 40)
