"""What people wrote stays text: nothing of ours turns escaping off or makes code of a string."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
UNESCAPED = r"\|\s*safe(seq)?\b|autoescape\s+off"
CODE = r"\beval\(|new Function|document\.write|insertAdjacentHTML|set(Timeout|Interval)\([\"'`]"
MARKUP = r"(inner|outer)HTML\s*\+?="
FRAGMENTS = {"info.js", "uploads.js"}  # put in a fragment that our own server escaped, as htmx does

pytestmark = pytest.mark.once


def those(pattern: str, files: str) -> set[str]:
    return {path.name for path in ROOT.glob(files) if re.search(pattern, path.read_text())}


def test_every_template_escapes_what_it_shows():
    assert those(UNESCAPED, "templates/**/*.html") == set()


def test_no_script_makes_code_or_markup_of_a_string():
    assert those(CODE, "static/js/**/*.js") == set()
    assert those(MARKUP, "static/js/**/*.js") == FRAGMENTS


def test_nothing_is_loaded_from_elsewhere():
    assert those(r"(src|href)=[\"'](https?:)?//", "templates/**/*.html") == set()
    assert those(r"https?://|url\([\"']?//", "static/**/*.[cj]s*") == set()
