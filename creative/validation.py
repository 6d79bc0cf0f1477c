"""One dialect for what people and programs send us: pydantic models, whose mistakes are told in our sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, WrapValidator, field_validator
from pydantic_core import PydanticCustomError

from creative.text import wrong_in

SAID = "said"  # the kind of a mistake that has a sentence of ours


class Checked(BaseModel):
    """Nothing is converted and nothing unknown is passed over."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _can_be_shown(cls, value: Any) -> Any:
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and (wrong := wrong_in(each)):
                raise mistake(wrong)
        return value


def mistake(sentence: str) -> PydanticCustomError:
    """For a validator to raise, with what a person is told."""
    return PydanticCustomError(SAID, "{sentence}", {"sentence": sentence})


def says(sentence: str) -> WrapValidator:
    """What a person is told of any mistake in the annotated value, unless something within said more."""

    def check(value: Any, handler: Any) -> Any:
        try:
            return handler(value)
        except ValidationError as error:
            if any(each["type"] == SAID for each in error.errors()):
                raise
            raise mistake(sentence) from error

    return WrapValidator(check)


@dataclass(frozen=True)
class Mistake:
    """Where, as keys and positions from the outside in; what kind, as pydantic calls it; and what to say of it."""

    place: tuple[int | str, ...]
    kind: str
    sentence: str


def mistakes(error: ValidationError) -> list[Mistake]:
    """Unknown keys first: they are often why another one is missing."""
    found = [Mistake(each["loc"], each["type"], each["msg"]) for each in error.errors(include_url=False)]
    return sorted(found, key=lambda each: each.kind != "extra_forbidden")
