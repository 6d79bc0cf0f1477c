from __future__ import annotations

import datetime
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils.timezone import now

from creative import files, stages, storage
from creative.errors import Refused
from creative.models import Event, Membership
from creative.roles import Role
from review.culling import shortlist
from review.models import SignOff, Version, Withdrawal
from review.signing import signoff, standing
from tests import make

APPROVED, CHANGES, REJECTED = SignOff.Decision.APPROVED, SignOff.Decision.CHANGES, SignOff.Decision.REJECTED


def state(version: Version) -> Version.State:
    return standing.with_state(Version.objects.all()).get(pk=version.pk).state


def is_cleared(version: Version) -> bool:
    return standing.cleared().filter(pk=version.pk).exists()


def test_brand_then_legal_and_it_is_approved(version, bea, leo):
    assert (state(version), is_cleared(version)) == (Version.State.IN_REVIEW, False)

    make.signed(version, bea, stages.BRAND)
    assert (state(version), is_cleared(version)) == (Version.State.IN_REVIEW, False)

    make.signed(version, leo, stages.LEGAL)
    assert (state(version), is_cleared(version)) == (Version.State.APPROVED, True)


def test_internal_use_is_approved_at_once(project, maya, dan, preset):
    run = make.run(project, maya, preset, use_class="internal", count=1)
    pitch = make.asset(make.candidates(run)[0], dan).versions.get()

    assert (state(pitch), is_cleared(pitch)) == (Version.State.APPROVED, True)


def test_what_needs_no_signature_takes_none(project, maya, dan, bea, preset):
    run = make.run(project, maya, preset, use_class="internal", count=1)
    pitch = make.asset(make.candidates(run)[0], dan).versions.get()

    with pytest.raises(Refused, match="approved already"):
        make.signed(pitch, bea, stages.BRAND)


def test_legal_waits_for_brand(version, leo):
    with pytest.raises(Refused, match="waits for brand first"):
        make.signed(version, leo, stages.LEGAL)

    assert not SignOff.objects.exists()


def test_a_signature_binds_to_the_fingerprint_and_to_what_asked_for_it(version, bea):
    row = make.signed(version, bea, stages.BRAND)

    assert row.fingerprint == version.fingerprint
    assert row.requirement == version.requirements.get(stage="brand")
    assert (row.stage, row.seat) == ("brand", 1)


@pytest.mark.parametrize("seen", ["0" * 64, ""])
def test_a_stale_page_signs_nothing(version, bea, seen):
    with pytest.raises(Refused, match="This page shows something other"):
        signoff.sign(version, by=bea, stage=stages.BRAND, decision=APPROVED, seen=seen)

    assert not SignOff.objects.exists()


def test_signing_twice_with_stale_handles_signs_once(version, bea, project):
    brenda = make.member(project, "brenda", Role.REVIEWER, stage="brand")
    one, other = Version.objects.get(pk=version.pk), Version.objects.get(pk=version.pk)
    make.signed(one, bea, stages.BRAND)

    with pytest.raises(Refused, match="waits for legal first"):
        make.signed(other, brenda, stages.BRAND)

    assert SignOff.objects.get().signed_by == bea
    assert Event.objects.filter(act="signoff.signed").count() == 1


@pytest.mark.parametrize("name", ["maya", "dan", "leo", "pia", "stranger"])
def test_only_brand_signs_brand(version, request, name):
    with pytest.raises(PermissionDenied):
        make.signed(version, request.getfixturevalue(name), stages.BRAND)


@pytest.mark.parametrize("name", ["maya", "dan", "bea", "pia", "stranger"])
def test_only_legal_signs_legal(version, bea, request, name):
    make.signed(version, bea, stages.BRAND)

    with pytest.raises(PermissionDenied):
        make.signed(version, request.getfixturevalue(name), stages.LEGAL)


def test_reviewers_of_another_project_sign_nothing_here(version, other_people):
    with pytest.raises(PermissionDenied):
        make.signed(version, other_people["brand"], stages.BRAND)


@pytest.mark.parametrize("name", ["maya", "dan"])
def test_nobody_signs_their_own_work_whatever_their_role_became(version, project, request, name):
    person = request.getfixturevalue(name)
    Membership.objects.filter(user=person).update(role=Role.REVIEWER, stage="brand")

    with pytest.raises(Refused, match="so somebody else signs"):
        make.signed(version, person, stages.BRAND)


