from __future__ import annotations

import re

import pytest

from creative import policy
from creative.policy import SHIPPED, PolicyError, Requirement


@pytest.fixture
def shipped():
    return policy.parse(SHIPPED)


def test_internal_use_needs_nobodys_signature(shipped):
    assert policy.verdict(shipped, "internal") == policy.Verdict(0, "", (), "internal", True)


def test_customer_facing_use_needs_brand_then_legal_and_says_why(shipped):
    verdict = policy.verdict(shipped, "customer-facing")

    assert not verdict.objection
    assert verdict.requirements == (
        Requirement("brand", "customer-facing", order=1),
        Requirement("legal", "customer-facing", order=2),
    )


def test_regulated_use_is_refused_in_a_sentence_that_says_what_would_allow_it(shipped):
    said = "Regulated use is refused until a policy version that a producer wrote and a legal reviewer agreed to"
    assert policy.verdict(shipped, "regulated").objection.startswith(said)


def test_models_that_may_not_be_used_commercially_serve_internal_use_alone(shipped):
    def objection(use_class: str, rules=shipped) -> str:
        return policy.verdict(rules, use_class).objection_to("flux-dev", commercial_use=False)

    assert objection("internal") == ""
    assert objection("customer-facing").startswith(
        "“flux-dev” may not be used commercially, and this is customer-facing"
    )
    assert policy.verdict(shipped, "customer-facing").objection_to("sdxl", commercial_use=True) == ""

    unsaid = policy.parse(SHIPPED.replace("noncommercial_models = true\n", ""))
    assert objection("internal", unsaid) == ""
    strict = policy.parse(SHIPPED.replace("noncommercial_models = true", "noncommercial_models = false"))
    assert "this is internal" in objection("internal", strict)


def test_a_version_may_allow_regulated_use_and_it_still_needs_both():
    verdict = policy.verdict(policy.parse(SHIPPED.replace("generate = false", "generate = true")), "regulated")

    assert not verdict.objection
    assert [required.stage for required in verdict.requirements] == ["brand", "legal"]


def asked(stages: str) -> list[tuple[str, int, int]]:
    """Stage, order and seat of what customer-facing use asks."""
    rules = policy.parse(SHIPPED.replace('["brand", "legal"]', stages))
    return [(found.stage, found.order, found.seat) for found in policy.verdict(rules, "customer-facing").requirements]


def test_stages_sign_in_the_order_in_which_they_were_written():
    assert asked('["legal", "brand"]') == [("legal", 1, 1), ("brand", 2, 1)]


def test_stages_in_a_list_of_their_own_sign_side_by_side():
    assert asked('["brand", ["legal", "medical"], "board"]') == [
        ("brand", 1, 1),
        ("legal", 2, 1),
        ("medical", 2, 1),
        ("board", 3, 1),
    ]


def test_a_stage_that_is_named_twice_has_two_seats():
    assert asked('[["legal", "legal"], "brand"]') == [("legal", 1, 1), ("legal", 1, 2), ("brand", 2, 1)]


@pytest.mark.parametrize("text", [f"a={'[' * 5000}", f"a={'9' * 5000}"], ids=["deep", "long number"])
def test_what_would_break_the_reader_is_a_sentence(text):
    with pytest.raises(PolicyError, match="nested too deep|a number in it is too long"):
        policy.parse(text)


def test_a_text_that_nobody_wrote_by_hand_is_refused_before_it_is_read():
    with pytest.raises(PolicyError, match="at most 20,000 fit"):
        policy.parse("#" * 20_001)


def test_a_rule_without_a_because_names_its_use_class():
    rules = policy.parse(SHIPPED.replace('because = "regulated use"\n', ""))

    assert [r.because for r in policy.verdict(rules, "regulated").requirements] == ["regulated", "regulated"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[use.internal]", "[use.internal", "This is not valid TOML"),
        ("[use.internal]", "[market.DE]\nx = 1\n\n[use.internal]", "Unknown section [market]; only [use.*] is known."),
        ("[use.internal]", "[use.private]", "Unknown use class [use.private]"),
        ("[use.internal]", "[use.internal.more]", "[use.internal]: unknown key 'more'."),
        ("stages = []", "signs = []", "[use.internal]: unknown key 'signs'."),
        ("stages = []\n", "", "[use.internal]: 'stages' must be a list of stages in the order"),
        ("stages = []", 'stages = "brand"', "[use.internal]: 'stages' must be a list of stages in the order"),
        ("stages = []", 'stages = ["Finance 1"]', "[use.internal]: 'stages' must be a list of stages in the order"),
        ("stages = []", "stages = [[]]", "[use.internal]: 'stages' must be a list of stages in the order"),
        ("generate = true\nstages = []", "stages = []", "[use.internal]: 'generate' must be true or false."),
        ("generate = false", 'generate = "no"', "[use.regulated]: 'generate' must be true or false."),
        ("generate = false", "generate = 0", "[use.regulated]: 'generate' must be true or false."),
        (
            'generate = true\nstages = ["brand", "legal"]',
            'generate = true\nstages = ["legal"]',
            "[use.customer-facing]: customer-facing use needs both brand and legal.",
        ),
        (
            'generate = false\nstages = ["brand", "legal"]',
            'generate = true\nstages = ["brand"]',
            "[use.regulated]: regulated use needs both brand and legal.",
        ),
        (SHIPPED, "", "[use.internal] is missing."),
        (SHIPPED, "use = 1", "'use' must be sections such as [use.internal]."),
        (SHIPPED, "use = []", "'use' must be sections such as [use.internal]."),
        (
            SHIPPED,
            "[use]\ninternal = true\ncustomer-facing = true\nregulated = true",
            "[use.internal] must be a section.",
        ),
        ('because = "regulated use"', "because = 7", "[use.regulated]: 'because' must be text in quotes."),
    ],
)
def test_every_mistake_is_named(old, new, said):
    assert old in SHIPPED
    with pytest.raises(PolicyError, match=re.escape(said)):
        policy.parse(SHIPPED.replace(old, new, 1))


@pytest.mark.parametrize("use_class", policy.USE_CLASSES)
def test_a_missing_use_class_is_named(use_class):
    sections = [part for part in SHIPPED.split("\n\n") if f"[use.{use_class}]" not in part]
    with pytest.raises(PolicyError, match=re.escape(f"[use.{use_class}] is missing.")):
        policy.parse("\n\n".join(sections))
