"""Guards: every task has a queue, every queue a worker, every page a lock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from creative.celery import app
from creative.management.commands import launch

OPEN = {"creative:sign-in", "creative:welcome"}  # to anybody; the second to whoever holds its link
ARGUMENTS = {"IntConverter": 1, "SlugConverter": "small", "StringConverter": "1", "PathConverter": "1"}


def ours() -> list[str]:
    app.loader.import_default_modules()
    return sorted(name for name in app.tasks if not name.startswith("celery."))


def queue_of(task: str) -> str:
    return app.amqp.router.route({}, task)["queue"].name


def test_there_are_tasks_to_look_at():
    assert len(ours()) >= 5


@pytest.mark.parametrize("task", ours())
def test_every_task_has_a_route_of_its_own(task):
    assert task in app.conf.task_routes


def test_every_route_leads_to_a_task():
    assert set(app.conf.task_routes) == set(ours())


def queues_with_a_worker() -> set[str]:
    workers = (launch.generation_worker, launch.housekeeping_worker, launch.export_worker, launch.sweeps_worker)
    commands = [worker() for worker in workers]
    return {queue for command in commands for queue in command[command.index("--queues") + 1].split(",")}


@pytest.mark.parametrize("task", ours())
def test_every_queue_has_a_worker(task):
    assert queue_of(task) in queues_with_a_worker()


def test_no_worker_waits_at_a_queue_that_nobody_fills():
    assert queues_with_a_worker() == {queue_of(task) for task in ours()}


def test_what_beat_rings_is_a_task_and_expires_by_no_workers_clock():
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in ours()
        assert "options" not in entry


def test_nothing_but_sweeps_stands_before_a_sweep():
    assert {task for task in ours() if queue_of(task) == "sweeps"} == {
        "generation.tasks.sweep_batches",
        "generation.tasks.sweep_checkings",
        "review.tasks.sweep_work",
    }


def test_something_sweeps_after_every_bell_that_may_be_lost():
    rung = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert {"generation.tasks.sweep_batches", "review.tasks.sweep_work"} <= rung


def patterns(resolver: URLResolver, namespaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from patterns(entry, inner)
        elif entry.name:
            yield ":".join((*namespaces, entry.name)), entry


ROUTES = dict(patterns(get_resolver()))


def address(name: str, pattern: URLPattern) -> str:
    converters: dict[str, Any] = pattern.pattern.converters
    return reverse(name, kwargs={key: ARGUMENTS[type(value).__name__] for key, value in converters.items()})


def test_every_url_has_a_name():
    def nameless(resolver: URLResolver) -> Iterator[str]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from nameless(entry)
            elif not entry.name:
                yield str(entry.pattern)

    # The admin's are Django's own: redirects of old addresses, and its catch-all.
    assert set(nameless(get_resolver())) <= {"<path:object_id>/", "(?P<url>.*)$"}


@pytest.mark.parametrize("name", [name for name in ROUTES if name not in OPEN and not name.startswith("admin:")])
@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_is_not_signed_in_is_sent_to_sign_in(client, db, name, method):
    response = getattr(client, method)(address(name, ROUTES[name]))

    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("creative:sign-in"))


@pytest.mark.parametrize("name", [name for name in ROUTES if name.startswith("admin:") and name != "admin:login"])
def test_the_admin_sends_to_sign_in_too(client, db, name):
    pattern = ROUTES[name]
    if "app_label" in pattern.pattern.regex.groupindex:
        url = reverse(name, kwargs={"app_label": "creative"})
    elif name == "admin:view_on_site":
        url = reverse(name, args=[1, 1])
    else:
        url = address(name, pattern)
    response = client.get(url)

    assert response.status_code == 302
    assert "login" in response.headers["Location"] or "sign-in" in response.headers["Location"]


@pytest.mark.parametrize("name", sorted(OPEN))
def test_what_is_open_is_open(client, db, name):
    response = client.get(address(name, ROUTES[name]))

    assert response.status_code == (404 if "welcome" in name else 200)  # a link that nobody gave
