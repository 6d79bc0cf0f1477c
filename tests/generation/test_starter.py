"""The embedded model: its training pictures and captions, its words, and the packed pipeline folder."""

import copy
import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from generation.engines.diffusers import weights
from generation.starter import captions, tokens
from generation.starter.compose import draw_scene, draw_training_scene, render
from generation.starter.recolour import recolour, to_oklab
from generation.starter.vocabulary import canonical_words, entries, object_colours, rgb, vocabulary

PACKED = weights.STARTER_FOLDER
LARGEST = 40_000_000
# The scheduler of diffusers 0.42 converts a tensor in a way that numpy 2 announces to drop.
DIFFUSERS_AND_NUMPY = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture(scope="module")
def sprites():
    """Stand-ins for the picture package: a disc for every subject and colour."""
    disc = Image.new("RGBA", (256, 256))
    ImageDraw.Draw(disc).ellipse((4, 4, 252, 252), fill=(200, 60, 60, 255))
    return {(subject, colour): disc for subject in entries("subjects") for colour in (None, *object_colours())}


@pytest.fixture(scope="module")
def torch():
    """With one thread: several on a busy machine wait for each other."""
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield torch
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def pipe(torch):
    diffusers = pytest.importorskip("diffusers")
    loaded = diffusers.DiffusionPipeline.from_pretrained(PACKED, local_files_only=True)
    loaded.set_progress_bar_config(disable=True)
    return loaded


def pictures(pipe, torch, prompt, seeds=(1, 2)):
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    made = pipe([prompt] * len(seeds), num_inference_steps=6, guidance_scale=2.5, generator=generators).images
    return [np.asarray(picture, np.int16) for picture in made]


def difference(one, other):
    return np.abs(one - other).mean()


def scenes(count, seed=5):
    rng = random.Random(seed)
    return [draw_scene(rng) for _ in range(count)]


@pytest.fixture(scope="module")
def training_scenes(sprites):
    rng = random.Random(8)
    return [draw_training_scene(rng, sprites) for _ in range(400)]


# Training pictures


def test_a_scene_is_always_drawn_the_same(sprites):
    (one,), (again,) = scenes(1), scenes(1)

    assert one == again
    np.testing.assert_array_equal(render(one, sprites)[0], render(again, sprites)[0])


def test_scenes_differ_in_all_that_a_caption_may_leave_open():
    drawn = scenes(200)

    assert {scene.subject for scene in drawn} == set(entries("subjects"))
    assert {scene.background for scene in drawn} == set(entries("colours"))
    assert {scene.backdrop for scene in drawn} == set(entries("backdrops"))
    assert {scene.place for scene in drawn} == set(entries("places"))
    assert {scene.mirrored for scene in drawn} == {True, False}
    for number in ("size", "tilt", "light", "horizon", "x", "y"):
        assert np.std([getattr(scene, number) for scene in drawn]) > 0


def test_no_training_picture_shows_a_combination_kept_for_the_evaluation(training_scenes):
    assert 20 < sum(scene.held_out for scene in scenes(400)) < 100
    assert not any(scene.held_out for scene in training_scenes)


def test_training_pictures_show_few_poses_of_every_subject(training_scenes):
    assert {scene.subject for scene in training_scenes} == set(entries("subjects"))
    assert {(scene.place, scene.size) for scene in training_scenes} == {
        ("left", 0.625),
        ("right", 0.625),
        ("centre", 0.625),
        ("centre", 0.8125),
    }
    assert {scene.tilt for scene in training_scenes} == {0}
    assert "podium" not in {scene.backdrop for scene in training_scenes}
    assert 0 < sum(scene.prop_size > 0 for scene in training_scenes) < 80