def test_brand_and_legal_are_two_people_whatever_their_role_became(version, bea):
    make.signed(version, bea, stages.BRAND)
    Membership.objects.filter(user=bea).update(role=Role.REVIEWER, stage="legal")

    with pytest.raises(Refused, match="each stage is another person's"):
        make.signed(version, bea, stages.LEGAL)


@pytest.mark.parametrize("decision", [CHANGES, REJECTED])
@pytest.mark.parametrize("note", ["", "  \n"])
def test_an_objection_needs_a_comment(version, bea, decision, note):
    with pytest.raises(Refused, match="Say what has to change"):
        make.signed(version, bea, stages.BRAND, decision, note)

    assert not SignOff.objects.exists()


@pytest.mark.parametrize(
    ("decision", "expected"), [(CHANGES, Version.State.CHANGES), (REJECTED, Version.State.REJECTED)]
)
def test_an_objection_decides(version, bea, leo, decision, expected):
    make.signed(version, bea, stages.BRAND, decision, "The logo is cropped.")

    assert (state(version), is_cleared(version)) == (expected, False)
    with pytest.raises(Refused, match="already"):
        make.signed(version, leo, stages.LEGAL)


def test_an_unknown_decision_is_refused(version, bea):
    with pytest.raises(Refused):
        make.signed(version, bea, stages.BRAND, "perhaps")

    assert not SignOff.objects.exists()


def test_legal_may_object_after_brand_approved(version, bea, leo):
    make.signed(version, bea, stages.BRAND)
    make.signed(version, leo, stages.LEGAL, REJECTED, "Looks like a real person.")

    assert (state(version), is_cleared(version)) == (Version.State.REJECTED, False)


@pytest.fixture
def second(asset, candidates, dan):
    """Version 2 of the same asset."""
    shortlist.add(candidates[3], by=dan)
    return make.replaced(asset, candidates[3], dan)


def test_an_older_version_is_not_signed_any_more(version, second, bea):
    with pytest.raises(Refused, match="newer version of this asset"):
        make.signed(version, bea, stages.BRAND)


def test_an_approved_version_is_live_until_a_later_one_is_approved(approved, second, bea, leo):
    assert is_cleared(approved)
    make.signed(second, bea, stages.BRAND)
    assert is_cleared(approved)

    make.signed(second, leo, stages.LEGAL)
    assert (is_cleared(approved), is_cleared(second)) == (False, True)


def test_the_older_version_stays_replaced_when_the_later_one_is_withdrawn(approved, second, bea, leo):
    make.signed(second, bea, stages.BRAND)
    make.signed(second, leo, stages.LEGAL)
    signoff.withdraw_version(second, by=leo, reason="The licence ended.")

    assert (is_cleared(approved), is_cleared(second)) == (False, False)
    assert state(approved) == Version.State.SUPERSEDED


def test_a_withdrawn_signature_takes_approval_away_at_once(approved, leo):
    signoff.withdraw(approved.signoffs.get(stage=stages.LEGAL), by=leo, reason="A claim came in.")

    assert (state(approved), is_cleared(approved)) == (Version.State.IN_REVIEW, False)
    assert approved.signoffs.get(stage=stages.BRAND).withdrawn_at is None


def test_when_brand_withdraws_legals_signature_falls_with_it(approved, bea):
    signoff.withdraw(approved.signoffs.get(stage=stages.BRAND), by=bea, reason="Wrong red.")

    assert not approved.signoffs.filter(withdrawn_at=None).exists()
    assert state(approved) == Version.State.IN_REVIEW
    assert list(Withdrawal.objects.order_by("pk").values_list("signoff__stage", "reason", "withdrawn_by")) == [
        ("brand", "Wrong red.", bea.pk),
        ("legal", "Brand withdrew: Wrong red.", bea.pk),
    ]
    assert Event.objects.filter(act="signoff.withdrawn").count() == 2


