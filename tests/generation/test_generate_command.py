from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command

from creative import files
from generation import engines, images, presets
from generation.engines.diffusers import weights
from tests import make
from tests.painter import picture

BRIEF = 'title = "Hero"\nsubject = "a red sneaker"\ncount = 5\nuse_class = "internal"\navoid = "text"\n'


@pytest.fixture(autouse=True)
def no_database(django_db_blocker):
    """Any query fails the test: this command has no database."""
    with django_db_blocker.block():
        yield


@pytest.fixture(autouse=True)
def starter(tmp_path, monkeypatch, painter):
    """A pipeline folder to take a hash of, and the painter in the pipeline's place."""
    folder = tmp_path / "starter"
    folder.mkdir()
    (folder / "model_index.json").write_text("{}")
    monkeypatch.setattr(weights, "STARTER_FOLDER", folder)
    monkeypatch.setattr(presets, "STARTER_BATCH", 2)
    monkeypatch.setattr(engines, "load", painter.load)
    return weights.digest(folder)


@pytest.fixture
def brief(tmp_path):
    file = tmp_path / "brief.toml"
    file.write_text(BRIEF)
    return file


@pytest.fixture
def out(tmp_path):
    return tmp_path / "deep" / "out"


def generate(brief, out, *more: str) -> dict:
    call_command("generate", str(brief), "--out", str(out), *more, stdout=StringIO())
    return json.loads((out / "manifest.json").read_text())


def test_it_writes_the_pictures_and_what_they_were_made_from(brief, out, starter):
    manifest = generate(brief, out, "--seed", "7")

    assert set(manifest) >= {"recipe", "candidates"}
    assert manifest["recipe"]["prompt"] == "a red sneaker"
    assert manifest["recipe"]["negative_prompt"] == "text"
    assert manifest["recipe"]["seed"] == 7
    assert manifest["recipe"]["preset"]["weights"] == starter
    assert sorted(path.name for path in out.iterdir()) == sorted(
        ["manifest.json", *(candidate["file"] for candidate in manifest["candidates"])]
    )
    for index, candidate in enumerate(manifest["candidates"]):
        assert set(candidate) == {"index", "seed", "sha256", "file", "width", "height", "seconds", "receipt"}
        assert (candidate["index"], candidate["seed"]) == (index, 7 + index)
        content = (out / candidate["file"]).read_bytes()
        assert files.digest_of(content) == candidate["sha256"]
        assert content == images.encode(picture(7 + index), small=256, large=1024).picture


def test_the_briefs_count_holds_unless_another_is_asked_for(brief, tmp_path, painter):
    assert len(generate(brief, tmp_path / "a")["candidates"]) == 5
    assert len(generate(brief, tmp_path / "b", "--count", "3")["candidates"]) == 3
    assert [len(call) for call in painter.calls] == [2, 2, 1, 2, 1]


def test_the_same_seed_gives_the_same_pictures_and_none_a_random_one(brief, tmp_path):
    hashes = []
    for name, seed in (("a", ["--seed", "7"]), ("b", ["--seed", "7"]), ("c", []), ("d", [])):
        hashes.append([candidate["sha256"] for candidate in generate(brief, tmp_path / name, *seed)["candidates"]])

    assert hashes[0] == hashes[1]
    assert len({tuple(found) for found in hashes}) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BRIEF + "colour = 1\n", "line 6: 'colour': unknown key"),
        (BRIEF.replace("count = 5", "count = 500"), "line 3: 'count': must be a whole number from 1 to 100"),
        (BRIEF.replace('subject = "a red sneaker"\n', ""), "'subject' is missing"),
        ("title = ", "not valid TOML"),
        (BRIEF.replace('"internal"', '"regulated"'), "Regulated use is refused until"),
    ],
)
def test_a_refused_file_is_refused_by_name_and_writes_nothing(brief, out, painter, text, said):
    brief.write_text(text)

    with pytest.raises(CommandError, match=said):
        generate(brief, out)

    assert not out.exists()
    assert painter.loaded == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--count", "0"], "--count must be a whole number from 1 to 100"),
        (["--count", "101"], "--count must be a whole number from 1 to 100"),
        (["--seed", "-1"], "--seed must be from 0 to 4294967295"),
        (["--seed", str(2**32)], "--seed must be from 0 to 4294967295"),
    ],
)
def test_an_option_out_of_bounds_is_named_and_writes_nothing(brief, out, more, said):
    with pytest.raises(CommandError, match=said):
        generate(brief, out, *more)

    assert not out.exists()


def test_a_preset_that_is_not_there_is_named(brief, out):
    with pytest.raises(CommandError, match="There is no preset 'absent' here"):
        generate(brief, out, "--preset", "absent")

    assert not out.exists()


def test_a_file_that_is_not_there_is_named(tmp_path, out):
    with pytest.raises(CommandError, match="absent.toml can't be read"):
        generate(tmp_path / "absent.toml", out)


def test_pictures_that_are_there_are_never_overwritten(brief, out):
    out.mkdir(parents=True)
    (out / "001.webp").write_bytes(b"mine")

    with pytest.raises(CommandError, match="not an empty folder"):
        generate(brief, out)

    assert (out / "001.webp").read_bytes() == b"mine"


def test_weights_that_are_no_pipeline_are_refused_in_a_sentence(brief, out):
    (weights.STARTER_FOLDER / "model_index.json").unlink()

    with pytest.raises(CommandError, match="no pipeline folder"):
        generate(brief, out)

    assert not out.exists()


def test_a_refusal_ends_the_process_with_a_code_and_needs_no_data_folder(brief, out, tmp_path):
    brief.write_text(BRIEF + "colour = 1\n")
    absent = tmp_path / "absent"
    ours = {"WINNOW_DATA": str(absent), "SECRET_KEY": "x" * 60, "DJANGO_SETTINGS_MODULE": "creative.settings"}
    ours["EVIDENCE_KEY"] = str(configured.WINNOW_DATA / "evidence-key.pem")
    left_out = ("DATABASE_URL", "BROKER_URL", "STORAGE_URL")

    result = subprocess.run(
        [sys.executable, "manage.py", "generate", str(brief), "--out", str(out)],
        cwd=configured.BASE_DIR,
        env={name: value for name, value in os.environ.items() if name not in left_out} | ours,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert result.returncode != 0
    assert "line 6: 'colour': unknown key" in result.stderr
    assert "Traceback" not in result.stderr
    assert not out.exists()
    assert not absent.exists()


def test_the_recipe_in_the_manifest_is_a_whole_recipe(brief, out):
    from generation.recipe import Recipe

    recipe = Recipe.from_dict(generate(brief, out)["recipe"])

    assert recipe.preset.batch_size == 2
    assert set(recipe.as_dict()["preset"]) == set(make.snapshot().__dataclass_fields__)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_brief_is_read_with_and_without_the_mark_that_editors_put_first(brief, out, starter, encoding):
    brief.write_bytes(BRIEF.encode(encoding))

    assert generate(brief, out)["candidates"]


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "cp037"])
def test_another_encoding_is_named_and_what_to_do(brief, out, encoding):
    brief.write_bytes((BRIEF + "# Größe\n").encode(encoding))

    with pytest.raises(CommandError, match="is no UTF-8 text. Save it as UTF-8."):
        generate(brief, out)