def test_a_training_picture_is_the_same_wherever_its_object_stands(training_scenes, sprites):
    """On the latents' grid, and whole: the object covers the same positions, moved."""
    covers = set()
    for scene in training_scenes:
        if scene.size == 0.625:
            _, cover = render(scene, sprites)
            rows, columns = np.flatnonzero(cover.max(1)), np.flatnonzero(cover.max(0))
            covers.add(cover[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].tobytes())

    assert len(covers) <= 2  # as drawn and mirrored


def test_training_pictures_leave_room_between_the_places(training_scenes):
    across = {place: [scene.x for scene in training_scenes if scene.place == place] for place in entries("places")}

    assert max(across["left"]) < min(across["centre"]) - 0.05
    assert max(across["centre"]) < min(across["right"]) - 0.05


def test_places_do_not_touch():
    """A judge, and a person, can tell them apart."""
    across = {place: [scene.x for scene in scenes(400) if scene.place == place] for place in entries("places")}

    assert max(across["left"]) < min(across["centre"]) - 0.05
    assert max(across["centre"]) < min(across["right"]) - 0.05


def test_a_prop_stands_beside_the_object_in_some(sprites):
    with_prop = next(scene for scene in scenes(40) if scene.prop_size)
    without = replace(with_prop, prop_size=0.0)

    assert difference(*(render(scene, sprites)[0].astype(np.int16) for scene in (with_prop, without))) > 0.1


def test_a_picture_comes_with_the_cover_of_its_object(sprites):
    picture, cover = render(scenes(1)[0], sprites)

    assert picture.shape == (256, 256, 3)
    assert cover.shape == (16, 16)
    assert cover.max() == 255
    assert cover.min() == 0


def test_the_background_has_the_hue_it_is_called(sprites):
    for scene in scenes(40):
        corner = render(scene, sprites)[0][:32, :32].reshape(-1, 3).mean(0).astype(np.float32)
        named = np.array(rgb(scene.background), np.float32)
        if scene.tone:
            named = (named + np.array(entries("tones")[scene.tone]["towards"], np.float32)) / 2
        assert np.linalg.norm(to_oklab(corner)[1:] - to_oklab(named)[1:]) < 0.09  # lightness follows the backdrop


@pytest.mark.parametrize("colour", object_colours())
def test_a_recoloured_picture_has_the_colour_and_keeps_its_outline(colour):
    plain = Image.new("RGBA", (32, 32))
    ImageDraw.Draw(plain).rectangle((8, 8, 23, 23), fill=(210, 40, 60, 255))

    changed = recolour(plain, rgb(colour))

    assert changed.getchannel("A").tobytes() == plain.getchannel("A").tobytes()
    np.testing.assert_allclose(changed.getpixel((16, 16))[:3], rgb(colour), atol=6)


def test_another_hue_than_the_main_one_may_be_recoloured():
    """A gift's box is meant, not the ribbon that has the stronger colour."""
    two = Image.new("RGBA", (32, 32), (250, 205, 50, 255))
    ImageDraw.Draw(two).rectangle((0, 0, 31, 21), fill=(214, 40, 46, 255))

    changed = recolour(two, rgb("blue"), hue=1.4)

    np.testing.assert_allclose(changed.getpixel((16, 28))[:3], rgb("blue"), atol=25)
    np.testing.assert_allclose(changed.getpixel((16, 4))[:3], (214, 40, 46), atol=6)


# Captions and words


def test_captions_of_one_scene_vary_and_some_say_nothing():
    rng = random.Random(1)
    (scene,) = scenes(1)

    said = Counter(captions.caption(scene, rng) for _ in range(300))

    assert len(said) > 100
    assert 15 <= said[""] <= 75


def test_captions_never_say_what_is_not_in_the_picture():
    rng = random.Random(2)
    tokenizer = tokens.build()
    for scene in scenes(200):
        told = set(tokenizer.tokenize(captions.caption(scene, rng)))
        for group, true in (
            ("subjects", {scene.subject}),
            ("colours", {scene.colour, scene.background}),
            ("tones", {scene.tone}),
            ("backdrops", {scene.backdrop}),
            ("places", {scene.place}),
            ("sizes", {scene.extent}),
        ):
            assert told & set(entries(group)) <= true


