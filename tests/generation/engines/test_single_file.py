"""Single files, as most people own a model: read with the configuration of a folder, never with a fetched one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from generation import engines
from generation.engines.diffusers import inspection, packages, pipelines, weights
from generation.engines.diffusers.parameters import Parameters
from generation.engines.engine import UnusableSource
from generation.renderer import Picture
from tests import make
from tests.generation.tiny import single_file

TRANSFORMER = "transformer/diffusion_pytorch_model.safetensors"

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.* is deprecated and will be removed:FutureWarning"),
]


@pytest.fixture
def models(tmp_path, settings) -> Path:
    settings.WINNOW_MODELS = [tmp_path.resolve()]
    return tmp_path.resolve()


@pytest.fixture
def own(shelf, models) -> Callable[[str], Path]:
    """A tiny pipeline's folder inside WINNOW_MODELS, to be changed."""
    return lambda name: shutil.copytree(shelf(name), models / name)


def picture(**parameters) -> Image.Image:
    """What a model makes of one seed, loaded anew."""
    pipelines.let_go()
    recipe = make.recipe(make.snapshot(weights="", batch_size=1, **parameters))
    [given] = pipelines.load(recipe.preset)(recipe, [7], lambda done, steps: None)
    assert isinstance(given, Picture)
    return given.pixels


def found(file: Path, folder: Path) -> weights.Sources:
    return weights.sources(weights.local(file.name) or file, Parameters(source=file.name, configuration=folder.name))


def saved(file: Path, *names: str, shape: tuple[int, ...] = (1,)) -> Path:
    import torch
    from safetensors.torch import save_file

    save_file({name: torch.zeros(shape) for name in names}, file)
    return file


@pytest.mark.parametrize("family", ["stable-diffusion", "sdxl"])
def test_a_checkpoint_makes_the_pictures_of_its_folder_with_the_configuration_alone(own, models, family):
    folder = own(family)
    single_file.save(folder, models / "own.safetensors")
    expected = picture(source=family)
    for file in folder.rglob("*.safetensors"):
        file.unlink()

    assert picture(source="own.safetensors", configuration=family) == expected


def test_what_a_file_lacks_comes_from_the_folder(own, models):
    folder = own("stable-diffusion")
    single_file.save(folder, models / "own.safetensors", without="first_stage_model.")
    (folder / "unet/diffusion_pytorch_model.safetensors").unlink()
    sources = found(models / "own.safetensors", folder)

    assert {part.name: bool(part.file) for part in inspection.look(sources).models} == {
        "vae": False,
        "text_encoder": True,
        "unet": True,
    }
    assert picture(source="own.safetensors", configuration=folder.name)


@pytest.mark.parametrize("family", ["flux-dev", "sd3", "qwen-image", "z-image"])
def test_a_denoiser_alone_stands_in_place_of_the_folders(own, models, family):
    folder = own(family)
    expected = picture(source=family)
    (folder / TRANSFORMER).rename(models / "own.safetensors")

    assert picture(source="own.safetensors", configuration=family) == expected


@pytest.mark.parametrize("family", ["flux-dev", "qwen-image"])
def test_a_gguf_comes_near_to_what_it_was_made_from_and_gives_the_same_bits_each_time(own, models, family):
    folder = own(family)
    expected = picture(source=family)
    single_file.save_gguf(folder / TRANSFORMER, models / "own.gguf")
    (folder / TRANSFORMER).unlink()
    given = picture(source="own.gguf", configuration=family)

    assert given != expected
    assert max(most for _, most in ImageChops.difference(given, expected).getextrema()) < 8
    assert picture(source="own.gguf", configuration=family) == given


@pytest.mark.parametrize(
    ("without", "part"),
    [
        ("model.diffusion_model.out.0.", "unet"),
        ("cond_stage_model.transformer.text_model.final_layer_norm.bias", "text_encoder"),
        ("first_stage_model.decoder.norm_out", "vae"),
    ],
)
def test_a_weight_that_the_file_lacks_is_an_error_and_not_noise(own, models, without, part):
    folder = own("stable-diffusion")
    single_file.save(folder, models / "own.safetensors", without=without)

    with pytest.raises(UnusableSource, match=f"'own.safetensors' lacks weights of '{part}'"):
        picture(source="own.safetensors", configuration=folder.name)


