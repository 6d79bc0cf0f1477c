from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from creative import policy
from creative.errors import Refused
from creative.models import Event, Membership, Policy
from creative.policy import versions
from creative.roles import Role
from tests import make


@pytest.fixture
def written(pia):
    return versions.write(make.REGULATED_ALLOWED, by=pia)


def test_the_shipped_rules_hold_before_anybody_agreed_to_others(written):
    assert versions.in_force() == (0, policy.parse(policy.SHIPPED))


def test_a_version_is_in_force_once_legal_agreed_to_it(written, leo):
    assert versions.agree(written, by=leo)

    number, rules = versions.in_force()
    assert number == written.number == 1
    assert not policy.verdict(rules, "regulated").objection


def test_the_newest_agreed_version_holds_and_not_the_newest_written(written, pia, leo):
    versions.agree(written, by=leo)
    versions.write(policy.SHIPPED, by=pia)

    assert versions.in_force()[0] == written.number


def test_an_older_version_agreed_to_later_does_not_push_out_a_newer_one(written, pia, leo):
    newer = versions.write(policy.SHIPPED, by=pia)
    versions.agree(newer, by=leo)
    versions.agree(written, by=leo)

    assert versions.in_force()[0] == newer.number


def test_agreeing_twice_with_stale_handles_counts_once(written, leo):
    one, other = Policy.objects.get(), Policy.objects.get()

    assert [versions.agree(one, by=leo), versions.agree(other, by=leo)] == [True, False]
    assert Event.objects.filter(act="policy.agreed").count() == 1


@pytest.mark.parametrize("name", ["maya", "dan", "bea", "pia", "stranger"])
def test_only_a_legal_reviewer_agrees(written, request, name):
    with pytest.raises(Refused, match="Only a legal reviewer"):
        versions.agree(written, by=request.getfixturevalue(name))

    assert versions.in_force()[0] == 0


@pytest.mark.parametrize("name", ["maya", "dan", "bea", "leo", "stranger"])
def test_only_a_producer_writes(db, request, name):
    with pytest.raises(Refused, match="Only a producer"):
        versions.write(policy.SHIPPED, by=request.getfixturevalue(name))

    assert not Policy.objects.exists()


def test_the_author_does_not_agree_even_as_legal_reviewer_of_the_site(written, pia):
    Membership.objects.filter(user=pia, project=None).update(role=Role.REVIEWER, stage="legal")

    with pytest.raises(Refused, match="Whoever wrote a policy version cannot agree to it"):
        versions.agree(written, by=pia)

    assert versions.in_force()[0] == 0
    assert not Event.objects.filter(act="policy.agreed").exists()


def test_the_database_itself_refuses_the_author(written, pia):
    with pytest.raises(IntegrityError, match="author_does_not_agree"), transaction.atomic():
        Policy.objects.update(agreed_by=pia, agreed_at=written.written_at)


def test_rules_with_a_mistake_are_refused_and_not_kept(pia):
    with pytest.raises(Refused, match=r"\[use.internal\] is missing"):
        versions.write("", by=pia)

    assert not Policy.objects.exists()


def test_writing_and_agreeing_are_in_the_sites_chain(written, pia, leo):
    versions.agree(written, by=leo)

    events = Event.objects.filter(act__startswith="policy.").order_by("sequence")
    assert [(e.scope, e.act, e.actor_id, e.data) for e in events] == [
        ("site", "policy.written", pia.pk, {"policy": 1}),
        ("site", "policy.agreed", leo.pk, {"policy": 1}),
    ]
