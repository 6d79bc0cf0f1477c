from __future__ import annotations

import pytest
from pydantic import ValidationError

from generation.sizes import ALLOWED, largest, nearest

MANY = [[1024, 1024], [768, 1344], [1344, 768], [896, 1120]]


@pytest.mark.parametrize(
    ("formats", "size"),
    [
        ([], [1024, 1024]),
        (["9:16"], [768, 1344]),
        (["16:9", "1:1"], [1344, 768]),
        (["4:5"], [896, 1120]),
        (["1.91:1"], [1344, 768]),
        (["1:1"], [1024, 1024]),
        (["970:250"], [1344, 768]),
    ],
)
def test_a_brief_gets_the_size_whose_ratio_is_nearest_to_its_first_format(formats, size):
    assert nearest(MANY, formats) == size


def test_a_preset_with_one_size_gives_that_one():
    assert nearest([[256, 256]], ["9:16"]) == [256, 256]


def test_of_two_equally_near_the_one_with_more_pixels():
    assert nearest([[512, 512], [1024, 1024]], ["1:1"]) == [1024, 1024]
    assert nearest([[1000, 2000], [2000, 1000]], ["1:1"]) == [1000, 2000]


def test_the_largest_has_most_pixels():
    assert largest(MANY) == [1024, 1024]


@pytest.mark.parametrize(
    "wrong", [[], [[1024]], [[1024, 1024, 3]], [[63, 64]], [[64, 4097]], [["64", 64]], [[64.0, 64]], [[64, 64]] * 2, 3]
)
def test_sizes_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValidationError):
        ALLOWED.validate_python(wrong, strict=True)
