"""What is stored is compared with what the audit log tells of it: whoever writes past the verbs is found."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.urls import reverse

from creative import briefs, stages
from creative.errors import Refused
from creative.evidence import audit, payloads, rows
from creative.evidence.acts import Act
from creative.models import BriefRevision, Event, Membership, Policy
from generation.models import Candidate, Run
from review.culling import shortlist
from review.delivery import building, export
from review.models import Composition, Export, Hand, Rendition, Requirement, Shortlisting, SignOff, Withdrawal
from review.signing import signoff
from tests import make
from tests.plugins.flush import without_triggers


@pytest.fixture
def world(approved, project, maya, dan, bea, leo, pia):
    """All that happens on the way to an export. The cast came without verbs, so its roles are told here."""
    for member in Membership.objects.all():
        audit.record(member.project, None, Act.MEMBERSHIP_ADDED, rows=[member])
    make.agreed_policy(make.REGULATED_ALLOWED, written_by=pia, agreed_by=leo)
    export.order(project, by=maya, versions=[approved.pk])
    building.build_waiting()
    return approved


def by_hand(queryset, **values) -> None:
    """As somebody does who owns the database."""
    with transaction.atomic(), without_triggers(connection):
        if values:
            queryset.update(**values)
        else:
            queryset._raw_delete(queryset.db)


def test_what_the_verbs_wrote_is_as_they_told_it(world, asset, candidates, leo, dan):
    shortlist.add(candidates[1], by=dan)
    shortlist.remove(candidates[1], by=dan)
    signoff.withdraw(world.signoffs.get(stage=stages.LEGAL), by=leo, reason="A claim came in.")
    signoff.withdraw_version(world, by=leo, reason="Recalled.")

    report = rows.everything()
    assert (report.problems, report.erased) == ([], [])
    assert report.rows > 20


@pytest.mark.parametrize(
    ("model", "values", "said"),
    [
        (Policy, {"rules": "# none"}, "Policy"),
        (BriefRevision, {"subject": "something else"}, "Brief revision"),
        (Run, {"recipe_data": {"prompt": "something else"}}, "Run"),
        (Candidate, {"seed": 1}, "5 candidates"),
        (Shortlisting, {"shortlisted_at": "2026-01-01T00:00:00Z"}, "Shortlisting"),
        (Requirement, {"because": "no reason"}, "2 requirements"),
        (Rendition, {"signoffs": []}, "Export"),
    ],
)
def test_a_row_that_was_changed_past_the_verbs_is_one_sentence(world, model, values, said):
    by_hand(model.objects.all(), **values)

    [problem] = rows.everything().problems
    assert problem.startswith(said)
    assert "says something else than the log tells of it" in problem


def test_a_role_that_was_changed_past_the_verbs_is_found(world, maya):
    by_hand(Membership.objects.filter(user=maya), role="producer")

    [problem] = rows.everything().problems
    assert problem == f"Membership {maya.memberships.get().pk} says something else than the log tells of it."


def test_verify_audit_says_so_and_fails(world):
    by_hand(SignOff.objects.filter(stage=stages.LEGAL), decision="rejected", note="No.")
    said = StringIO()

    with pytest.raises(CommandError, match="1 problem"):
        call_command("verify_audit", stderr=said)

    assert "Sign off" in said.getvalue()


def test_a_brief_is_not_judged_by_what_another_brief_erased(world, project, maya, pia):
    other = make.draft(project, maya)
    briefs.submit(other, by=maya)
    payloads.erase(Event.objects.get(brief_id=other.pk, act=Act.BRIEF_SUBMITTED), by=pia, because="Asked to.")
    by_hand(BriefRevision.objects.filter(brief=world.asset.brief), subject="something else")

    report = rows.everything()
    assert len(report.problems) == len(report.erased) == 1


def test_what_was_erased_can_be_compared_no_more_and_is_said_to_be(world, pia):
    [event] = Event.objects.filter(act=Act.BRIEF_SUBMITTED)
    payloads.erase(event, by=pia, because="Asked to.")

    report = rows.everything()
    assert report.problems == []
    [said] = report.erased
    assert said.endswith("can't be compared: what a line told of it was erased.")


def test_a_row_that_is_gone_without_an_act_is_found(world):
    by_hand(Hand.objects.filter(how=Hand.How.SENT))

    [problem] = rows.everything().problems
    assert "is gone, and no act took it away" in problem


@pytest.fixture
def order(project, maya):
    """What an export says when it is asked for these versions."""

    def order(version) -> str:
        try:
            export.order(project, by=maya, versions=[version.pk])
        except Refused as refusal:
            return str(refusal)
        return ""

    return order


def test_a_rejection_that_became_an_approval_in_the_database_does_not_leave(version, bea, leo, order):
    make.signed(version, bea, stages.BRAND)
    make.signed(version, leo, stages.LEGAL, SignOff.Decision.REJECTED, "No.")
    assert "not approved" in order(version)
    by_hand(SignOff.objects.filter(stage=stages.LEGAL), decision="approved", note="")

    assert "not what the audit log tells" in order(version)


def test_signatures_that_nobody_gave_do_not_leave(version, bea, leo, order):
    for person, asked in zip((bea, leo), version.requirements.all(), strict=True):
        SignOff.objects.create(
            version=version,
            requirement=asked,
            stage=asked.stage,
            decision="approved",
            fingerprint=version.fingerprint,
            signed_by=person,
        )

    assert "not what the audit log tells" in order(version)


def test_a_withdrawal_that_is_gone_does_not_bring_the_version_back(approved, leo, order):
    signoff.withdraw_version(approved, by=leo, reason="Recalled.")
    by_hand(Withdrawal.objects.all())

    assert "not what the audit log tells" in order(approved)


def test_an_approved_version_with_another_picture_does_not_leave(approved, candidates, order):
    by_hand(Composition.objects.filter(version=approved), file=candidates[1].picture_id)

    assert "not what the audit log tells" in order(approved)


def test_what_was_changed_while_an_export_waits_or_after_it_was_built_does_not_leave(client, world, maya):
    built = Export.objects.get()
    by_hand(Export.objects.all(), file=world.candidate.picture_id)
    client.force_login(maya)

    response = client.get(reverse("review:export-file", args=[built.pk]))

    assert response.status_code == 409
    assert "verify_audit" in response.content.decode()


def test_a_line_that_does_not_hold_tells_nothing(approved, leo, order):
    event = Event.objects.filter(act=Act.SIGNOFF_SIGNED).latest("pk")
    data = {**event.data, "decision": "rejected"}
    by_hand(type(event.payload).objects.filter(event=event), data=data)

    assert "not what the audit log tells" in order(approved)