@pytest.mark.parametrize("decision", [CHANGES, REJECTED])
def test_when_brand_withdraws_legals_objection_stands(version, bea, leo, decision):
    """Else brand could take it away, sign again and let another legal reviewer approve."""
    first = make.signed(version, bea, stages.BRAND)
    objection = make.signed(version, leo, stages.LEGAL, decision=decision, note="The claim is not proven.")

    signoff.withdraw(first, by=bea, reason="Too soon.")

    objection.refresh_from_db()
    assert objection.withdrawn_at is None
    assert standing.with_state(Version.objects.filter(pk=version.pk)).get().state == decision


@pytest.mark.parametrize("who", ["bea", "dan", "pia", "second"])
def test_nobody_but_its_author_takes_an_objection_back(version, project, bea, leo, request, who):
    make.signed(version, bea, stages.BRAND)
    objection = make.signed(version, leo, stages.LEGAL, decision=REJECTED, note="The claim is not proven.")
    second = make.member(project, "second", Role.REVIEWER, "legal")
    by = second if who == "second" else request.getfixturevalue(who)

    with pytest.raises(PermissionDenied):
        signoff.withdraw(objection, by=by, reason="It is proven.")
    with pytest.raises(IntegrityError, match="only its author"), transaction.atomic():
        Withdrawal.objects.create(version=version, signoff=objection, withdrawn_by=by, reason="It is proven.")


def test_after_a_withdrawal_both_can_sign_again(approved, bea, leo):
    signoff.withdraw(approved.signoffs.get(stage=stages.BRAND), by=bea, reason="Wrong red.")
    make.signed(approved, bea, stages.BRAND)
    make.signed(approved, leo, stages.LEGAL)

    assert is_cleared(approved)
    assert approved.signoffs.count() == 4


def test_withdrawing_twice_with_stale_handles_withdraws_once(approved, leo):
    one, other = (SignOff.objects.get(stage=stages.LEGAL) for _ in range(2))
    signoff.withdraw(one, by=leo, reason="A claim came in.")

    with pytest.raises(Refused, match="withdrawn already"):
        signoff.withdraw(other, by=leo, reason="A claim came in.")

    assert Withdrawal.objects.count() == 1


@pytest.mark.parametrize("name", ["maya", "dan", "leo", "pia", "stranger"])
def test_only_who_may_sign_a_stage_withdraws_in_it(approved, request, name):
    with pytest.raises(PermissionDenied):
        signoff.withdraw(approved.signoffs.get(stage=stages.BRAND), by=request.getfixturevalue(name), reason="No.")

    assert is_cleared(approved)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_a_withdrawal_needs_a_reason_that_fits(approved, bea, reason):
    with pytest.raises(Refused):
        signoff.withdraw(approved.signoffs.get(stage=stages.BRAND), by=bea, reason=reason)
    with pytest.raises(Refused):
        signoff.withdraw_version(approved, by=bea, reason=reason)

    assert is_cleared(approved)


def test_the_longest_reason_fits_also_where_legal_falls_with_it(approved, bea):
    signoff.withdraw(approved.signoffs.get(stage=stages.BRAND), by=bea, reason="x" * 1000)

    assert Withdrawal.objects.count() == 2


@pytest.mark.parametrize("name", ["bea", "leo", "pia"])
def test_a_reviewer_or_producer_takes_a_version_out_of_use_for_good(approved, request, name):
    signoff.withdraw_version(approved, by=request.getfixturevalue(name), reason="Recalled.")

    assert (state(approved), is_cleared(approved)) == (Version.State.WITHDRAWN, False)
    with pytest.raises(Refused, match="withdrawn already"):
        signoff.withdraw_version(approved, by=request.getfixturevalue(name), reason="Recalled.")
    with pytest.raises(Refused, match="withdrawn already"):
        make.signed(approved, request.getfixturevalue("bea"), stages.BRAND)


@pytest.mark.parametrize("name", ["maya", "dan", "stranger"])
def test_nobody_else_does(approved, request, name):
    with pytest.raises(PermissionDenied):
        signoff.withdraw_version(approved, by=request.getfixturevalue(name), reason="Recalled.")

    assert is_cleared(approved)


# What the database itself refuses, whoever writes the row and however.


