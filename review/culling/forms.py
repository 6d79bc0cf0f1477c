from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

from django import forms

from review.culling.marking import MOST, UNJUDGED, Change
from review.models import Flag

MARKS = 500  # a request
IDS = range(1, 2**63)


class FlagForm(forms.Form):
    """A mark on one candidate by a plain form; what is not posted stays."""

    value = forms.ChoiceField(choices=Flag.Value.choices, required=False)
    rating = forms.IntegerField(min_value=0, max_value=5, required=False)
    label = forms.ChoiceField(choices=[("", "None"), *Flag.Label.choices], required=False)
    reason = forms.ChoiceField(choices=[("", "None"), *Flag.Reason.choices], required=False)

    def said(self) -> dict[str, Any]:
        """What of it was posted; an empty label or reason takes it away, an empty flag or rating says nothing."""
        posted = {name: value for name, value in self.cleaned_data.items() if name in self.data}
        return {name: value for name, value in posted.items() if name in ("label", "reason") or value not in ("", None)}


class Malformed(ValueError):
    """What was sent has not the shape of marks. The text says which part."""


def marks_in(body: bytes) -> tuple[int | None, list[tuple[UUID, list[Change]]]]:
    """Whose marks a request brings, if it says so, and the marks, each with its id.

    The shape alone is checked: what a mark says, the verb judges.
    """
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("Marks are sent as JSON.") from error
    marks = sent.get("marks") if isinstance(sent, dict) else None
    if not isinstance(marks, list) or not all(isinstance(mark, dict) for mark in marks):
        raise Malformed('Send {"marks": [{"id": ..., "changes": [...]}, ...]}.')
    if len(marks) > MARKS:
        raise Malformed(f"At most {MARKS} marks are sent at once; these are {len(marks)}.")
    return sent.get("person"), [(_id_of(mark), _changes_of(mark)) for mark in marks]


def _id_of(mark: dict[str, Any]) -> UUID:
    sent = mark.get("id")
    if not isinstance(sent, str) or not re.fullmatch(r"[0-9a-f]{32}", sent):
        raise Malformed("A mark's id is 32 hexadecimal digits.")
    return UUID(sent)


def _changes_of(mark: dict[str, Any]) -> list[Change]:
    changes = mark.get("changes")
    if not isinstance(changes, list):
        raise Malformed("A mark's changes are a list.")
    found = [_change_of(change) for change in changes]
    if len({candidate for change in found for candidate in change.candidates}) > MOST:
        raise Malformed(f"A mark is on at most {MOST} candidates.")
    return found


def _change_of(change: Any) -> Change:
    if not isinstance(change, dict) or not change.keys() <= {"candidates", *UNJUDGED}:
        raise Malformed("A change has candidates, and value, rating, label or reason.")
    candidates = change.get("candidates")
    if not isinstance(candidates, list) or not all(type(each) is int and each in IDS for each in candidates):
        raise Malformed("A change's candidates are a list of ids.")
    for name, value in change.items():
        if name in UNJUDGED and type(value) is not type(UNJUDGED[name]):
            raise Malformed(f"'{name}' is {'a whole number' if name == 'rating' else 'a word'}.")
    return Change(**change)


class ShortlistingForm(forms.Form):
    on = forms.TypedChoiceField(choices=[("1", "yes"), ("0", "no")], coerce=lambda value: value == "1")
