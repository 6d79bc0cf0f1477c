"""The judge, and what its verdicts are counted into."""

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image, ImageDraw

from generation.engines.diffusers import weights
from generation.starter import tokens
from generation.starter.vocabulary import entries, object_colours, rgb
from tests.generation.test_starter import DIFFUSERS_AND_NUMPY, scenes

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@pytest.fixture(scope="module")
def sprites():
    """A disc in its colour stands for every subject: what it is can't be told, all else can."""
    found = {}
    for subject in entries("subjects"):
        for colour in (None, *object_colours()):
            disc = Image.new("RGBA", (256, 256))
            ImageDraw.Draw(disc).ellipse((4, 4, 252, 252), fill=(*(rgb(colour) if colour else (90, 200, 90)), 255))
            found[subject, colour] = disc
    return found


@pytest.fixture(scope="module")
def judge(sprites):
    """The module, with a judge that went to school for a short while."""
    pytest.importorskip("torch")
    from generation.starter import judge

    lesson = judge.compose_lesson(sprites, count=640, seed=1)
    return judge, judge.train(lesson, epochs=8, seed=1)


@pytest.fixture(scope="module")
def evaluate(judge):
    from generation.starter import evaluate

    return evaluate


def test_a_judge_learns_what_can_be_seen_and_no_more(judge, sprites):
    module, taught = judge

    scores = module.score(taught, module.compose_lesson(sprites, count=200, seed=2))

    assert set(scores) == set(module.QUESTIONS)
    assert scores["place"] > 0.8
    assert scores["background"] > 0.6
    assert scores["subject"] < 0.3


def test_a_judge_is_kept_and_not_taught_twice(judge, sprites, tmp_path, monkeypatch):
    module, _ = judge
    monkeypatch.setattr(module, "SCORED_ON", 64)
    once, scores = module.trained(tmp_path, sprites, count=64, epochs=1, seed=1)
    monkeypatch.setattr(module, "train", None)

    again, told = module.trained(tmp_path, sprites, count=64, epochs=1, seed=1)

    assert told == scores
    picture = module.seen_small(np.zeros((1, 256, 256, 3), np.uint8))
    assert once.features(picture).equal(again.features(picture))


def test_prompts_ask_for_unseen_combinations_in_the_words_of_a_brief(evaluate):
    asked = evaluate.unseen(60)

    assert asked == evaluate.unseen(60)
    assert all(scene.held_out for scene in asked)
    counts = Counter((scene.subject, scene.place) for scene in evaluate.unseen(3 * len(entries("subjects"))))
    assert set(counts.values()) == {1}
    scene = replace(asked[0], subject="watch", colour="red", tone="pastel", background="blue", x=0.3)
    assert evaluate.prompt(scene) == "red watch, on the left, pastel blue background"
    assert evaluate.prompt(scene, placed=False) == "red watch, pastel blue background"
    plain = replace(scene, subject="icecream", colour=None)
    assert evaluate.prompt(plain, placed=False) == "ice cream, pastel blue background"


def test_shares_count_what_was_asked_for(evaluate):
    asked = replace(scenes(1)[0], subject="watch", colour="red", background="blue", tone=None, x=0.5)
    right = {"subject": "watch", "colour": "red", "background": "blue", "tone": None, "place": "centre"}

    def verdict(scene=asked, **said):
        return evaluate.Verdict(scene, {**right, **said})

    verdicts = [
        verdict(),
        verdict(colour="pink"),
        verdict(subject="car"),  # a red car is no red watch
        verdict(replace(asked, colour=None), colour="green", place="left", tone="dark"),
    ]

    assert evaluate.shares(verdicts) == {
        "starter_object": 3 / 4,
        "starter_object_colour": 1 / 3,
        "starter_background": 3 / 4,
        "starter_position": 3 / 4,
    }
    assert evaluate.by_subject(verdicts) == {"watch": 3 / 4}