def raw(version: Version, *, right: bool = True, **changes) -> None:
    """By who holds the right to, unless told otherwise."""
    stage = changes.get("stage", stages.BRAND)
    if right:
        Membership.objects.filter(user=changes["signed_by"], project__isnull=False).delete()
        held = {"role": Role.REVIEWER, "stage": stage}
        Membership.objects.create(project=version.project, user=changes["signed_by"], **held)
    values = {
        "version": version,
        "requirement": version.requirements.get(stage=stage),
        "stage": stage,
        "decision": APPROVED,
        "fingerprint": version.fingerprint,
    }
    with transaction.atomic():
        SignOff.objects.bulk_create([SignOff(**{**values, **changes})])


def test_the_same_decision_pressed_twice_is_one_and_says_so(version, bea):
    first = make.signed(version, bea, stages.BRAND)

    assert make.signed(version, bea, stages.BRAND) == first
    assert SignOff.objects.count() == 1


@pytest.mark.parametrize(
    "other", [{"decision": SignOff.Decision.REJECTED, "note": "Too dark."}, {"note": "Second thoughts."}]
)
def test_another_decision_after_it_is_no_second_press(version, bea, other):
    make.signed(version, bea, stages.BRAND)

    with pytest.raises(Refused):
        make.signed(version, bea, stages.BRAND, **other)
    assert SignOff.objects.count() == 1


def test_the_database_refuses_a_second_signature_in_a_stage(version, bea, leo):
    raw(version, signed_by=bea)
    with pytest.raises(IntegrityError):
        raw(version, signed_by=leo)


def test_the_database_refuses_one_person_in_both_stages(version, bea):
    raw(version, signed_by=bea)
    with pytest.raises(IntegrityError):
        raw(version, signed_by=bea, stage=stages.LEGAL)


@pytest.mark.parametrize("name", ["maya", "dan"])
def test_the_database_refuses_ones_own_work(version, request, name):
    with pytest.raises(IntegrityError, match="had a hand in a version signs nothing on it"):
        raw(version, signed_by=request.getfixturevalue(name))


@pytest.mark.parametrize("name", ["leo", "pia", "stranger"])
def test_the_database_refuses_who_holds_no_right_to_sign_there(version, request, name):
    with pytest.raises(IntegrityError, match="who signs holds the right to"):
        raw(version, signed_by=request.getfixturevalue(name), right=False)


def test_the_database_refuses_a_right_that_nobody_confirmed(version, bea, pia):
    Membership.objects.filter(user=bea).update(given_by=pia)

    with pytest.raises(IntegrityError, match="a second person confirmed it"):
        raw(version, signed_by=bea, right=False)


def test_the_database_refuses_who_signed_another_stage_even_where_that_was_withdrawn(version, bea):
    signoff.withdraw(make.signed(version, bea, stages.BRAND), by=bea, reason="Too soon.")

    with pytest.raises(IntegrityError, match="one person signs one stage"):
        raw(version, signed_by=bea, stage=stages.LEGAL)


def test_the_database_refuses_a_stage_that_nobody_asked_for(version, bea):
    with pytest.raises(IntegrityError, match="nobody asked this version"):
        raw(version, signed_by=bea, requirement=version.requirements.get(stage="legal"))


@pytest.mark.parametrize("decision", [CHANGES, REJECTED])
def test_the_database_refuses_an_objection_without_a_comment(version, bea, decision):
    with pytest.raises(IntegrityError, match="objections_have_a_comment"):
        raw(version, signed_by=bea, decision=decision)


