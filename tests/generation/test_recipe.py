from __future__ import annotations

import json
from dataclasses import replace

import pytest

from generation.recipe import PICTURE, SEED, SEEDS, Recipe, Source, padded
from tests import make


def recipe(seed: int = 7) -> Recipe:
    return Recipe("a red apple", "blurry", seed, make.snapshot())


def test_each_candidate_has_the_next_seed():
    assert [recipe().seed_for(index) for index in range(4)] == [7, 8, 9, 10]


def test_seeds_begin_anew_at_the_end_of_32_bits():
    last = recipe(SEEDS - 1)

    assert [last.seed_for(0), last.seed_for(1)] == [SEEDS - 1, 0]


def test_a_thousand_candidates_have_a_thousand_seeds():
    assert len({recipe(SEEDS - 500).seed_for(index) for index in range(1000)}) == 1000


def test_a_recipe_survives_json_unchanged():
    assert Recipe.from_dict(json.loads(json.dumps(recipe().as_dict()))) == recipe()


def source(**more) -> Source:
    return Source(**{"candidate": 1, "seed": 9, "sha256": "0" * 64, "way": SEED, "strength": 0.3, **more})


def test_a_recipe_without_a_source_is_written_as_before_there_were_any():
    assert set(recipe().as_dict()) == {"prompt", "negative_prompt", "seed", "preset"}


@pytest.mark.parametrize("started", [source(), source(way=PICTURE, strength=1.0), source(source=source(seed=8))])
def test_a_source_survives_json_unchanged_and_so_does_its_own(started):
    varied = replace(recipe(), source=started)
    written = json.dumps(varied.as_dict())

    assert Recipe.from_dict(json.loads(written)) == varied
    assert "null" not in written


@pytest.mark.parametrize("wrong", [{"way": "words"}, {"strength": 0.0}, {"strength": 1.1}])
def test_no_run_starts_from_an_unknown_way_or_strength(wrong):
    with pytest.raises(ValueError, match="No run starts from"):
        source(**wrong)


def test_the_last_batch_is_padded_to_full_size_with_its_last_index():
    assert padded([4], 4) == [4, 4, 4, 4]
    assert padded([4, 5, 6], 4) == [4, 5, 6, 6]


def test_a_full_batch_stays_as_it_is():
    assert padded([0, 1, 2, 3], 4) == [0, 1, 2, 3]