def test_every_subject_has_a_picture_and_words_of_its_own():
    heard = Counter(
        phrase
        for group in ("subjects", "colours", "tones")
        for entry in entries(group).values()
        for phrase in entry["words"]
    )

    assert all(int(entry["picture"], 16) for entry in entries("subjects").values())
    assert set(heard.values()) == {1}
    assert not set(heard) & set(canonical_words())


@pytest.mark.parametrize("group", ["subjects", "colours", "tones", "backdrops", "places", "sizes", "lights", "joints"])
def test_the_tokenizer_knows_every_synonym(group):
    tokenizer = tokens.build()
    for canonical, entry in entries(group).items():
        for phrase in (canonical, *entry["words"]):
            assert tokenizer.tokenize(phrase.title()) == [canonical], phrase


def test_fillers_are_unknown_words():
    tokenizer = tokens.build()
    for filler in vocabulary()["fillers"]:
        assert set(tokenizer.tokenize(filler)) == {tokens.UNKNOWN}, filler


def test_a_brief_is_read_as_it_is_meant():
    read = tokens.build().tokenize("Glossy red trainers, soft light, centred; on a pastel teal backdrop.")

    assert read == ["<unk>", "red", "sneaker", ",", "<unk>", ",", "centre", ",", "pastel", "teal", "background", ","]


# The packed pipeline


def test_the_packed_folder_is_small_and_holds_no_code():
    files = [file for file in PACKED.rglob("*") if file.is_file()]

    assert {file.suffix for file in files} <= {".json", ".safetensors"}
    assert sum(file.stat().st_size for file in files) < LARGEST


def test_the_packed_tokenizer_is_the_one_built_from_the_vocabulary(pipe):
    said = "emerald trainers, copy space on the left, pastel lilac backdrop"

    assert pipe.tokenizer(said).input_ids == tokens.build()(said).input_ids


@DIFFUSERS_AND_NUMPY
def test_two_seeds_give_two_pictures(pipe, torch):
    one, other = pictures(pipe, torch, "red sneaker, pastel teal background")

    assert one.shape == (256, 256, 3)
    assert difference(one, other) > 3


@DIFFUSERS_AND_NUMPY
def test_the_text_changes_the_picture(pipe, torch):
    blue = pictures(pipe, torch, "red sneaker, blue background")[0]
    yellow = pictures(pipe, torch, "red sneaker, yellow background")[0]

    assert difference(blue, yellow) > 20
    assert blue[:32, :32, 2].mean() > blue[:32, :32, 0].mean()
    assert yellow[:32, :32, 0].mean() > yellow[:32, :32, 2].mean()


def test_the_encoder_undoes_the_decoder(pipe, torch, sprites):
    """So that image-to-image begins from the given picture."""
    original = torch.from_numpy(render(scenes(1)[0], sprites)[0].copy()).movedim(-1, 0)[None].float() / 127.5 - 1
    with torch.no_grad():
        again = pipe.vae.decode(pipe.vae.encode(original).latents).sample

    assert float((again - original).abs().mean()) < 0.06


@DIFFUSERS_AND_NUMPY
def test_image_to_image_keeps_the_given_picture(pipe, torch, sprites):
    """Weakly changed it stays near, and new words repaint its ground."""
    diffusers = pytest.importorskip("diffusers")
    scene = replace(scenes(1)[0], subject="strawberry", colour=None, background="yellow", tone=None, backdrop="plain")
    given = Image.fromarray(render(scene, sprites)[0])
    by_picture = diffusers.AutoPipelineForImage2Image.from_pipe(pipe)
    by_picture.set_progress_bar_config(disable=True)

    def changed(strength, prompt):
        made = by_picture(
            prompt, image=given, strength=strength, num_inference_steps=10, generator=torch.Generator().manual_seed(3)
        )
        return np.asarray(made.images[0], np.int16)

    weak = changed(0.2, "strawberry, yellow background")
    strong = changed(0.9, "strawberry, blue background")
    before = np.asarray(given, np.int16)

    assert difference(weak, before) < 12 < difference(strong, before)
    assert strong[:32, :32, 2].mean() > strong[:32, :32, 0].mean()


