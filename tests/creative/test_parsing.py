"""What is sent to be parsed is bounded before it is, whatever the bound on its length."""

import tomllib
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creative import parsing, policy
from creative.parsing import DEEPEST, Unreadable
from generation import brief_file

LONG = 50_000
BOMBS = {
    "keys in keys": "a." * (LONG // 2 - 2) + "a=1",
    "quoted keys in keys": '"a".' * (LONG // 4 - 2) + "a=1",
    "keys in keys with spaces": "a . " * (LONG // 4 - 2) + "a=1",
    "tables in tables": "[" + "a." * (LONG // 2 - 3) + "a]",
    "lists in lists": "a=" + "[" * (LONG - 2),
    "objects in objects": "a=" + "{a=" * (LONG // 3 - 2),
    "a text without an end": 'a="""' + '\\"""' * (LONG // 4 - 4),
    "a line without an end": 'a="' + '\\"' * (LONG // 2 - 4),
    "one word": "a" * LONG,
    "words without an end": "a " * (LONG // 2),
    "a number": "a=" + "9" * (LONG - 2),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_toml_bomb_is_a_sentence_and_no_memory(bomb):
    tracemalloc.start()
    with pytest.raises(Unreadable):
        parsing.toml(BOMBS[bomb], longest=LONG)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200 * LONG  # bytes


@pytest.mark.parametrize("parse", [policy.parse, brief_file.parse], ids=["policy", "brief"])
def test_every_door_for_toml_is_bounded(parse):
    with pytest.raises(ValueError, match="nested too deep"):
        parse("a." * 5_000 + "a=1")
    with pytest.raises(ValueError, match="at most .* fit"):
        parse("a" * 1_000_000)


@pytest.mark.parametrize(
    "text",
    [
        'a = """x " "" y""" \n[b.c]\nd = "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a"',
        f"a = {'[' * DEEPEST}{']' * DEEPEST}",
        "a = '''" + "[" * 99 + "'''  # " + "[" * 99,
        "a = 'One. Two. Three. Four. Five. Six. Seven. Eight. Nine. Ten. And. So. On. And. On. And. On. And.'",
        'a = "\\"[[[[[[[[[[[[[[[[[[[[[[[["',
        'a = """""[[[[[[[[[[[[[[[[[[[["""""',
    ],
)
def test_what_stands_in_a_text_or_a_comment_is_no_depth(text):
    assert parsing.toml(text, longest=LONG) == tomllib.loads(text)


@given(st.text(alphabet="ab.[]{}=\"'\\#\n, 1", max_size=60))
def test_whatever_is_short_and_flat_is_read_as_toml_says(text):
    try:
        expected = tomllib.loads(text)
    except ValueError:
        with pytest.raises(Unreadable):
            parsing.toml(text, longest=LONG)
    else:
        try:
            assert parsing.toml(text, longest=LONG) == expected
        except Unreadable as error:
            assert "deep" in str(error)


def test_json_of_a_million_empty_lists_is_not_parsed():
    with pytest.raises(Unreadable, match="lists and objects"):
        parsing.refuse_vast_json(b"[" + b"[]," * 300_000 + b"[]]", longest=1_000_000)
