"""Whoever had a hand in a version signs nothing on it: who that is, and that the database holds it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from creative import briefs
from creative.errors import Refused
from creative.models import Membership
from creative.roles import Role
from generation import runs
from generation.models import Batch
from review.culling import shortlist
from review.models import Hand, SignOff, Version
from tests import make


def hands(version: Version) -> set[tuple[str, str]]:
    return set(Hand.objects.filter(version=version).values_list("person__username", "how"))


def another(project, name: str):
    return make.member(project, name, Role.DESIGNER)


def test_everybody_who_did_something_for_it_is_written_with_it(version):
    assert hands(version) == {
        ("maya", "wrote"),
        ("maya", "submitted"),
        ("maya", "started"),
        ("dan", "shortlisted"),
        ("dan", "sent"),
    }


def test_who_wrote_words_that_somebody_else_wrote_over_is_among_them(project, maya, dan, preset):
    brief = make.draft(project, maya)
    briefs.write(brief, by=another(project, "wanda"), mood="bold")
    briefs.write(brief, by=maya, mood="calm")
    run = runs.submit(brief, by=maya, preset=preset)

    assert ("wanda", "wrote") in hands(make.asset(make.candidates(run)[0], dan).versions.get())


def test_who_tried_the_run_again_is_among_them(project, run, candidates, dan):
    Batch.objects.filter(run=run).update(status="failed")
    runs.retry(run, by=another(project, "rita"))

    assert ("rita", "retried") in hands(make.asset(candidates[0], dan).versions.get())


def test_who_topped_up_another_run_is_not(project, brief, candidates, dan):
    runs.top_up(brief, by=another(project, "tom"), count=1)

    assert "tom" not in {name for name, _ in hands(make.asset(candidates[0], dan).versions.get())}


def test_who_shortlisted_it_once_and_took_it_back_is_among_them(project, candidates, dan):
    sue = another(project, "sue")
    shortlist.add(candidates[0], by=sue)
    shortlist.remove(candidates[0], by=sue)

    assert ("sue", "shortlisted") in hands(make.asset(candidates[0], dan).versions.get())


@pytest.mark.parametrize("name", ["maya", "dan"])
def test_none_of_them_signs_whatever_their_role_became(version, request, name):
    person = request.getfixturevalue(name)
    Membership.objects.filter(user=person).update(role=Role.REVIEWER, stage="brand")

    with pytest.raises(Refused, match="so somebody else signs"):
        make.signed(version, person, "brand")


def test_by_sql_neither(version, dan):
    Membership.objects.filter(user=dan).update(role=Role.REVIEWER, stage="brand")
    asked = version.requirements.get(stage="brand")
    sql = (
        "INSERT INTO review_signoff (version_id, requirement_id, stage, seat, decision, note, fingerprint,"
        " signed_by_id, signed_at) VALUES (%s, %s, 'brand', 1, 'approved', '', %s, %s, CURRENT_TIMESTAMP)"
    )
    with pytest.raises(IntegrityError, match="had a hand in"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [version.pk, asked.pk, version.fingerprint, dan.pk])

    assert not SignOff.objects.exists()