def test_another_models_configuration_is_a_sentence(own, models):
    folder = own("sdxl")
    single_file.save(own("stable-diffusion"), models / "own.safetensors")

    with pytest.raises(UnusableSource, match="The model can't be used: "):
        picture(source="own.safetensors", configuration=folder.name)


def test_the_file_counts_for_the_hash_of_the_weights(own, models):
    folder = own("stable-diffusion")
    one = single_file.save(folder, models / "one.safetensors")
    other = saved(models / "other.safetensors", "model.diffusion_model.a")

    assert found(one, folder).digest() not in (weights.digest(folder), found(other, folder).digest())
    shutil.move(one, models / "renamed.safetensors")
    assert found(models / "renamed.safetensors", folder).digest() != found(other, folder).digest()


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["lora_unet_a.lora_down.weight"], "is a LoRA"),
        (["transformer.x.lora_A.weight"], "is a LoRA"),
        (["encoder.conv_in.weight", "decoder.conv_in.weight"], "is a VAE alone"),
        (["control_model.time_embed.0.weight"], "is a ControlNet"),
        (["encoder.block.0.layer.0.weight"], "is a text encoder alone"),
        (["conditioner.embedders.0.model.text_projection"], "is the refiner of SDXL"),
        (["model.diffusion_model.a", "scaled_fp8"], "is quantised in a way that diffusers doesn't read"),
        (["transformer_blocks.0.qweight"], "is quantised in a way that diffusers doesn't read"),
    ],
)
def test_what_is_no_model_of_its_own_is_told(own, models, names, sentence):
    file = saved(models / "own.safetensors", *names)

    with pytest.raises(UnusableSource, match=sentence):
        inspection.look(found(file, own("stable-diffusion")))


def test_a_model_that_paints_into_pictures_is_told(own, models):
    file = saved(models / "own.safetensors", "model.diffusion_model.input_blocks.0.0.weight", shape=(4, 9, 3, 3))

    with pytest.raises(UnusableSource, match="paints into pictures"):
        inspection.look(found(file, own("stable-diffusion")))


def test_a_file_that_is_cut_off_or_none_is_told(own, models):
    folder = own("flux-dev")
    whole = single_file.save_gguf(folder / TRANSFORMER, models / "whole.gguf").read_bytes()
    for content in (whole[:-5], whole[:300], b"GGUF", b"", b"version https://git-lfs.github.com/spec/v1\n"):
        (models / "own.gguf").write_bytes(content)
        with pytest.raises(UnusableSource, match="'own.gguf' is no whole GGUF file"):
            inspection.look(found(models / "own.gguf", folder))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"source": "own.safetensors"}, "'own.safetensors' is a single file. Name as its configuration"),
        ({"source": "own.safetensors", "configuration": "absent"}, "There is no 'absent' in WINNOW_MODELS"),
        ({"source": "own.safetensors", "configuration": "empty"}, "'empty' is no pipeline folder"),
        ({"source": "own.safetensors", "configuration": "../.."}, "leads out of WINNOW_MODELS"),
        ({"source": "own.ckpt"}, "only safetensors and GGUF files are loaded, never pickles or code"),
        ({"source": "typo.safetensors"}, "There is no file 'typo.safetensors' in WINNOW_MODELS"),
        ({"source": "files/typo.gguf"}, "There is no file 'files/typo.gguf' in WINNOW_MODELS"),
    ],
)
def test_what_is_not_there_is_told_where_a_preset_is_saved(models, given, sentence):
    saved(models / "own.safetensors", "model.diffusion_model.a")
    (models / "own.ckpt").touch()
    (models / "empty").mkdir()

    with pytest.raises(UnusableSource, match=sentence):
        engines.check("diffusers", make.parameters(**given), [[64, 64]])


def test_a_gguf_without_its_package_is_told_with_the_command(own, models, monkeypatch):
    folder = own("flux-dev")
    file = single_file.save_gguf(folder / TRANSFORMER, models / "own.gguf")
    monkeypatch.setattr(packages, "find_spec", lambda name: None)

    with pytest.raises(UnusableSource, match="'own.gguf' is a GGUF file, .*: bin/install gguf"):
        inspection.look(found(file, folder))
