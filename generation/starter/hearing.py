"""What the starter model makes of a brief's subject: said beside the field, while it is being written."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from functools import cache

from django.utils.text import Truncator

from generation.prompts import EMPTY_WORDS

from . import tokens
from .vocabulary import canonical_words, entries, phrases, subjects, vocabulary

JOINTS = ("on", "in", "at", "with", "under", "beside", "near", "by", "behind", "against", "from", "for", "of", "or")
CLAUSE = re.compile(rf"[,.;:!?\n]|\b(?:{'|'.join(JOINTS)})\b", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]{2,}(?:['’][^\W\d_]+)*")
LONGEST = 40  # characters of a word that are said back
ALIKE = 0.7  # share of letters that a misspelt word and the meant one have in common


def advice(subject: str) -> str:
    """A sentence or two on words that it has not learnt; empty where it has learnt all, or nothing is said yet."""
    heard, unheard = tokens.read(subject), strangers(subject)
    named = [name for name, word in zip(subjects(), entries("subjects"), strict=True) if word in heard]
    if len(named) > 1:
        return f"This small model paints one subject; {_listed(named, 'and')} will run together."
    if named and unheard:
        return f"This small model has not learnt {_listed(unheard, 'or')}, and paints without."
    if not named and unheard:
        clauses = (strangers(clause) for clause in CLAUSE.split(subject))
        return _is_not_one(next((words for words in clauses if words), unheard)[-1])
    if not named and any(word != tokens.COMMA for word in heard):
        return f"No subject is named yet. This small model knows {len(subjects())}, such as {_some_subjects()}."
    return ""


def strangers(text: str) -> list[str]:
    """The words that it has not learnt and that say something, as they were written, each once."""
    text = unicodedata.normalize("NFC", text)
    left = _known().sub(lambda found: " " * len(found[0]), "".join(map(_plain, text)))
    return list(dict.fromkeys(text[found.start() : found.end()] for found in WORD.finditer(left)))


def _plain(sign: str) -> str:
    """A letter small and without its accent: still one sign, so that places in the text stay what they are."""
    bare = unicodedata.normalize("NFKD", sign)[0].lower()
    return bare if len(bare) == 1 else sign


@cache
def _known() -> re.Pattern[str]:
    told = vocabulary()
    known = {*phrases(), *canonical_words(), *told["unheard"], *told["ignored"], *EMPTY_WORDS, *JOINTS}
    longest_first = sorted((phrase.lower() for phrase in known), key=len, reverse=True)
    one = "|".join(re.escape(phrase).replace(r"\ ", r"[\s-]+") for phrase in longest_first)
    return re.compile(rf"\b(?:{one})(?:['’]s)?\b")


def _is_not_one(stranger: str) -> str:
    nearest = _nearest(stranger)
    near = f"The nearest it knows is “{nearest}”." if nearest else f"It knows {_some_subjects()}, for example."
    return (
        f"This small model knows {len(subjects())} subjects; {_listed([stranger], '')} is not one. "
        f"Choose a full model for anything else. {near}"
    )


def _nearest(stranger: str) -> str:
    """The subject that is spelt most alike; empty if none is."""
    named = zip(subjects(), entries("subjects").values(), strict=True)
    meant = {word.lower(): name for name, entry in named for word in (name, *entry["words"])}
    alike = get_close_matches(stranger.lower(), meant, n=1, cutoff=ALIKE)
    return meant[alike[0]] if alike else ""


def _some_subjects() -> str:
    return _listed(subjects()[:3], "or")


def _listed(words: list[str], joint: str) -> str:
    quoted = [f"“{Truncator(word).chars(LONGEST)}”" for word in words[:4]]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}"
