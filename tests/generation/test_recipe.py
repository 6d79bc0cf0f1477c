from __future__ import annotations

import json
from dataclasses import replace

import pytest

from generation.recipe import PICTURE, SCHEMA, SEED, SEEDS, Recipe, Source
from tests import make


def recipe(seed: int = 7) -> Recipe:
    return make.recipe(seed=seed)


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


def test_a_recipe_carries_the_number_of_its_schema_and_no_other_is_read():
    written = recipe().as_dict()
    assert written["recipe"] == SCHEMA

    for other in (written | {"recipe": SCHEMA + 1}, {name: written[name] for name in written if name != "recipe"}):
        with pytest.raises(ValueError, match="This recipe has schema"):
            Recipe.from_dict(other)


@pytest.mark.parametrize("started", [source(), source(way=PICTURE, strength=1.0), source(source=source(seed=8))])
def test_a_source_survives_json_unchanged_and_so_does_its_own(started):
    varied = replace(recipe(), source=started)
    written = json.dumps(varied.as_dict())

    assert Recipe.from_dict(json.loads(written)) == varied


@pytest.mark.parametrize("wrong", [{"way": "words"}, {"strength": 0.0}, {"strength": 1.1}])
def test_no_run_starts_from_an_unknown_way_or_strength(wrong):
    with pytest.raises(ValueError, match="No run starts from"):
        source(**wrong)