def test_a_painter_that_paints_what_is_asked_passes(evaluate, judge, sprites):
    """Composed pictures in the model's place: what is left is the judge's own share of errors."""
    module, taught = judge
    asked = iter(evaluate.unseen(60))

    def paint(prompts, seeds):
        from generation.starter.compose import render

        return np.stack([render(next(asked), sprites)[0] for _ in prompts])

    figures = evaluate.shares(evaluate.judged(paint, taught, count=60))

    assert figures["starter_position"] > 0.8
    assert figures["starter_background"] > 0.5


def test_twenty_near_copies_have_no_variety(evaluate, judge, sprites):
    _, taught = judge

    def copies(prompts, seeds):
        return np.repeat(np.full((1, 256, 256, 3), 128, np.uint8), len(prompts), axis=0)

    painted, composed = evaluate.variety(copies, taught, sprites, captions=2)

    assert painted == pytest.approx(0, abs=1e-4)
    assert composed > 0.1


def test_the_command_names_a_wrong_package(tmp_path):
    with pytest.raises(CommandError, match="not the unpacked picture package"):
        call_command("evaluate_starter", tmp_path, package=tmp_path)


@pytest.fixture
def command(tmp_path, sprites, monkeypatch, judge):
    """evaluate_starter on the packed weights, with few prompts and a judge that learns little."""
    from generation.starter import compose, evaluate

    monkeypatch.setattr(compose, "load_sprites", lambda package: sprites)
    monkeypatch.setattr(judge[0], "SCORED_ON", 64)
    monkeypatch.setattr(evaluate, "CANDIDATES", 2)
    monkeypatch.setattr(evaluate, "SHOWN", ("red car, blue background",))
    monkeypatch.setattr("generation.management.commands.evaluate_starter.CANDIDATES", 1)
    (tmp_path / "assets").mkdir()
    few = {"prompts": 2, "captions": 1, "lessons": 64, "epochs": 1}
    paths = {"package": tmp_path, "out": tmp_path / "out.json", "grids": tmp_path / "grids"}
    return lambda: call_command("evaluate_starter", tmp_path, **paths, **few)


def test_the_verdicts_of_a_weak_judge_do_not_count(command, tmp_path):
    """This one can't tell subjects: discs stand for all of them."""
    with pytest.raises(CommandError, match="verdicts don't count"):
        command()

    assert not (tmp_path / "out.json").exists()


@DIFFUSERS_AND_NUMPY
def test_the_command_writes_every_figure(command, evaluate, tmp_path, monkeypatch):
    monkeypatch.setattr(evaluate, "LEAST_SCORE", 0)

    command()

    report = json.loads((tmp_path / "out.json").read_text())
    assert {name for name in report if name.startswith("starter_")} == {
        *evaluate.BOUNDS,
        "starter_megabytes",
        "starter_20_seconds",
    }
    assert report["weights"] == weights.digest(weights.STARTER_FOLDER)
    with Image.open(tmp_path / "grids" / "01.webp") as row:
        assert row.size == (4 * 256, 256)


def test_the_figures_kept_are_those_of_the_weights_that_are_packed():
    from generation.management.commands.evaluate_starter import GRIDS, RESULTS
    from generation.starter.evaluate import DECIDING, LEAST_SCORE, SHOWN

    report = json.loads(RESULTS.read_text())

    assert report["weights"] == weights.digest(weights.STARTER_FOLDER)
    assert all(report["judge"][name] >= LEAST_SCORE for name in DECIDING)
    assert report["prompts"] == 400
    assert len(list(GRIDS.glob("*.webp"))) == len(SHOWN) == 20
    shown = {word for text in SHOWN for word in tokens.read(text)}
    assert set(entries("subjects")) <= shown


def test_the_documents_tell_the_figures_that_were_kept():
    from generation.management.commands.evaluate_starter import GRIDS, RESULTS
    from generation.starter.evaluate import SHOWN

    told = GRIDS.with_suffix(".md").read_text()

    for name, figure in json.loads(RESULTS.read_text()).items():
        if name.startswith("starter_"):
            assert f"| `{name}` | {figure['value']:g} |" in told
    assert all(text in told for text in SHOWN)
