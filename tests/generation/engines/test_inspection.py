"""What can't work here is refused where a preset is saved: in a sentence, and without torch."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from creative.errors import Refused
from generation import engines, presets
from generation.engines.diffusers import inspection, packages
from generation.engines.diffusers.weights import Sources
from generation.engines.engine import UnusableSource
from generation.models import Preset
from tests import make
from tests.generation.tiny import pipelines as tiny

# Pixels that the tiny pipelines' sides have to be a multiple of, whose VAEs have the strides of the real ones.
SIDES = {"stable-diffusion": 8, "sdxl": 8, "sd3": 16, "flux-dev": 16, "qwen-image": 16, "sana": 32, "kandinsky22": 64}


@pytest.fixture
def folder(shelf, tmp_path) -> Path:
    """A pipeline of two text encoders, to be broken."""
    return shutil.copytree(shelf("sdxl"), tmp_path / "sdxl")


def index(folder: Path, **changes) -> None:
    file = folder / "model_index.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def config(folder: Path, part: str, **changes) -> None:
    file = folder / part / "config.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def refused(folder: Path) -> str:
    with pytest.raises(UnusableSource) as refusal:
        inspection.look(Sources(folder))
    return str(refusal.value)


@pytest.mark.parametrize("name", list(tiny.BUILDERS))
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.* is deprecated and will be removed:FutureWarning")
def test_every_family_is_fit_and_has_a_name(shelf, name):
    found = inspection.look(Sources(shelf(name)))

    assert found.family.name != "other"
    assert found.side == SIDES.get(name, found.side)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("WanPipeline", "class WanPipeline make no pictures of words alone"),
        ("StableVideoDiffusionPipeline", "make no pictures of words alone"),
        ("StableCascadeDecoderPipeline", "make no pictures of words alone"),
        ("StableDiffusionUpscalePipeline", "make no pictures of words alone"),
        ("MyOwnPipeline", "make no pictures of words alone"),
    ],
)
def test_what_makes_no_pictures_of_words_is_refused(folder, kind, sentence):
    index(folder, _class_name=kind)

    assert sentence in refused(folder)


def test_the_refiner_is_told_by_its_name(folder):
    index(folder, _class_name="StableDiffusionXLImg2ImgPipeline", requires_aesthetics_score=True)

    assert "the refiner of SDXL" in refused(folder)


def test_a_folder_saved_by_an_image_to_image_class_is_its_text_to_image_sister(folder):
    index(folder, _class_name="StableDiffusionXLImg2ImgPipeline")

    assert inspection.look(Sources(folder)).kind == "StableDiffusionXLPipeline"


@pytest.mark.parametrize("value", [["os", "system"], ["my_module", "MyUNet"], ["diffusers"], [["a"], "b"], [1, 2]])
def test_code_of_the_models_own_is_refused(folder, value):
    index(folder, unet=value)

    assert "The component 'unet' is code of the model's own" in refused(folder)


def test_weights_that_are_missing_are_told_with_their_part(folder):
    (folder / "text_encoder_2" / "model.safetensors").unlink()
    assert "'text_encoder_2' has no weights" in refused(folder)

    (folder / "text_encoder_2" / "pytorch_model.bin").touch()
    assert "holds pytorch_model.bin alone: only safetensors are loaded" in refused(folder)

    shutil.rmtree(folder / "scheduler")
    assert "The folder of 'scheduler' is missing" in refused(folder)


def test_weights_that_are_cut_off_or_only_pointed_to_are_told(folder):
    file = folder / "unet" / "diffusion_pytorch_model.safetensors"
    whole = file.read_bytes()
    file.write_bytes(whole[:-5])
    assert f"has {len(whole) - 5:,} of {len(whole):,} bytes" in refused(folder)

    file.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n")
    assert "is a pointer of Git LFS" in refused(folder)

    file.write_bytes(b"")
    assert "is no safetensors file" in refused(folder)


def test_a_piece_of_sharded_weights_that_is_missing_is_told(folder):
    file = folder / "unet" / "diffusion_pytorch_model.safetensors"
    file.rename(file.with_name("diffusion_pytorch_model-00001-of-00002.safetensors"))
    pieces = {f"{n}": f"diffusion_pytorch_model-0000{n}-of-00002.safetensors" for n in (1, 2)}
    file.with_name("diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps({"weight_map": pieces}))

    assert "'unet' lacks diffusion_pytorch_model-00002-of-00002.safetensors" in refused(folder)


def test_packages_that_a_model_needs_are_named_with_the_command(folder, monkeypatch):
    monkeypatch.setattr(packages, "find_spec", lambda name: None)
    index(folder, feature_extractor=["transformers", "PixtralProcessor"])
    (folder / "feature_extractor").mkdir()
    assert "bin/install torchvision" in refused(folder)

    index(folder, feature_extractor=[None, None])
    (folder / "tokenizer" / "tokenizer.json").rename(folder / "tokenizer" / "spiece.model")
    assert "bin/install sentencepiece" in refused(folder)


@pytest.mark.parametrize(
    ("method", "sentence"), [("bitsandbytes", "pip install bitsandbytes"), ("svdquant", "which diffusers doesn't load")]
)
def test_quantised_parts_are_told(folder, monkeypatch, method, sentence):
    monkeypatch.setattr(packages, "find_spec", lambda name: None)
    config(folder, "unet", quantization_config={"quant_method": method})

    assert sentence in refused(folder)


@pytest.mark.parametrize("content", ["{", "[]", "\xff"])
def test_an_index_that_is_none_is_a_sentence(folder, content):
    (folder / "model_index.json").write_text(content, encoding="latin-1")

    assert "model_index.json" in refused(folder)


def test_sizes_that_a_model_can_not_make_are_refused_with_the_nearest(shelf, settings):
    settings.WINNOW_MODELS = [shelf("sd3").parent]

    with pytest.raises(UnusableSource, match="multiples of 16 pixels. 1000 x 1024 is none; 992 x 1024 is."):
        engines.check("diffusers", make.parameters(source="sd3"), [[1024, 1024], [1000, 1024]])
    engines.check("diffusers", make.parameters(source="sd3"), [[1024, 1024]])


@pytest.mark.parametrize(
    ("family", "given", "sentence"),
    [
        ("sd3", {"second_guidance": 2.0}, "have one guidance"),
        ("flux-dev", {"prior_steps": 5}, "have no prior"),
        ("flux-dev", {"source": "absent"}, "There is no folder 'absent'"),
        ("flux-dev", {"source": "owner/model"}, "pin its revision"),
    ],
)
def test_what_is_set_in_vain_is_refused(shelf, settings, family, given, sentence):
    settings.WINNOW_MODELS = [shelf(family).parent]

    with pytest.raises(UnusableSource, match=sentence):
        engines.check("diffusers", make.parameters(**{"source": family, **given}), [[64, 64]])


def test_a_preset_that_can_not_work_is_not_saved(db, shelf, settings, pia):
    settings.WINNOW_MODELS = [shelf("sd3").parent]
    preset = make.preset(source="sd3")

    with pytest.raises(Refused, match="multiples of 16"):
        presets.change(preset, by=pia, sizes=[[72, 64]])
    with pytest.raises(Refused, match="multiples of 16"):
        presets.add(Preset(name="b", parameters=preset.parameters, sizes=[[72, 64]], licence="MIT"), by=pia)
    assert Preset.objects.get().sizes == [[64, 64]]


def test_a_machine_without_models_leaves_the_look_to_the_workers(settings, tmp_path):
    settings.WINNOW_MODELS = [tmp_path / "absent"]

    engines.check("diffusers", make.parameters(source="flux-dev"), [[100, 100]])
