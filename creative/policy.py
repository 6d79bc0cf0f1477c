"""Policy as data: which use may be generated at all, and which stages must sign. Pure; values in, values out."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

STAGES = ("brand", "legal")  # in the order in which they sign
USE_CLASSES = ("internal", "customer-facing", "regulated")

SHIPPED = """\
# The rules that hold until a legal reviewer agrees to a newer version.

[use.internal]
generate = true
stages = []
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


class PolicyError(ValueError):
    """A mistake in a policy's text, in a sentence that names the place."""


@dataclass(frozen=True)
class Requirement:
    """One stage that must sign, and which rule asked for it."""

    stage: str
    because: str


@dataclass(frozen=True)
class Use:
    generate: bool
    stages: tuple[str, ...]
    because: str


@dataclass(frozen=True)
class Rules:
    uses: dict[str, Use]


@dataclass(frozen=True)
class Verdict:
    """Whether something may be done; `because` is for the person when it may not."""

    allowed: bool
    because: str = ""


def parse(text: str) -> Rules:
    """Rules from TOML. Raises PolicyError on anything unknown, missing or of the wrong kind."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"This is not valid TOML: {error}.") from error
    unknown = set(document) - {"use"}
    if unknown:
        raise PolicyError(f"Unknown section [{sorted(unknown)[0]}]; only [use.*] is known.")
    sections = document.get("use", {})
    if not isinstance(sections, dict):
        raise PolicyError("'use' must be sections such as [use.internal].")
    for name in sections:
        if name not in USE_CLASSES:
            raise PolicyError(f"Unknown use class [use.{name}]; known: {', '.join(USE_CLASSES)}.")
    for name in USE_CLASSES:
        if name not in sections:
            raise PolicyError(f"[use.{name}] is missing.")
    return Rules({name: _use(name, sections[name]) for name in USE_CLASSES})


def _use(name: str, section: object) -> Use:
    where = f"[use.{name}]"
    if not isinstance(section, dict):
        raise PolicyError(f"{where} must be a section.")
    for key in section:
        if key not in ("generate", "stages", "because"):
            raise PolicyError(f"{where}: unknown key '{key}'.")
    generate, stages = section.get("generate"), section.get("stages")
    if not isinstance(generate, bool):
        raise PolicyError(f"{where}: 'generate' must be true or false.")
    if not isinstance(stages, list) or any(stage not in STAGES for stage in stages):
        raise PolicyError(f"{where}: 'stages' must be a list of {' and '.join(map(repr, STAGES))}.")
    if not isinstance(section.get("because", ""), str):
        raise PolicyError(f"{where}: 'because' must be text in quotes.")
    if name == "regulated" and generate and set(stages) != set(STAGES):
        raise PolicyError(f"{where}: regulated use needs both brand and legal.")
    if name == "customer-facing" and generate and set(stages) != set(STAGES):
        raise PolicyError(f"{where}: customer-facing use needs both brand and legal.")
    return Use(generate, tuple(s for s in STAGES if s in stages), section.get("because") or name)


def may_generate(rules: Rules, use_class: str) -> Verdict:
    if rules.uses[use_class].generate:
        return Verdict(True)
    return Verdict(
        False,
        f"{use_class.capitalize()} use is refused until a policy version that a producer wrote "
        "and a legal reviewer agreed to allows it.",
    )


def required_stages(rules: Rules, use_class: str) -> list[Requirement]:
    use = rules.uses[use_class]
    return [Requirement(stage, use.because) for stage in use.stages]
