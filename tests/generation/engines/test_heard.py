"""What each family hears, found by trying: of a long prompt, of what to avoid, of guidance, and of another's noise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generation import presets, reading, trial
from generation.engines.diffusers import pipelines
from generation.trial import Heard
from tests import make

SIZE = (64, 64)
# By family, and by what a preset says: avoid, guidance, noise; the least and the most tokens of a prompt that there is
# room for, which are letters here (the last few may be too faint for 255 levels); and how many each encoder reads.
HEARS = [
    ("stable-diffusion", {}, (True, True, True), (75, 75), [77]),
    ("sdxl", {"guidance": 0.0}, (False, True, True), (75, 75), [77, 77]),
    ("sdxl-turbo", {"guidance": 0.0}, (False, True, False), (75, 75), [77, 77]),
    ("sd3", {}, (True, True, True), (250, 255), [77, 77, 256]),
    ("sd3-without-t5", {}, (True, True, True), (75, 75), [77, 77]),
    ("flux-dev", {}, (False, True, True), (507, 511), [77, 512]),
    ("flux-dev", {"second_guidance": 2.0}, (True, True, True), (507, 511), [77, 512]),
    ("flux-dev", {"sequence_length": 128}, (False, True, True), (124, 127), [77, 128]),
    ("flux-schnell", {}, (False, False, True), (507, 511), [77, 512]),
    ("flux2-klein", {}, (False, False, True), (480, 512), [512]),
    ("flux2-klein-base", {}, (False, True, True), (480, 512), [512]),
    ("qwen-image", {}, (True, True, True), (390, 512), [1058]),
    ("z-image", {"guidance": 0.0}, (False, True, True), (480, 512), [512]),
    ("z-image", {}, (True, True, True), (480, 512), [512]),
    ("pixart-sigma", {}, (True, True, True), (296, 299), [300]),
    ("lumina2", {"steps": 4}, (True, True, True), (50, 120), [256]),
    ("kandinsky22", {}, (True, True, False), (70, 75), [77]),
    ("lcm", {}, (False, True, False), (75, 75), [77]),
]

pytestmark = [  # of diffusers itself
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.* is deprecated and will be removed:FutureWarning"),
]


@pytest.mark.parametrize(("family", "says", "hears", "tokens", "encoders"), HEARS)
def test_what_a_family_hears(snapshot_of, family, says, hears, tokens, encoders):
    preset = snapshot_of(family, **{"guidance": 5.0, **says})

    heard = trial.tried(pipelines.load(preset), preset, SIZE)

    assert (heard.avoid, heard.guidance, heard.noise) == hears
    least, most = tokens
    assert least <= (heard.tokens or 0) <= most
    assert list(heard.encoders.values()) == encoders


def test_what_is_said_to_be_heard_changes_the_picture_and_the_rest_does_not(snapshot_of):
    """By the tokenizer that the web process reads, as it marks words while they are typed."""
    preset = snapshot_of("sd3-without-t5")
    render = pipelines.load(preset)
    heard = trial.tried(render, preset, SIZE)
    assert render.tokenizer and heard.tokens
    prompt = "a quiet harbour at dawn, " * 8
    end = reading.end(reading.opened(render.tokenizer), prompt, heard.tokens)
    recipe = make.recipe(preset, width=64, height=64)

    def picture(words: str) -> bytes:
        [given] = render(replace(recipe, prompt=words), [7], lambda done, steps: None)
        return given.pixels.tobytes()

    assert picture(prompt[:end] + "something else, entirely") == picture(prompt)
    last = prompt[:end].rstrip().rfind(" ") + 1
    assert picture(prompt[:last] + "x" + prompt[last + 1 :]) != picture(prompt)


def test_the_starter_hears_what_its_preset_says(settings):
    preset = presets.starter()
    render = pipelines.load(preset.snapshot())

    assert trial.tried(render, preset.snapshot(), (256, 256)) == Heard(**preset.heard)
    assert render.tokenizer is not None
    assert reading.count(reading.opened(render.tokenizer), "red sneaker, hat") == 4
    assert reading.opened(presets.starter_tokenizer()).to_str() == reading.opened(render.tokenizer).to_str()
