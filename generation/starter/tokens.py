"""The word-level tokenizer: synonyms and filler words are settled here, so the network learns one word an idea."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from .vocabulary import GROUPS, canonical_words, entries, vocabulary

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

START, END, UNKNOWN, COMMA = "<|startoftext|>", "<|endoftext|>", "<unk>", ","
LENGTH = 32  # tokens, start and end included


def words() -> list[str]:
    return [START, END, UNKNOWN, COMMA, *canonical_words()]


def build() -> PreTrainedTokenizerFast:
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    numbered = {word: number for number, word in enumerate(words())}
    tokenizer = Tokenizer(models.WordLevel(numbered, unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKD(),
            normalizers.StripAccents(),
            normalizers.Lowercase(),
            *(normalizers.Replace(Regex(pattern), replacement) for pattern, replacement in replacements()),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}", special_tokens=[(START, numbered[START]), (END, numbered[END])]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=START,
        eos_token=END,
        pad_token=END,
        unk_token=UNKNOWN,
        model_max_length=LENGTH,
    )


def read(text: str) -> list[str]:
    """The words as the model hears them, in order; one that it has not learnt stays as it is."""
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if unicodedata.category(sign)[0] != "M"
    ).lower()
    for pattern, replacement in replacements():
        plain = re.sub(pattern, replacement, plain)
    return plain.split()


@cache
def replacements() -> tuple[tuple[str, str], ...]:
    """Patterns for one pass each, in order: punctuation, ignored words, synonyms, longest first, then colours in a
    tone that is another colour by name."""
    ignored = "|".join(vocabulary()["ignored"])
    synonyms = [
        (phrase, canonical)
        for group in GROUPS
        for canonical, entry in entries(group).items()
        for phrase in entry["words"]
    ]
    synonyms += [(phrase, "unheard") for phrase in vocabulary()["unheard"]]
    synonyms.sort(key=lambda pair: -len(pair[0]))
    twins = [(twin, colour) for colour, entry in entries("colours").items() for twin in entry["twins"]]
    return (
        (r"[.;:!?\n]+", ","),
        (r"[^a-z0-9,]+", " "),
        (rf"\b({ignored})\b", " "),
        (r" {2,}", " "),
        *((rf"\b{re.escape(phrase)}\b".replace(r"\ ", " "), canonical) for phrase, canonical in [*synonyms, *twins]),
        (r"( *,)+ *", " , "),
    )
