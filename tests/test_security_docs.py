"""What docs/security.md says is there is there."""

from __future__ import annotations

import ast
import functools
import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from creative.roles import GRANTS, OF_STAGE, Action, Role

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs" / "security.md").read_text()
CHAPTERS = {1: 8, 2: 4, 3: 8, 4: 2, 5: 4, 6: 13, 7: 6, 8: 4, 9: 4, 10: 5, 11: 3, 12: 3, 13: 1, 14: 2, 15: 3}
NAMED = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", PAGE)  # files, of tests/ as well, and functions in them

pytestmark = pytest.mark.once


def section(heading: str) -> str:
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """Of the table in it, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


ASVS = rows(section("ASVS 5.0, level 1"))


def place_of(name: str) -> Path | None:
    return next((path for path in (ROOT / name, ROOT / "tests" / name) if path.is_file()), None)


@functools.cache
def functions_in(path: Path) -> set[str]:
    return {found.name for found in ast.walk(ast.parse(path.read_text())) if isinstance(found, ast.FunctionDef)}


def test_every_requirement_has_a_row_that_says_how_it_is_met():
    ids = [row[0] for row in ASVS]

    assert len(set(ids)) == len(ids) == 70
    assert Counter(int(re.match(r"V(\d+)\.", each)[1]) for each in ids) == CHAPTERS
    assert all(len(row) == 3 and row[1] and row[2] for row in ASVS)


def test_every_file_and_test_that_it_names_is_there():
    places = {name: place_of(name) for name, _ in NAMED}

    assert [name for name, path in places.items() if path is None] == []
    tests = [(name, test) for name, test in NAMED if test]
    assert len(tests) > 50
    assert [f"{name}::{test}" for name, test in tests if test not in functions_in(places[name])] == []


def test_a_row_names_what_meets_it_or_says_why_it_does_not_apply():
    met = re.compile(r"`[\w/.]+\.(py|txt)(::\w+)?`|the section|running\.md|does not apply: ")

    assert [row[0] for row in ASVS if not met.search(row[2])] == []
    for name in re.findall(r'the section "([^"]+)"', section("ASVS 5.0, level 1")):
        assert section(name)


def test_who_may_is_the_table_that_decides():
    head = re.search(r"^\| in a project \| (.+) \|$", section("Who may"), re.MULTILINE)
    actions = [Action(name) for name in head[1].split(" | ")]
    marks = [re.findall(r"\|\s*(x?)\s*(?=\|)", line) for line in section("Who may").splitlines() if "| x |" in line]
    said = dict(
        zip([*Role, *OF_STAGE], ({a for a, x in zip(actions, row, strict=True) if x} for row in marks), strict=True)
    )

    assert actions == list(Action)
    assert said == {**GRANTS, **{stage: GRANTS[Role.REVIEWER] | more for stage, more in OF_STAGE.items()}}