def test_the_database_refuses_a_withdrawal_without_a_reason(version, bea):
    with pytest.raises(IntegrityError, match="withdrawal_has_a_reason"), transaction.atomic():
        Withdrawal.objects.create(version=version, withdrawn_by=bea, reason="")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE review_signoff SET decision = 'approved'",
        "UPDATE review_signoff SET signed_by_id = signed_by_id + 1",
        "UPDATE review_signoff SET note = 'changed', withdrawn_at = CURRENT_TIMESTAMP",
        "UPDATE review_withdrawal SET reason = 'changed'",
        "DELETE FROM review_signoff",
        "DELETE FROM review_withdrawal",
    ],
)
def test_the_database_refuses_to_change_what_was_signed_or_withdrawn(version, bea, sql):
    make.signed(version, bea, stages.BRAND, CHANGES, "Wrong red.")
    signoff.withdraw_version(version, by=bea, reason="Wrong red.")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_database_lets_a_signature_be_withdrawn_once_and_never_stand_again(version, bea):
    make.signed(version, bea, stages.BRAND)
    assert SignOff.objects.update(withdrawn_at=now()) == 1

    for again in (None, now()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            SignOff.objects.update(withdrawn_at=again)


# What is shown where one signs


def test_every_word_that_is_signed_stands_on_the_page(client, project, maya, dan, bea, preset):
    words = {
        "subject": "a red sneaker\non a teal background",
        "mood": "bold",
        "palette": ["teal"],
        "avoid": "people and text",
        "markets": ["DE"],
        "formats": ["4:5"],
        "due": datetime.date(2031, 3, 9),
        "notes": "First line.\nSecond line.",
    }
    run = make.run(project, maya, preset, **words)
    version = make.asset(make.candidates(run)[0], dan).versions.get()
    client.force_login(bea)

    page = client.get(reverse("review:version", args=[version.pk])).content.decode()
    brief = client.get(reverse("review:brief", args=[run.brief_id])).content.decode()

    told = {
        "due": "9 March 2031",
        "use_class": "Customer-facing",
        "count": "2 of 5 candidates",
        "target": "2 of 5 candidates",
    }
    for name, value in version.frozen["brief"].items():
        wanted = told.get(name, ", ".join(value) if isinstance(value, list) else str(value))
        assert wanted in page, name
        assert wanted in brief or name == "title", name


def test_a_comment_of_several_lines_keeps_them(client, version, bea):
    make.signed(version, bea, stages.BRAND, SignOff.Decision.REJECTED, note="Too dark.\nWrong red.")
    client.force_login(bea)

    page = client.get(reverse("review:version", args=[version.pk])).content.decode()

    assert '<span class="small as-written">“Too dark.\nWrong red.”</span>' in page


@pytest.mark.parametrize("damage", ["lost", "other bytes"])
def test_nobody_signs_a_picture_whose_bytes_are_not_there(client, version, bea, damage):
    name = files.name_of(version.candidate.picture_id)
    content = files.read(version.candidate.picture_id)
    storage.delete(name)
    if damage == "other bytes":
        storage.write(name, io.BytesIO(b"another picture"), media_type="image/webp")
    client.force_login(bea)
    try:
        page = client.get(reverse("review:version", args=[version.pk])).content.decode()
        with pytest.raises(Refused, match="missing or damaged"):
            make.signed(version, bea, stages.BRAND)
    finally:
        files.mend(version.candidate.picture, io.BytesIO(content))

    assert "missing or damaged, so nobody signs it" in page
    assert "Sign as brand" not in page
    make.signed(version, bea, stages.BRAND)


# What is written is counted as people see it, and comes back with what is wrong with it


def in_lines(length: int) -> str:
    """Of so many characters with its line breaks, each of which a browser sends as two."""
    return "\r\n".join(["line"] * (length // 5)) + "s"


def test_a_reason_of_a_thousand_characters_in_lines_is_long_enough_and_kept(client, approved, leo):
    client.force_login(leo)
    url = reverse("review:version-withdrawal", args=[approved.pk])

    assert client.post(url, {"reason": in_lines(1000)}).status_code == 302
    assert approved.withdrawals.get().reason == in_lines(1000).replace("\r\n", "\n")


@pytest.mark.parametrize(("reason", "told"), [("a " * 501, "at most 1000 characters"), ("\x07 and more", "U+0007")])
def test_a_reason_that_can_not_be_taken_comes_back_with_what_is_wrong(client, approved, leo, reason, told):
    client.force_login(leo)
    signed = approved.signoffs.get(stage="legal")
    of_version, of_signoff = (
        client.post(reverse(name, args=[pk]), {"reason": reason})
        for name, pk in [("review:version-withdrawal", approved.pk), ("review:signoff-withdrawal", signed.pk)]
    )

    for answer in (of_version, of_signoff):
        assert answer.status_code == 422
        assert told in answer.content.decode()
        assert reason.strip() in answer.content.decode()
    assert not approved.withdrawals.exists()


def test_a_comment_in_lines_counts_each_break_once(client, version, bea):
    client.force_login(bea)
    form = {"stage": "brand", "seen": version.fingerprint, "decision": "rejected", "note": in_lines(4000)}

    assert client.post(reverse("review:signoffs", args=[version.pk]), form).status_code == 302
    assert version.signoffs.get().note == in_lines(4000).replace("\r\n", "\n")
