"""Policy as data: the text of a version, and the rules in it. Pure; values in, values out."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field, StringConstraints, ValidationError, model_validator

from creative import stages
from creative.brief_words import UseClass
from creative.parsing import Unreadable, toml
from creative.validation import SAID, Checked, Mistake, mistake, mistakes, says

USE_CLASSES: tuple[str, ...] = get_args(UseClass)
LONGEST = 20_000  # characters of a policy's text

SHIPPED = """\
# The rules that hold until a legal reviewer agrees to a newer version.

[use.internal]
generate = true
stages = []
noncommercial_models = true
because = "internal use: the shortlist is enough"

[use.customer-facing]
generate = true
stages = ["brand", "legal"]
because = "customer-facing"

[use.regulated]
generate = false
stages = ["brand", "legal"]
because = "regulated use"
"""

Stage = Annotated[str, StringConstraints(pattern=stages.WORD, max_length=stages.LONGEST)]
Stages = Annotated[
    list[Stage | Annotated[list[Stage], Field(min_length=1)]],
    says(
        '\'stages\' must be a list of stages in the order in which they sign, such as ["brand", "legal"]; '
        'those in a list of their own, such as ["brand", ["legal", "medical"]], sign side by side.'
    ),
]
_REQUIRED = Field(default=None, validate_default=True)  # so that what is missing is told like what is wrong


class PolicyError(ValueError):
    """A mistake in a policy's text, in a sentence that names the place."""


class Use(Checked):
    """What holds for one class of use."""

    generate: Annotated[bool, says("'generate' must be true or false.")] = _REQUIRED
    noncommercial_models: Annotated[bool | None, says("'noncommercial_models' must be true or false.")] = None
    stages: Stages = _REQUIRED
    because: Annotated[str, says("'because' must be text in quotes.")] = ""

    def in_order(self) -> list[list[str]]:
        """The stages, those side by side together. One that is named twice has two seats."""
        return [[entry] if isinstance(entry, str) else entry for entry in self.stages]


class Uses(Checked):
    internal: Use
    customer_facing: Use = Field(alias="customer-facing")
    regulated: Use

    @model_validator(mode="after")
    def no_policy_takes_brand_or_legal_from_what_the_public_sees(self) -> Uses:
        for name, use in (("customer-facing", self.customer_facing), ("regulated", self.regulated)):
            named = {stage for side in use.in_order() for stage in side}
            if use.generate and not named.issuperset(stages.SHIPPED):
                raise mistake(f"[use.{name}]: {name} use needs both brand and legal.")
        return self


class Rules(Checked):
    """What a policy version says."""

    use: Uses

    def of(self, use_class: str) -> Use:
        found: Use = getattr(self.use, use_class.replace("-", "_"))
        return found

    def takes_noncommercial_models(self, use_class: str) -> bool:
        """Where a policy doesn't say: for internal use alone."""
        said = self.of(use_class).noncommercial_models
        return use_class == "internal" if said is None else said


def parse(text: str) -> Rules:
    """Rules from TOML. Raises PolicyError on anything unknown, missing or of the wrong kind."""
    try:
        return Rules.model_validate(toml(text, longest=LONGEST))
    except Unreadable as error:
        raise PolicyError(str(error)) from error
    except ValidationError as error:
        raise PolicyError(_sentence(mistakes(error)[0])) from error


def _sentence(found: Mistake) -> str:
    match found.place, found.kind:
        case (("use",), "missing"):
            return f"[use.{USE_CLASSES[0]}] is missing."
        case (("use",), kind):
            return found.sentence if kind == SAID else "'use' must be sections such as [use.internal]."
        case (("use", name), "missing"):
            return f"[use.{name}] is missing."
        case (("use", name), "extra_forbidden"):
            return f"Unknown use class [use.{name}]; known: {', '.join(USE_CLASSES)}."
        case (("use", name), kind) if kind != SAID:
            return f"[use.{name}] must be a section."
        case (("use", name, key), "extra_forbidden"):
            return f"[use.{name}]: unknown key '{key}'."
        case (("use", name, *_), _):
            return f"[use.{name}]: {found.sentence}"
    return f"Unknown section [{found.place[0]}]; only [use.*] is known."
