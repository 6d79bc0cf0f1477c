"""One press of a button counts once, however often its form arrives."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from creative import presses
from creative.models import Archival, Brief, Press, User
from generation.models import Reproduction, Run
from review.culling import shortlist
from review.models import BlindPass, Export, VersionOrder
from tests import make
from tests.races.threads import at_once

POSTED = {**make.WORDS, "use_class": "customer-facing"}


@pytest.fixture
def send(client: Client, maya: User) -> Callable[..., Any]:
    """Maya presses: `send("top-up", brief, count=3)`, again and again the same form."""
    client.force_login(maya)

    def sent(name: str, of: Any, by: User = maya, **fields: Any) -> Any:
        client.force_login(by)
        return client.post(reverse(name, args=[of.pk]), {"press": "0f" * 16, **fields})

    return sent


def told(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def listed(brief, candidates, dan):
    shortlist.add(candidates[0], by=dan)


ORDERS = {
    "a new brief": lambda w: ("generation:draft", w["project"], {}, Brief),
    "a brief": lambda w: ("generation:submission", w["draft"], POSTED, Run),
    "a top-up": lambda w: ("generation:top-up", w["brief"], {"count": 3}, Run),
    "more like one": lambda w: (
        "generation:more-like",
        w["candidate"],
        {"count": 2, "way": "seed", "closeness": "near"},
        Run,
    ),
    "the same again": lambda w: ("generation:reproductions", w["candidate"], {}, Reproduction),
    "a cancellation": lambda w: ("generation:cancellation", w["waiting"], {}, Run),
    "putting it away": lambda w: ("review:archival", w["brief"], {}, Archival),
    "a blind pass": lambda w: ("review:blind-pass", w["brief"], {"people": w["dan"].pk}, BlindPass),
}


@pytest.fixture
def world(project, brief, candidate, draft, preset, maya, dan):
    waiting = make.run(project, maya, preset)
    return {
        "project": project,
        "brief": brief,
        "candidate": candidate,
        "draft": draft,
        "waiting": waiting,
        "dan": dan,
    }


@pytest.mark.parametrize("what", ORDERS)
def test_the_same_form_again_orders_nothing_more_and_gets_the_firsts_answer(world, send, what):
    name, of, fields, model = ORDERS[what](world)
    first = send(name, of, **fields)
    assert first.status_code == 302, first.content.decode()[-2000:]
    count = model.objects.count()

    second = send(name, of, **fields)

    assert (second.status_code, second.headers["Location"]) == (302, first.headers["Location"])
    assert told(second)[-1:] == told(first)[-1:]
    assert model.objects.count() == count


def test_sent_to_review_twice_it_is_ordered_once(send, listed, brief, candidate, dan):
    first, second = (send("review:orders", brief, by=dan, candidate=candidate.pk) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert VersionOrder.objects.count() == 1


def test_exported_twice_it_is_ordered_once(send, project, approved, dan):
    first, second = (send("review:exports", project, by=dan, versions=approved.pk) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert Export.objects.count() == 1


def test_another_press_of_the_same_button_orders_again(send, brief):
    send("generation:top-up", brief, count=3)
    send("generation:top-up", brief, count=3, press="1e" * 16)
    send("generation:top-up", brief, count=2)  # as before, after Back and with another number

    assert [run.count for run in Run.objects.order_by("pk")] == [5, 3, 3, 2]


def test_a_colleague_with_the_same_id_orders_too(send, brief, dan):
    send("generation:top-up", brief, count=3)
    send("generation:top-up", brief, by=dan, count=3)

    assert Run.objects.count() == 3


def test_what_was_refused_can_be_sent_again(send, candidates, brief, dan):
    assert send("review:orders", brief, by=dan, candidate=candidates[0].pk).status_code == 409
    shortlist.add(candidates[0], by=dan)

    assert send("review:orders", brief, by=dan, candidate=candidates[0].pk).status_code == 302
    assert VersionOrder.objects.count() == 1


def test_what_was_answered_by_a_page_can_be_sent_again(send, draft, preset):
    words = POSTED
    assert send("generation:submission", draft, **{**words, "count": "many"}).status_code == 422
    assert not Press.objects.exists()

    assert send("generation:submission", draft, **words).status_code == 302


@pytest.mark.parametrize(("name", "of"), [("generation:draft", "project"), ("generation:top-up", "brief")])
def test_two_presses_at_the_same_moment_order_once(transactional_db, request, brief, maya, name, of):
    url = reverse(name, args=[request.getfixturevalue(of).pk])
    before = Brief.objects.count() + Run.objects.count()
    clients = [Client() for _ in range(4)]
    for client in clients:
        client.force_login(maya)

    answers = at_once(*[lambda client=client: client.post(url, {"press": "a" * 32, "count": 3}) for client in clients])

    assert {answer.status_code for answer in answers} == {302}, answers
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert Brief.objects.count() + Run.objects.count() == before + 1


def test_presses_are_forgotten_after_a_week(send, brief):
    send("generation:top-up", brief, count=3)

    assert presses.forget(before=now() - presses.KEPT) == 0
    assert presses.forget(before=now() + datetime.timedelta(seconds=1)) == 1
