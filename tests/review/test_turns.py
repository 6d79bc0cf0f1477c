"""Turns are the queue: after every step they equal what requirements and sign-offs imply."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from creative import policy
from creative.errors import Refused
from creative.evidence import verify
from creative.roles import Role
from review.composing import orders
from review.culling import shortlist
from review.models import SignOff, Turn, Version
from review.signing import entry, signoff, standing, turns
from tests import make

SIDE_BY_SIDE = '["brand", ["legal", "medical"], "board"]'
STAGES = ("brand", "legal", "medical", "board")


def waits(version: Version) -> set[tuple[str, int]]:
    return set(Turn.objects.filter(version=version).values_list("stage", "seat"))


@pytest.fixture
def signers(project, bea, leo):
    """Two for each stage."""
    people = {
        stage: [make.member(project, f"{stage}-{i}", Role.REVIEWER, stage=stage) for i in (1, 2)] for stage in STAGES
    }
    people["brand"].append(bea)
    people["legal"].append(leo)
    return people


@pytest.fixture
def ordered_policy(pia, leo):
    """Brand, then legal and medical side by side, then the board."""
    rules = policy.SHIPPED.replace('stages = ["brand", "legal"]', f"stages = {SIDE_BY_SIDE}", 1)
    return make.agreed_policy(rules, written_by=pia, agreed_by=leo)


def test_what_stands_side_by_side_waits_together_and_the_next_after_both(ordered_policy, version, signers):
    assert waits(version) == {("brand", 1)}
    make.signed(version, signers["brand"][0], "brand")
    assert waits(version) == {("legal", 1), ("medical", 1)}
    make.signed(version, signers["medical"][0], "medical")
    assert waits(version) == {("legal", 1)}
    make.signed(version, signers["legal"][0], "legal")
    assert waits(version) == {("board", 1)}
    make.signed(version, signers["board"][0], "board")

    assert waits(version) == set()
    assert standing.cleared().get() == version


def test_a_stage_with_two_seats_needs_two_people(pia, leo, candidate, dan, signers):
    rules = policy.SHIPPED.replace('stages = ["brand", "legal"]', 'stages = ["brand", ["legal", "legal"]]', 1)
    make.agreed_policy(rules, written_by=pia, agreed_by=leo)
    version = make.asset(candidate, dan).versions.get()
    one, other = signers["legal"][:2]
    make.signed(version, signers["brand"][0], "brand")

    make.signed(version, one, "legal")
    with pytest.raises(Refused, match="another seat is another person's"):
        make.signed(version, one, "legal")
    make.signed(version, other, "legal")

    assert standing.cleared().get() == version


def test_if_a_stage_is_withdrawn_those_ordered_after_it_fall_and_those_beside_it_stand(
    ordered_policy, version, signers
):
    signed = {stage: make.signed(version, signers[stage][0], stage) for stage in ("brand", "legal", "medical", "board")}

    signoff.withdraw(signed["legal"], by=signers["legal"][0], reason="A name changed.")

    stands = set(SignOff.objects.filter(withdrawn_at=None).values_list("stage", flat=True))
    assert stands == {"brand", "medical"}
    assert waits(version) == {("legal", 1)}


def test_an_objection_takes_every_turn_and_only_its_author_takes_it_back(version, bea, project):
    brenda = make.member(project, "brenda", Role.REVIEWER, stage="brand")
    objection = make.signed(version, bea, "brand", SignOff.Decision.REJECTED, "Wrong red.")
    assert waits(version) == set()

    with pytest.raises(Exception, match="Only who signed takes it back"):
        signoff.withdraw(objection, by=brenda, reason="I like it.")
    signoff.withdraw(objection, by=bea, reason="It was the light.")

    assert waits(version) == {("brand", 1)}


def test_one_takes_a_turn_and_hands_it_back(client, version, bea, project):
    brenda = make.member(project, "brenda", Role.REVIEWER, stage="brand")
    turn = version.turns.get()

    assert [turns.take(turn, by=bea), turns.take(turn, by=brenda), turns.hand_back(turn, by=brenda)] == [
        True,
        False,
        False,
    ]
    client.force_login(brenda)
    assert "taken by Bea" in client.get(reverse("review:queue")).content.decode().replace(
        '<td data-label="Taken by">', "taken by "
    )
    assert turns.hand_back(turn, by=bea)


def test_a_stage_that_nobody_can_sign_is_said_where_it_waits(client, ordered_policy, version, bea, dan):
    make.signed(version, bea, "brand")
    client.force_login(dan)

    page = client.get(reverse("review:version", args=[version.pk])).content.decode()

    assert "Nobody in this project can sign for medical" in page
    assert "Nobody in this project can sign for legal" not in page


class Walk(RuleBasedStateMachine):
    """A random walk through send, sign, object, withdraw, withdraw version, replace."""

    world: dict

    @initialize()
    def begin(self) -> None:
        self.asset = make.asset(self.world["candidates"][0], self.world["dan"])
        for candidate in self.world["candidates"][1:]:
            shortlist.add(candidate, by=self.world["dan"])

    def newest(self) -> Version:
        return self.asset.versions.order_by("-number")[0]

    @rule(stage=st.sampled_from(STAGES), who=st.integers(0, 1), objects=st.booleans())
    def sign(self, stage: str, who: int, objects: bool) -> None:
        decision = SignOff.Decision.CHANGES if objects else SignOff.Decision.APPROVED
        with suppress(Refused):
            make.signed(self.newest(), self.world["signers"][stage][who], stage, decision, "No." if objects else "")

    @rule(data=st.data())
    def withdraw(self, data) -> None:
        found = list(SignOff.objects.filter(version__asset=self.asset, withdrawn_at=None).order_by("pk"))
        if found:
            chosen = data.draw(st.sampled_from(found))
            signoff.withdraw(chosen, by=chosen.signed_by, reason="Again.")

    @rule()
    def withdraw_version(self) -> None:
        with suppress(Refused):
            signoff.withdraw_version(self.newest(), by=self.world["pia"], reason="Recalled.")

    @rule(place=st.integers(1, 4))
    def replace(self, place: int) -> None:
        orders.replace(self.asset, self.world["candidates"][place], by=self.world["dan"])
        entry.compose_waiting()

    @invariant()
    def turns_are_what_is_implied(self) -> None:
        if not hasattr(self, "asset"):
            return
        newest = self.newest()
        rows = {turn.requirement_id for turn in Turn.objects.filter(version__asset=self.asset)}
        assert rows == {asked.pk for asked in turns.waiting_now(newest)}
        state = standing.with_state(Version.objects.filter(pk=newest.pk)).get().state
        assert bool(rows) == (state == Version.State.IN_REVIEW)
        assert standing.cleared().filter(pk=newest.pk).exists() == (state == Version.State.APPROVED)

    def teardown(self) -> None:
        assert verify.chain(f"project:{self.world['dan'].memberships.get().project_id}") == []


def test_after_every_step_of_a_random_walk_turns_are_what_is_implied(
    ordered_policy, candidates, signers, dan, pia, request
):
    class Here(Walk):
        world = {"candidates": candidates, "signers": signers, "dan": dan, "pia": pia}

        def __init__(self) -> None:
            super().__init__()
            self.taken_back = transaction.atomic()
            self.taken_back.__enter__()

        def teardown(self) -> None:
            super().teardown()
            transaction.set_rollback(True)
            self.taken_back.__exit__(None, None, None)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
