from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from creative.errors import Refused
from creative.evidence import audit, payloads, verify
from creative.evidence.acts import Act
from creative.evidence.chain import digest_of
from creative.models import Event, Payload
from tests.plugins.flush import without_triggers


@pytest.fixture
def event(project, maya) -> Event:
    return audit.record(project, maya, Act.DEMO_TOLD, brief=7, words="Call Erika on Friday.")


def again(event: Event) -> Event:
    return Event.objects.get(pk=event.pk)


def test_a_line_holds_the_digest_of_what_it_says_and_not_its_words(event):
    assert event.payload_digest == digest_of(event.payload.salt, {"words": "Call Erika on Friday."})
    assert again(event).data == {"words": "Call Erika on Friday."}
    assert "Erika" not in str(event.line)


def test_the_same_words_twice_have_two_digests(event, project, maya):
    other = audit.record(project, maya, Act.DEMO_TOLD, brief=7, words="Call Erika on Friday.")

    assert other.payload_digest != event.payload_digest


def test_erased_words_leave_the_chain_whole(event, pia):
    assert payloads.erase(again(event), by=pia, because="She asked us to.")

    assert again(event).is_erased
    assert again(event).data == {}
    assert not Payload.objects.filter(data__words="Call Erika on Friday.").exists()
    assert verify.problems() == []


def test_an_erasure_is_an_act_in_the_same_chain_and_of_the_same_brief(event, pia):
    payloads.erase(event, by=pia, because=" She asked us to. ")

    erasure = Event.objects.get(act=Act.PAYLOAD_ERASED)
    assert (erasure.scope, erasure.brief_id, erasure.actor_id) == (event.scope, 7, pia.pk)
    assert erasure.data == {"sequence": event.sequence, "because": "She asked us to."}


def test_it_is_erased_once(event, pia):
    stale = again(event)
    assert payloads.erase(event, by=pia, because="She asked us to.")
    assert not payloads.erase(stale, by=pia, because="She asked us to.")

    assert Event.objects.filter(act=Act.PAYLOAD_ERASED).count() == 1


def test_what_says_that_something_was_erased_stays(event, pia):
    payloads.erase(event, by=pia, because="She asked us to.")

    with pytest.raises(Refused, match="it stays"):
        payloads.erase(Event.objects.get(act=Act.PAYLOAD_ERASED), by=pia, because="To hide it.")


def test_an_erasure_needs_a_reason(event, pia):
    with pytest.raises(Refused, match="needs a reason"):
        payloads.erase(event, by=pia, because=" ")

    assert not again(event).is_erased


def test_producers_of_the_project_erase_and_nobody_else(event, maya, dan, bea, leo, stranger, other_people):
    for person in (maya, dan, bea, leo, stranger, *other_people.values()):
        with pytest.raises(PermissionDenied):
            payloads.erase(event, by=person, because="To hide it.")

    assert not again(event).is_erased


def test_what_the_site_says_is_erased_by_a_producer(project, maya, pia):
    event = audit.record(None, None, Act.USER_ADDED, user=maya.pk)

    with pytest.raises(PermissionDenied):
        payloads.erase(event, by=maya, because="To hide it.")
    assert payloads.erase(event, by=pia, because="She left.")


def test_a_payload_that_was_edited_is_found(event):
    with transaction.atomic(), without_triggers(connection):
        Payload.objects.filter(event=event).update(data={"words": "Call Max."})

    assert any("event 1 was edited" in problem for problem in verify.problems())


def test_the_database_itself_refuses_to_change_what_was_said(event):
    with pytest.raises(DatabaseError, match="erased, never changed"), transaction.atomic():
        Payload.objects.filter(event=event).update(data={})
