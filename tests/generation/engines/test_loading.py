"""What people own loads, by every one of its weights; what lacks one does not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generation.engines.diffusers import inspection, packages, pipelines, weights
from generation.engines.diffusers.parameters import Parameters
from generation.engines.engine import UnusableSource
from generation.renderer import Picture
from tests import make

UNET = "unet/diffusion_pytorch_model.safetensors"
ENCODER = "text_encoder/model.safetensors"


@pytest.fixture
def folder(shelf, tmp_path, settings) -> Path:
    """A pipeline as somebody has it, to be changed."""
    settings.WINNOW_MODELS = [tmp_path.resolve()]
    return shutil.copytree(shelf("stable-diffusion"), tmp_path.resolve() / "own")


@pytest.fixture
def picture(folder) -> Callable[..., bytes]:
    """What its model makes of one seed, loaded anew."""

    def made(**parameters) -> bytes:
        pipelines.let_go()
        recipe = make.recipe(make.snapshot(source=folder.name, weights="", batch_size=1, **parameters))
        [given] = pipelines.load(recipe.preset)(recipe, [7], lambda done, steps: None)
        assert isinstance(given, Picture)
        return given.pixels.tobytes()

    return made


@pytest.mark.parametrize("file", [UNET, ENCODER])
def test_one_weight_that_is_missing_is_an_error_and_not_noise(folder, picture, file):
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / file)
    gone = next(iter(sorted(weights)))
    save_file({name: tensor for name, tensor in weights.items() if name != gone}, folder / file, {"format": "pt"})

    with pytest.raises(UnusableSource, match=f"'{file.split('/')[0]}' lacks 1 of its weights"):
        picture()


def test_weights_of_another_shape_are_an_error(folder, picture):
    config = json.loads((folder / "unet/config.json").read_text())
    (folder / "unet/config.json").write_text(json.dumps({**config, "cross_attention_dim": 16}))

    with pytest.raises(UnusableSource, match="The model can't be used: "):
        picture()


def test_a_folder_that_holds_the_fp16_variant_alone_loads(folder, picture):
    expected = picture()
    for file in (UNET, ENCODER, "vae/diffusion_pytorch_model.safetensors"):
        (folder / file).rename((folder / file).with_suffix(".fp16.safetensors"))

    assert picture() == expected


def test_the_whole_weights_are_taken_where_a_variant_lies_beside_them(folder, picture):
    from safetensors.torch import load_file, save_file

    expected = picture()
    for file in (UNET, ENCODER):
        half = {name: tensor.half() * 0 for name, tensor in load_file(folder / file).items()}
        save_file(half, (folder / file).with_suffix(".fp16.safetensors"), {"format": "pt"})

    assert picture() == expected


def test_weights_in_pieces_and_behind_links_load(folder, picture, tmp_path):
    from diffusers import UNet2DConditionModel

    expected = picture()
    unet = UNet2DConditionModel.from_pretrained(folder / "unet")
    (folder / UNET).unlink()
    unet.save_pretrained(folder / "unet", max_shard_size="20KB")
    assert len(list((folder / "unet").glob("*.safetensors"))) > 1
    (folder / "vae").rename(tmp_path / "elsewhere")
    (folder / "vae").symlink_to(tmp_path / "elsewhere")

    assert picture() == expected


@pytest.mark.filterwarnings("ignore:.* is deprecated and will be removed:FutureWarning")
def test_a_tokenizer_that_is_a_sentencepiece_model_alone_loads(shelf, tmp_path, settings):
    """As T5 is saved by everybody older than tokenizer.json."""
    import sentencepiece

    settings.WINNOW_MODELS = [tmp_path.resolve()]
    own = shutil.copytree(shelf("pixart-sigma"), tmp_path / "own")
    (own / "tokenizer/tokenizer.json").unlink()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["a red apple on a white table, studio light"] * 20),
        model_prefix=str(own / "tokenizer/spiece"),
        vocab_size=24,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        minloglevel=2,
    )
    config = {"tokenizer_class": "T5Tokenizer", "model_max_length": 32, "extra_ids": 0, "unk_token": "<unk>"}
    (own / "tokenizer/tokenizer_config.json").write_text(json.dumps(config))
    pipelines.let_go()
    recipe = make.recipe(make.snapshot(source="own", weights="", batch_size=1))
    render = pipelines.load(recipe.preset)

    assert len(render.pipeline.tokenizer("a red apple").input_ids) > 4
    assert render(recipe, [7], lambda done, steps: None)


@pytest.fixture
def lora(folder) -> Path:
    """Trained on nothing, but not nought."""
    import torch
    from diffusers import StableDiffusionPipeline
    from diffusers.utils.state_dict_utils import convert_state_dict_to_diffusers
    from peft import LoraConfig, get_peft_model_state_dict

    pipeline = StableDiffusionPipeline.from_pretrained(folder)
    pipeline.unet.add_adapter(LoraConfig(r=2, target_modules=["to_q", "to_v"], init_lora_weights=False))
    layers = convert_state_dict_to_diffusers(get_peft_model_state_dict(pipeline.unet))
    StableDiffusionPipeline.save_lora_weights(folder.parent, unet_lora_layers=layers, weight_name="style.safetensors")
    assert not any(tensor.isnan().any() for tensor in layers.values() if isinstance(tensor, torch.Tensor))
    return folder.parent / "style.safetensors"


def test_loras_are_loaded_by_their_weights_and_counted_among_the_weights(folder, lora, picture):
    bare, whole = picture(), picture(adapters="style.safetensors:1")

    assert whole != bare
    assert picture(adapters="style.safetensors:0") == bare
    assert picture(adapters="style.safetensors:0.5") not in (bare, whole)
    assert picture(adapters="style.safetensors:1") == whole
    assert picture() == bare
    digests = {loaded(folder, adapters=given).digest() for given in ("", "style.safetensors", "style.safetensors:0.5")}
    assert len(digests) == 3


def test_another_vae_is_taken_in_place_of_the_models_own(folder, picture, tmp_path):
    from safetensors.torch import load_file, save_file

    shutil.copytree(folder / "vae", tmp_path / "vae")
    file = tmp_path / "vae/diffusion_pytorch_model.safetensors"
    save_file({name: tensor * 1.5 for name, tensor in load_file(file).items()}, file, {"format": "pt"})

    assert picture(vae="vae") != picture()
    assert loaded(folder, vae="vae").digest() != loaded(folder).digest()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"adapters": "absent.safetensors"}, "There is no 'absent.safetensors' in WINNOW_MODELS"),
        ({"adapters": "../../etc.safetensors"}, "leads out of WINNOW_MODELS"),
        ({"vae": "absent"}, "There is no 'absent'"),
        ({"vae": "own/tokenizer"}, "no VAE's folder"),
    ],
)
def test_what_is_not_there_is_told(folder, given, sentence):
    with pytest.raises(UnusableSource, match=sentence):
        loaded(folder, **given)


def test_a_lora_without_its_package_is_told_with_the_command(folder, lora, monkeypatch):
    monkeypatch.setattr(packages, "find_spec", lambda name: None)

    with pytest.raises(UnusableSource, match="'style.safetensors' is a LoRA, .*bin/install lora"):
        inspection.look(loaded(folder, adapters="style.safetensors"))


@pytest.mark.parametrize("text", ["style.ckpt", "style.safetensors:much", "style", ":1"])
def test_loras_are_named_in_one_way(text):
    with pytest.raises(ValueError, match="must be safetensors files"):
        Parameters.model_validate(make.parameters() | {"adapters": text})


def test_decoding_in_tiles_and_one_by_one_is_loaded_for_the_presets_that_say_so(folder, picture):
    plain = picture()

    assert picture(slicing=True) == plain
    assert len(picture(tiling=True)) == len(plain)
    preset = make.snapshot(source=folder.name, weights="", batch_size=1)
    tiled = make.with_parameters(make.recipe(preset), tiling=True).preset
    assert pipelines.load(preset).pipeline.vae.use_tiling is False
    assert pipelines.load(tiled).pipeline.vae.use_tiling is True
    assert pipelines.load(preset).pipeline.vae.use_tiling is False


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"offload": "model"}, "There is no GPU here to offload from"),
        ({"attention": "nonsense"}, "attention backend 'nonsense' can't be used here"),
    ],
)
def test_what_this_device_can_not_is_told(picture, given, sentence):
    with pytest.raises(UnusableSource, match=sentence):
        picture(**given)


def loaded(folder: Path, **parameters) -> weights.Sources:
    return weights.sources(folder, Parameters.model_validate(make.parameters(source=folder.name, **parameters)))
