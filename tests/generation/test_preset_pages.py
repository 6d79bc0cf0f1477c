"""What a preset hears and takes, for everybody who may choose it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from generation import samples
from generation.renderer import Refusal
from tests import make

READ = {"text_encoder": 77, "text_encoder_2": None}
HEARS = {"tokens": 75, "encoders": READ, "avoid": True, "guidance": True, "noise": True, "stops": True}


@pytest.fixture
def page(client, maya):
    client.force_login(maya)
    return lambda preset: client.get(reverse("generation:preset", args=[preset.pk])).content.decode()


def test_what_a_preset_hears_is_told_in_sentences(page):
    able = page(make.preset(name="sdxl", heard=HEARS))
    assert "75 word parts; the rest is cut." in able
    assert "By the seed of a candidate, or by its picture." in able
    assert "Not heard" not in able
    assert "text_encoder 77, text_encoder_2 all" in able

    turbo = make.preset(
        name="turbo", heard={**HEARS, "avoid": False, "guidance": False, "stops": False}, takes_noise=False
    )
    told = page(turbo)
    assert "Not heard: naming them changes nothing." in told
    assert "Not heard: its number changes nothing." in told
    assert "Its seed decides too little of a picture here." in told
    assert "Stops once the batch at work is made." in told


def test_what_was_not_measured_is_not_claimed(page):
    new = page(make.preset(name="new", weights=""))
    assert "Not measured yet, so that nothing can be ordered" in new
    assert "What it hears" not in new

    assert "It changed since it was measured" in page(make.preset(name="changed"))


def test_its_sample_sheet_stands_on_its_page_and_in_the_list(client, page):
    preset = make.preset(heard=HEARS)
    assert "What it makes" not in page(preset)
    sample = make.sample(preset)
    at = reverse("generation:sample", args=[sample.pk])

    assert "a red apple" in page(preset) and f'src="{at}"' in page(preset)
    assert f'src="{at}"' in client.get(reverse("generation:presets")).content.decode()
    picture = client.get(at)
    assert (picture["Content-Type"], picture.getvalue()[8:12]) == ("image/webp", b"WEBP")


def test_what_a_model_refuses_is_left_out_of_its_sheet(painter):
    refused = samples.PROMPTS[1]

    def render(recipe, seeds, on_step):
        return [Refusal("black")] if recipe.prompt == refused else painter(recipe, seeds, on_step)

    sheet = samples.made(render, make.snapshot(), (64, 64))

    assert [made.prompt for made in sheet] == [each for each in samples.PROMPTS if each != refused]


def test_the_list_says_what_each_can_not(client, maya):
    make.preset(name="turbo", heard={**HEARS, "avoid": False}, commercial_use=False)
    make.preset(name="bygone", retired=True)
    client.force_login(maya)

    page = client.get(reverse("generation:presets")).content.decode()

    assert "Can't be told what to avoid" in page.replace("&#x27;", "'")
    assert "not for commercial use" in page
    assert "bygone" not in page


def test_the_brief_form_leads_to_its_preset(client, maya, draft, preset):
    client.force_login(maya)

    page = client.get(reverse("generation:brief-form", args=[draft.pk])).content.decode()

    assert f'href="{reverse("generation:preset", args=[preset.pk])}"' in page


def test_what_its_library_complained_of_is_shown_to_who_keeps_it(client, maya, pia):
    preset = make.preset(complaints=["The config attributes were ignored."])
    shown = []
    for person in (maya, pia):
        client.force_login(person)
        shown.append("config attributes" in client.get(preset.get_absolute_url()).content.decode())

    assert shown == [False, True]
