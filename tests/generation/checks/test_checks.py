from __future__ import annotations

import subprocess
import sys

import pytest
from PIL import Image

from generation.checks import CHECKS, Missing, Seen
from tests.generation.checks import drawing

HEAVY = ("numpy", "cv2", "rapidocr", "onnxruntime", "scipy", "imagehash", "coloraide", "django")


def test_importing_the_checks_brings_nothing_heavy():
    code = f"import sys, generation.checks; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_is_found_by_its_name(name):
    assert CHECKS[name].name == name


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_looks_at_any_size_and_writes_nothing_into_the_picture(name):
    for picture in (Image.new("RGB", (1, 1)), Image.new("RGB", (3, 900)), drawing.scene(1, 200)):
        before = picture.tobytes()
        CHECKS[name].run(picture, Seen())

        assert picture.tobytes() == before


def test_a_package_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)

    with pytest.raises(Missing, match="needs the Python package opencv-python-headless"):
        CHECKS["flat"].run(drawing.scene(1), Seen())
