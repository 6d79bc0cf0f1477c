"""One dialect for what people and programs send us: pydantic models, whose mistakes are told in our sentences."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, WrapValidator
from pydantic_core import PydanticCustomError

SAID = "said"  # the kind of a mistake that has a sentence of ours


class NotToml(ValueError):
    """The text is a sentence for whoever wrote it."""


def toml(text: str, *, longest: int) -> dict[str, Any]:
    """What the text says. Raises NotToml where it has more than `longest` characters, or can't be read."""
    if len(text) > longest:
        raise NotToml(f"This text has {len(text):,} characters; at most {longest:,} fit.")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotToml(f"This is not valid TOML: {error}.") from error
    except (RecursionError, ValueError) as error:  # lists in lists in lists; a number of thousands of digits
        raise NotToml("This is not valid TOML: it is nested too deep, or a number in it is too long.") from error


class Checked(BaseModel):
    """Nothing is converted and nothing unknown is passed over."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


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
