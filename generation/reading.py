"""How much of a prompt a model hears, by its own tokenizer. Without torch: the web process asks while people type."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING

from creative import files

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LONGEST_WORD = 30  # characters; what is longer without a space is of a script that puts none between words


def opened(content: bytes) -> Tokenizer:
    """Of the text of a tokenizer.json. It neither cuts nor fills up, and adds no marks of its own."""
    from tokenizers import Tokenizer

    tokenizer: Tokenizer = Tokenizer.from_buffer(content)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@lru_cache(maxsize=4)
def stored(sha256: str) -> Tokenizer:
    return opened(files.read(sha256))


def count(tokenizer: Tokenizer, text: str) -> int:
    return len(tokenizer.encode(text, add_special_tokens=False).ids)


def end(tokenizer: Tokenizer, text: str, most: int) -> int:
    """Where in the text the last word ends of which something is among the first `most` tokens, in characters.

    By counting beginnings of the text: a tokenizer that replaces words does not know where they stood.
    """
    if count(tokenizer, text) <= most:
        return len(text)
    cut = bisect_right(range(len(text)), most, key=lambda length: count(tokenizer, text[:length])) - 1
    if text[cut - 1 : cut].isspace() or text[cut].isspace():
        return cut
    rest = re.match(r"\S*", text[cut:])
    return cut + (len(rest[0]) if rest and len(rest[0]) <= LONGEST_WORD else 0)
