"""One rule for text that is kept: it can be shown, and holds nothing that nobody sees. Pure."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Control characters and halves of characters; also what no XML may hold, as metadata in files is XML.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
UNSEEN_IN_A_LINE = re.compile(f"[\n\r]|{UNSEEN.pattern}")


def unified(text: str) -> str:
    """A line break counts once, whatever a browser makes of it."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def wrong_in(text: str, *, lines: bool = True) -> str | None:
    """What is wrong with it, to follow its name; None for text that can be kept. `lines`: it may have several."""
    found = (UNSEEN if lines else UNSEEN_IN_A_LINE).search(text)
    if found is None:
        return None
    if found[0] in "\n\r":
        return _("has several lines where one is meant")
    return _("holds a character that can't be shown (U+%(code)04X); take it out") % {"code": ord(found[0])}


def one_line(text: str) -> None:
    """For a field of Django's."""
    _refuse(wrong_in(text, lines=False))


def lines(text: str) -> None:
    """For a field of Django's."""
    _refuse(wrong_in(text))


def _refuse(wrong: str | None) -> None:
    if wrong:
        raise ValidationError(_("This %(wrong)s.") % {"wrong": wrong})
