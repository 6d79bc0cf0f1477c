"""Marks as a page or program sends them. Their shape alone is checked: what a mark says, the verb judges."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import FailFast, Field, StringConstraints, ValidationError, model_validator

from creative.parsing import Unreadable, refuse_vast_json
from creative.validation import SAID, Checked, Mistake, mistake, mistakes, says
from review.culling.marking import MOST, Change

MARKS = 100  # a request, as many as the room sends
LONGEST = 1_000_000  # bytes of one

Id = Annotated[int, Field(ge=1, lt=2**63)]


class Malformed(ValueError):
    """What was sent has not the shape of marks. The text says which part."""


class SentChange(Checked):
    candidates: Annotated[list[Id], FailFast(), says("A change's candidates are a list of ids.")]
    value: Annotated[str, says("'value' is a word.")] = ""
    rating: Annotated[int, says("'rating' is a whole number.")] = 0
    label: Annotated[str, says("'label' is a word.")] = ""
    reason: Annotated[str, says("'reason' is a word.")] = ""


class SentMark(Checked):
    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$"), says("A mark's id is 32 hexadecimal digits.")]
    changes: Annotated[list[SentChange], FailFast()]

    @model_validator(mode="after")
    def is_on_so_many_candidates_at_most(self) -> SentMark:
        if sum(len(change.candidates) for change in self.changes) > MOST:
            raise mistake(f"A mark is on at most {MOST} candidates.")
        return self

    def said(self) -> list[Change]:
        """What a change does not name stays."""
        return [Change(**change.model_dump(exclude_unset=True)) for change in self.changes]


class SentMarks(Checked, extra="ignore"):  # a request may name more, and nothing comes of it
    person: int | None = None
    marks: Annotated[list[SentMark], Field(max_length=MARKS), FailFast()]


def marks_in(body: bytes) -> tuple[int | None, list[tuple[UUID, list[Change]]]]:
    """Whose marks a request brings, if it says so, and the marks, each with its id. Raises Malformed."""
    try:
        refuse_vast_json(body, longest=LONGEST)
        sent = SentMarks.model_validate_json(body)
    except Unreadable as error:
        raise Malformed(str(error)) from error
    except ValidationError as error:
        raise Malformed(_sentence(mistakes(error)[0])) from error
    return sent.person, [(UUID(mark.id), mark.said()) for mark in sent.marks]


def _sentence(found: Mistake) -> str:
    match found.place, found.kind:
        case _, kind if kind == SAID:
            return found.sentence
        case _, "json_invalid":
            return "Marks are sent as JSON."
        case ("marks",), "too_long":
            return f"At most {MARKS} marks are sent at once."
        case ("marks", _, "changes", *_), _:
            return "A mark's changes are a list; each has candidates, and value, rating, label or reason."
    return 'Send {"marks": [{"id": ..., "changes": [...]}, ...]}.'
