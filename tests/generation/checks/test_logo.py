from __future__ import annotations

import pytest
from PIL import Image, ImageOps

from generation.checks import CHECKS, Finding, Known, Seen
from tests.generation.checks import drawing, logos


def found(picture: Image.Image, *kit: Image.Image) -> list[Finding]:
    known = tuple(Known(number, logo) for number, logo in enumerate(kit, 1))
    return CHECKS["logo"].run(picture, Seen(logos=known))


def shown(seed: int, *boxes: tuple[int, int, int, int], turn: float = 0, **drawn: str) -> Image.Image:
    picture = drawing.scene(900 + seed, 1024)
    for box in boxes:
        picture = logos.with_logo(picture, logos.logo(seed, **drawn), box, turn)
    return picture


def test_a_logo_of_the_kit_is_found_where_it_stands():
    [finding] = found(shown(1, (500, 600, 240, 120)), logos.logo(1))

    assert (finding.kind, finding.detail["reference"]) == ("logo", 1)
    x, y, width, height = finding.box
    assert abs(x - 500) < 8 and abs(y - 600) < 8 and abs(width - 240) < 12 and abs(height - 120) < 12
    assert finding.sure > 0.8


@pytest.mark.parametrize(
    ("turn", "look"),
    [(8, {}), (0, {"ink": "white", "ground": "#222222"}), (-15, {"ink": "#d6282e"})],
    ids=["turned", "light for dark", "in another colour"],
)
def test_it_is_found_however_it_was_put_there(turn, look):
    assert len(found(shown(4, (300, 300, 260, 130), turn=turn, **look), logos.logo(4))) == 1


def test_every_place_of_a_logo_has_a_finding_of_its_own():
    picture = shown(6, (60, 80, 240, 120), (600, 700, 200, 100))

    assert len(found(picture, logos.logo(6))) == 2


def test_each_logo_of_the_kit_is_looked_for():
    picture = logos.with_logo(shown(9, (60, 80, 260, 130)), logos.logo(14), (600, 700, 260, 130))

    assert {finding.detail["reference"] for finding in found(picture, logos.logo(9), logos.logo(14))} == {1, 2}


@pytest.mark.parametrize("seed", range(4))
def test_another_logo_is_none_of_the_kits(seed):
    assert found(shown(seed, (200, 200, 240, 120)), logos.logo(seed + 40)) == []


def test_without_logos_in_the_kit_nothing_is_looked_for():
    assert found(shown(1, (500, 600, 240, 120))) == []


def test_a_logo_in_a_mirror_is_another():
    picture = logos.with_logo(drawing.scene(3, 1024), ImageOps.mirror(logos.logo(1)), (300, 300, 240, 120))

    assert found(picture, logos.logo(1)) == []