@DIFFUSERS_AND_NUMPY
def test_a_lora_is_trained_saved_and_loaded(torch, tmp_path):
    """By peft, as for any diffusers model: it changes the pictures, survives its file, and can be taken off again."""
    diffusers, peft = pytest.importorskip("diffusers"), pytest.importorskip("peft")
    pipeline = diffusers.StableDiffusionPipeline.from_pretrained(PACKED, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    (plain,) = pictures(pipeline, torch, "red handbag, white background", seeds=(1,))
    torch.manual_seed(1)
    pipeline.unet.add_adapter(peft.LoraConfig(r=4, lora_alpha=4, target_modules=["to_q", "to_k", "to_v", "to_out.0"]))
    trained = [value for value in pipeline.unet.parameters() if value.requires_grad]
    optimizer = torch.optim.AdamW(trained, 1e-2)
    with torch.no_grad():
        words = pipeline.encode_prompt("red handbag, white background", "cpu", 1, False)[0]
    for _ in range(4):
        predicted = pipeline.unet(torch.randn(1, 12, 16, 16), torch.tensor([600]), words).sample
        loss = (predicted - 1).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    (tuned,) = pictures(pipeline, torch, "red handbag, white background", seeds=(1,))
    state = peft.get_peft_model_state_dict(pipeline.unet)
    pipeline.save_lora_weights(tmp_path, unet_lora_layers=state)

    fresh = diffusers.StableDiffusionPipeline.from_pretrained(PACKED, local_files_only=True)
    fresh.set_progress_bar_config(disable=True)
    fresh.load_lora_weights(tmp_path)
    (loaded,) = pictures(fresh, torch, "red handbag, white background", seeds=(1,))
    fresh.unload_lora_weights()
    (again,) = pictures(fresh, torch, "red handbag, white background", seeds=(1,))

    assert difference(plain, tuned) > 1
    np.testing.assert_allclose(loaded, tuned, atol=2)
    np.testing.assert_array_equal(again, plain)


# Training


def test_the_untrained_encoder_is_the_projection(torch, sprites):
    from generation.starter import latents, networks

    some = np.stack([render(scene, sprites)[0] for scene in scenes(8)])
    projection = latents.fit(some)

    with torch.no_grad():
        encoded = networks.autoencoder(projection).encode(torch.from_numpy(some).movedim(-1, 1).float() / 127.5 - 1)

    np.testing.assert_allclose(encoded.latents.numpy() * networks.SCALING, projection(some), atol=1e-4)


@pytest.fixture
def stocked(tmp_path, torch, sprites, monkeypatch):
    """A folder with eight composed pictures, for a small denoiser."""
    from generation.starter import networks, pictures, train

    small = networks.denoiser((16, 32, 32))
    monkeypatch.setattr(networks, "denoiser", lambda: copy.deepcopy(small))
    monkeypatch.setattr(pictures, "load_sprites", lambda package: sprites)
    monkeypatch.setattr(train, "HELD_BACK", 2)
    pictures.prepare(tmp_path, tmp_path, count=8, seed=1)
    return tmp_path


def test_training_goes_on_where_it_stopped(stocked, torch):
    from generation.starter import train

    train.train(stocked, minutes=0.5 / 60, batch=2, seed=1, device="cpu")
    first = train.new_training("cpu", seed=1)
    first.restore(stocked / "denoiser.pt")
    train.train(stocked, minutes=first.seconds / 60 + 0.5 / 60, batch=2, seed=1, device="cpu")
    second = train.new_training("cpu", seed=1)
    second.restore(stocked / "denoiser.pt")

    assert second.steps > first.steps > 0
    assert second.samples == 2 * second.steps


@DIFFUSERS_AND_NUMPY
def test_training_tells_loss_and_time_left_and_draws_samples(stocked, torch, monkeypatch):
    from generation.starter import samples, train

    for pause in ("REPORT_EVERY", "SAVE_EVERY", "SAMPLE_EVERY"):
        monkeypatch.setattr(train, pause, 0.2)
    monkeypatch.setattr(samples, "prompts", lambda: ["red car"])
    sheet = stocked / "samples.png"

    def draw_samples():
        samples.draw(stocked, sheet, seeds=2, steps=1, guidance=1)

    train.train(stocked, minutes=0.5 / 60, batch=2, seed=1, device="cpu", draw_samples=draw_samples)

    with Image.open(sheet) as drawn:
        assert drawn.size == (2 * 256, 256)
    told = (stocked / "denoiser.log").read_text()
    assert all(word in told for word in ("left", "loss", "validation", "samples", "pictures_a_second"))


def test_a_decoder_learns_from_latents_that_the_denoiser_made(stocked, torch, monkeypatch):
    from generation.starter import decoder, repaint, train

    monkeypatch.setattr(decoder, "HELD_BACK", 2)
    train.new_training("cpu", seed=1).save(stocked / "denoiser.pt")
    repaint.repaint(stocked, device="cpu", seed=1)
    decoder.train(stocked, minutes=0.5 / 60, batch=2, seed=1, device="cpu")

    shown = decoder.Shown(stocked)
    assert shown.repainted.shape == shown.latents.shape
    assert not np.array_equal(shown.repainted, shown.latents)
    assert "repainted_decibels" in (stocked / "decoder.log").read_text()


def test_what_is_repainted_from_fewer_steps_back_stays_nearer(stocked, pipe, torch):
    """By the packed weights, whose words and shapes are those of the pictures."""
    from generation.starter import repaint, train
    from generation.starter.pictures import stock

    batch = train.Feed(stock(stocked), "cpu", 1).held_back()
    model = train.Denoiser(pipe.unet, pipe.text_encoder)
    near, far = (repaint.repainted(model, batch, steps=steps) - batch.latents for steps in (1, 8))

    assert 0 < near.abs().mean() < far.abs().mean()


def test_the_rate_warms_up_and_falls_at_the_end(torch):
    from generation.starter.train import rate

    assert rate(0, 0.0) < rate(50, 0.1) < rate(200, 0.3) == 1
    assert rate(9000, 0.8) == pytest.approx(1 / 2)
    assert 0 < rate(9000, 1.0) < 0.02


@pytest.mark.parametrize(
    ("able", "computes"),
    [({"avx512_bf16": True}, True), ({"amx_bf16": True}, True), ({"avx2": True, "avx512_bf16": False}, False)],
)
def test_bfloat16_is_left_to_processors_that_have_instructions_for_it(torch, monkeypatch, able, computes):
    from generation.starter import precision

    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)

    assert precision.computes_bfloat16("cpu") is computes
    assert precision.computes_bfloat16("cuda")


def test_training_may_begin_with_the_packed_model(tmp_path, pipe, torch):
    from generation.starter import latents, pack, unpack

    unpack.unpack(PACKED, tmp_path)
    again = pack.pipeline(tmp_path)

    for part in ("unet", "text_encoder"):
        packed, begun = (getattr(whole, part).state_dict() for whole in (pipe, again))
        assert all(torch.equal(packed[name], begun[name]) for name in packed)
    noise = torch.rand(1, 3, 256, 256) * 2 - 1
    with torch.no_grad():
        packed, begun = (whole.vae.encode(noise).latents for whole in (pipe, again))
    torch.testing.assert_close(packed, begun, atol=1e-3, rtol=0)
    assert latents.load(tmp_path / "projection.npz").mean.shape == (192,)
