from __future__ import annotations

import secrets
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from creative.evidence import anchors, audit, verify
from creative.evidence.acts import Act
from creative.evidence.chain import GENESIS, hash_of
from creative.models import Chain, Event, Membership
from tests.plugins.flush import without_triggers


@pytest.fixture(autouse=True)
def folder(monkeypatch):
    """Of this test's own: anchors outlive the rows of other tests, as they should."""
    monkeypatch.setattr(anchors, "FOLDER", f"anchors-{secrets.token_hex(8)}")


@pytest.fixture
def log(project, maya):
    return [audit.record(project, maya, Act.DEMO_TOLD, number=number) for number in range(1, 5)]


def tamper(sql: str, *values: str | int) -> None:
    """As somebody does who owns the database."""
    with transaction.atomic(), without_triggers(connection), connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.execute("DELETE FROM creative_payload WHERE event_id NOT IN (SELECT id FROM creative_event)")


def test_each_line_follows_the_one_before(log):
    assert [event.sequence for event in log] == [1, 2, 3, 4]
    assert log[0].previous == GENESIS
    assert [event.previous for event in log[1:]] == [event.hash for event in log[:-1]]
    assert verify.problems() == []


def test_a_project_and_the_site_have_chains_of_their_own(log, project, other_project, pia):
    other = audit.record(other_project, pia, Act.DEMO_TOLD)
    site = audit.record(None, pia, Act.DEMO_TOLD)

    assert (other.sequence, site.sequence) == (1, 1)
    assert {other.scope, site.scope} == {f"project:{other_project.pk}", "site"}
    assert verify.problems() == []


def test_a_worker_is_no_person(project):
    assert audit.record(project, None, Act.DEMO_TOLD).actor_id is None


def test_a_line_stands_or_falls_with_what_it_tells_of(log, project, maya):
    with pytest.raises(RuntimeError), transaction.atomic():
        audit.record(project, maya, Act.USER_ADDED)
        raise RuntimeError

    assert not Event.objects.filter(act=Act.USER_ADDED).exists()
    audit.record(project, maya, Act.DEMO_TOLD)
    assert verify.problems() == []


@pytest.mark.parametrize("data", [{"share": 0.5}, {"deep": {"list": [1, [2, 3.0]]}}])
def test_a_float_is_refused_because_its_json_differs_between_databases(project, maya, data):
    with pytest.raises(TypeError, match="float"):
        audit.record(project, maya, Act.DEMO_TOLD, **data)

    assert not Event.objects.filter(act=Act.DEMO_TOLD).exists()


def test_what_is_hashed_survives_the_database(project, maya):
    audit.record(project, maya, Act.DEMO_TOLD, words="naïve “ß” 写真", numbers=[1, 2**53], nothing=None, yes=True)

    assert verify.problems() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("act", "test.never"),
        ("actor_id", 4711),
        ("payload_digest", "0" * 64),
        ("at", "2020-01-01T00:00:00.000000+00:00"),
    ],
)
def test_an_edited_line_is_found(log, column, value):
    tamper(f"UPDATE creative_event SET {column} = %s WHERE id = %s", value, log[1].pk)

    assert any("event 2 was edited" in problem for problem in verify.problems())


def test_an_edited_line_with_its_hash_made_good_is_found_by_the_next_one(log):
    log[1].act = "test.never"
    tamper(
        "UPDATE creative_event SET act = %s, hash = %s WHERE id = %s",
        log[1].act,
        hash_of(log[1].line),
        log[1].pk,
    )

    assert any("event 3 does not follow" in problem for problem in verify.problems())


def test_a_deleted_line_is_found(log):
    tamper("DELETE FROM creative_event WHERE id = %s", log[1].pk)

    assert any("event 2 is missing" in problem for problem in verify.problems())


def test_two_lines_that_changed_places_are_found(log):
    second, third = log[1], log[2]
    tamper("UPDATE creative_event SET sequence = 99 WHERE id = %s", second.pk)
    tamper("UPDATE creative_event SET sequence = 2 WHERE id = %s", third.pk)
    tamper("UPDATE creative_event SET sequence = 3 WHERE id = %s", second.pk)

    problems = verify.problems()
    assert f"{log[0].scope}: 2 events, the first of them event 2, each was edited." in problems
    assert any("does not follow" in problem for problem in problems)


def test_many_missing_lines_are_one_sentence(log):
    tamper("DELETE FROM creative_event WHERE sequence IN (2, 3)")

    assert verify.problems() == [f"{log[0].scope}: 2 events, the first of them event 2, each is missing."]


def test_a_payload_that_no_act_erased_is_missed(log):
    tamper("DELETE FROM creative_payload WHERE event_id = %s", log[1].pk)

    assert verify.problems() == [f"{log[0].scope}: event 2 lost what it said, and no act erased it."]


def test_a_cut_tail_is_found_by_the_head(log):
    tamper("DELETE FROM creative_event WHERE id = %s", log[-1].pk)

    assert any("cut off: 4 events were written, 3 stand" in problem for problem in verify.problems())


def test_a_cut_tail_whose_head_was_cut_too_is_found_by_the_anchor(log):
    assert anchors.write()
    tamper("DELETE FROM creative_event WHERE id = %s", log[-1].pk)
    Chain.objects.filter(scope=log[0].scope).update(length=3, head=log[2].hash)

    [problem] = verify.problems()
    assert "saw 4 events, 3 stand" in problem


def test_a_whole_chain_written_anew_is_found_by_the_anchor(log, project, maya):
    anchors.write()
    tamper("DELETE FROM creative_event WHERE scope = %s", log[0].scope)
    Chain.objects.filter(scope=log[0].scope).delete()
    for number in range(4):
        audit.record(project, maya, Act.USER_CHANGED, number=number)

    [problem] = verify.problems()
    assert "event 4 differs" in problem


def test_a_missing_head_is_found(log):
    Chain.objects.filter(scope=log[0].scope).delete()

    assert f"{log[0].scope}: its head is missing." in verify.problems()


def test_an_empty_log_is_whole_and_needs_no_anchor(db):
    assert anchors.write() is None
    assert verify.problems() == []


@pytest.mark.parametrize("sql", ["UPDATE creative_event SET act = 'test.never'", "DELETE FROM creative_event"])
def test_the_database_itself_refuses_to_change_a_line(log, sql):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert verify.problems() == []


def test_the_database_itself_refuses_to_empty_the_log(log):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with (
        pytest.raises(DatabaseError, match="append-only|line by line"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE creative_event CASCADE")


def test_the_models_own_ways_are_refused_too(log):
    log[0].act = "test.never"
    for change in (lambda: log[0].save(), lambda: log[0].delete(), lambda: Event.objects.update(act="test.never")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_verify_audit_says_that_the_log_is_whole(log):
    Membership.objects.all().delete()  # the cast's, which no verb made
    said = StringIO()
    call_command("verify_audit", stdout=said)

    assert said.getvalue() == "4 events in 1 chains, 0 anchors, 0 rows: whole.\n"


def test_verify_audit_names_what_is_wrong_and_fails(log):
    tamper("DELETE FROM creative_event WHERE id = %s", log[1].pk)
    said = StringIO()

    with pytest.raises(CommandError, match="does not hold"):
        call_command("verify_audit", stdout=StringIO(), stderr=said)

    assert "event 2 is missing" in said.getvalue()
