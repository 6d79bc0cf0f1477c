"""History that is over costs nothing: what waits is the same, beside all of it or beside a hundredth.

Each side is a process with a database of its own, asked in turn with the other. Run as a module, this is one: it fills
its database, then measures whatever it reads the name of.
"""

from __future__ import annotations

import atexit
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from bench.results import Measured

if TYPE_CHECKING:
    from django.test import Client

    from creative.models import Brief, Project, User
    from generation.models import Run

BATCHES, VERSIONS, EVENTS = 250_000, 20_000, 300_000
WAITING = 20  # versions, and batches
LITTLE = 0.01
ENGINES = {"embedded": "SQLite", "services": "PostgreSQL"}
BRIEFS = 1000  # that the history is spread over, at its full length
ROUNDS = 30
CHUNK = 5000  # rows in one INSERT
READY = "ready"


def history(name: str) -> Measured:
    """The worse of both engines: with all the history / with a hundredth of it."""
    found = {engine: _sides(engine, name) for engine in ENGINES}
    engine = max(found, key=lambda each: found[each][0] / found[each][1])
    ours, other = found[engine]
    told = "; ".join(f"{ENGINES[each]} {a * 1000:.1f} / {b * 1000:.1f} ms" for each, (a, b) in found.items())
    what = (
        f"{WHAT[name]}, with {BATCHES:,} batches, {VERSIONS:,} versions and {EVENTS:,} events that are over / with "
        f"1 % of each, beside the same {WAITING} that wait. The worse of both engines, median of {ROUNDS}: {told}."
    )
    return Measured(ours / other, ours * 1000, other * 1000, "milliseconds", what)


def _sides(engine: str, name: str) -> tuple[float, float]:
    processes = _processes()
    long, short = processes[engine, 1.0], processes[engine, LITTLE]
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(ROUNDS + 2):  # the first two warm up
        for side in (1, 0) if turn % 2 else (0, 1):
            seconds = _asked((long, short)[side], name)
            if turn > 1:
                times[side].append(seconds)
    return statistics.median(times[0]), statistics.median(times[1])


@cache
def _processes() -> dict[tuple[str, float], subprocess.Popen[str]]:
    """By engine and share: filled once, side by side, and asked for every figure."""
    started = {(engine, share): _started(engine, share) for engine in ENGINES for share in (1.0, LITTLE)}
    for (engine, _), process in started.items():
        assert process.stdout
        while (line := process.stdout.readline().strip()) != READY:
            if process.poll() is not None:
                raise RuntimeError(f"The history on {engine} could not be made: {line}")
    return started


def _started(engine: str, share: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.history", str(share)],
        env={**os.environ, "WINNOW_TEST_ON": engine},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.terminate)
    return process


def _asked(process: subprocess.Popen[str], name: str) -> float:
    assert process.stdin and process.stdout
    print(name, file=process.stdin, flush=True)
    return float(process.stdout.readline())


WHAT = {
    "history_claim": "Claiming the next batch and sweeping, taken back each time",
    "history_home": "The home pages of a designer and of a brand reviewer",
    "history_queue": "The brand reviewer's queue",
    "history_feed": "A culling room's feed five events behind, and a brief's live part with nothing new",
}


class World:
    """A project with its history, and what waits in it."""

    def __init__(self, share: float) -> None:
        from creative.roles import Role
        from tests import make

        self.project: Project = make.project()
        self.dan: User = make.member(self.project, "dan", Role.DESIGNER)
        self.bea: User = make.member(self.project, "bea", Role.REVIEWER, stage="brand")
        self.leo: User = make.member(self.project, "leo", Role.REVIEWER, stage="legal")
        self.maya: User = make.member(self.project, "maya", Role.MARKETER)
        self.preset = make.preset(batch_size=1)
        self.picture = make.picture("0" * 64)
        self.picture.save(force_insert=True)
        briefs = max(1, round(BRIEFS * share))
        self._over(briefs, round(BATCHES * share), round(VERSIONS * share), round(EVENTS * share))
        self._waiting()
        self.token: str | None = None  # of the brief's live part

    def _over(self, briefs: int, batches: int, versions: int, events: int) -> None:
        for number in range(briefs):
            brief = self._brief(f"Brief {number}", closed=True)
            self._versions(brief, self._run(brief, batches // briefs, done=True), versions // briefs, signed=True)
            self._events(brief, events // briefs)

    def _waiting(self) -> None:
        for number in range(WAITING):
            brief = self._brief(f"Waiting {number}", closed=False)
            self._versions(brief, self._run(brief, 1, done=True), 1, signed=False)
        self.room = self._brief("The room", closed=False)
        self._run(self.room, WAITING, done=False)
        self._events(self.room, WAITING)

    def _brief(self, title: str, *, closed: bool) -> Brief:
        from django.utils.timezone import now

        from creative.models import Brief, BriefRevision

        at = now() - _years(2) if closed else now()
        brief = Brief.objects.create(
            project=self.project, created_by=self.maya, created_at=at, closed_at=at if closed else None
        )
        BriefRevision.objects.create(
            brief=brief,
            number=1,
            title=title,
            subject="a red sneaker",
            written_by=self.maya,
            submitted_by=self.maya,
            written_at=at,
            submitted_at=at,
        )
        return brief

    def _run(self, brief: Brief, batches: int, *, done: bool) -> Run:
        from django.utils.timezone import now

        from generation import presets
        from generation.models import Batch, Run

        revision = brief.revisions.get()
        recipe = presets.recipe(self.preset, revision.words(), seed=brief.pk)
        runs = Run.objects.bulk_create(
            Run(
                project=self.project,
                brief=brief,
                revision=revision,
                preset=self.preset,
                recipe_data=recipe.as_dict(),
                first=first,
                count=min(25, batches - first),
                policy=0,
                price=self.preset.price,
                started_by=self.maya,
                started_at=brief.created_at,
            )
            for first in range(0, batches, 25)
        )
        ended: dict[str, Any] = {"status": "done", "attempt": 1, "finished_at": now()} if done else {}
        _insert(
            Batch,
            (Batch(run=run, first=run.first + each, count=1, **ended) for run in runs for each in range(run.count)),
        )
        return runs[0]

    def _versions(self, brief: Brief, run: Run, count: int, *, signed: bool) -> None:
        from generation.models import Candidate
        from review.models import (
            Asset,
            Composition,
            Hand,
            Requirement,
            Shortlisting,
            SignOff,
            Turn,
            Version,
            VersionOrder,
        )

        at, batch = brief.created_at, run.batches.order_by("pk")[0]
        candidates = Candidate.objects.bulk_create(
            Candidate(
                project=self.project,
                brief=brief,
                run=run,
                batch=batch,
                index=index,
                seed=index,
                slot=0,
                picture=self.picture,
                small=self.picture,
                large=self.picture,
                width=1024,
                height=1024,
                gpu_seconds=1,
                environment={},
                made_at=at,
            )
            for index in range(count)
        )
        listed = Shortlisting.objects.bulk_create(
            Shortlisting(brief=brief, candidate=each, position=place, shortlisted_by=self.dan, shortlisted_at=at)
            for place, each in enumerate(candidates, 1)
        )
        assets = Asset.objects.bulk_create(Asset(project=self.project, brief=brief, made_at=at) for _ in candidates)
        orders = VersionOrder.objects.bulk_create(
            VersionOrder(
                asset=asset,
                candidate=row.candidate,
                shortlisting=row,
                after=0,
                ordered_by=self.dan,
                ordered_at=at,
                status="done",
                attempt=1,
                finished_at=at,
            )
            for asset, row in zip(assets, listed, strict=True)
        )
        frozen = {"brief": {"title": "Hero", "due": None, "revision": 1}, "policy": {"number": 0}}
        versions = Version.objects.bulk_create(
            Version(
                asset=order.asset,
                number=1,
                order=order,
                candidate=order.candidate,
                frozen=frozen,
                fingerprint="0" * 64,
                made_at=at,
            )
            for order in orders
        )
        picture = {"file": self.picture, "small": self.picture, "large": self.picture}
        Composition.objects.bulk_create(Composition(version=version, **picture) for version in versions)
        Hand.objects.bulk_create(Hand(version=version, person=self.maya, how="wrote") for version in versions)
        asked = Requirement.objects.bulk_create(
            Requirement(version=version, stage=stage, order=order, because="customer-facing")
            for version in versions
            for order, stage in enumerate(("brand", "legal"), 1)
        )
        if signed:
            SignOff.objects.bulk_create(
                SignOff(
                    version=each.version,
                    requirement=each,
                    stage=each.stage,
                    decision="approved",
                    fingerprint="0" * 64,
                    signed_by=self.bea if each.stage == "brand" else self.leo,
                    signed_at=at,
                )
                for each in asked
            )
        else:
            Turn.objects.bulk_create(
                Turn(
                    requirement=each,
                    version=each.version,
                    project=self.project,
                    brief=brief,
                    stage=each.stage,
                    seat=1,
                    since=at,
                )
                for each in asked
                if each.stage == "brand"
            )

    def _events(self, brief: Brief, count: int) -> None:
        from creative.evidence import audit
        from creative.evidence.acts import Act
        from creative.models import Chain, Event, Payload

        scope = audit.scope_of(self.project)
        chain, _ = Chain.objects.get_or_create(scope=scope)
        events = Event.objects.bulk_create(
            (
                Event(
                    scope=scope,
                    sequence=chain.length + each,
                    act=Act.CANDIDATES_MARKED,
                    brief_id=brief.pk,
                    actor_id=self.dan.pk,
                    at=brief.created_at.isoformat(),
                    payload_digest="0" * 64,
                    previous="0" * 64,
                    hash="0" * 64,
                )
                for each in range(1, count + 1)
            ),
            batch_size=CHUNK,
        )
        _insert(
            Payload, (Payload(event=event, salt="0" * 64, data={"mark": "0" * 32, "changes": []}) for event in events)
        )
        Chain.objects.filter(pk=chain.pk).update(length=chain.length + count)

    def history_claim(self) -> None:
        from django.db import transaction

        from creative.work import kinds
        from generation.rendering import Batches
        from generation.reproductions import Reproductions

        with transaction.atomic():
            assert kinds.claim_next(Batches, "bench")
            kinds.sweep([Batches, Reproductions])
            transaction.set_rollback(True)

    def history_home(self) -> None:
        for person in (self.dan, self.bea):
            _get(_client(person), "/")

    def history_queue(self) -> None:
        _get(_client(self.bea), "/review/")

    def history_feed(self) -> None:
        from creative.evidence import history as told

        client = _client(self.dan)
        _get(client, f"/briefs/{self.room.pk}/marks/?since={told.newest(self.room.pk) - 5}")
        page = f"/briefs/{self.room.pk}/progress/"
        if self.token is None:
            found = re.search(r"since=(\w+)", _get(client, page).content.decode())
            assert found
            self.token = found[1]
        _get(client, f"{page}?since={self.token}", 204)


def _insert(model: Any, rows: Iterator[Any]) -> None:
    while chunk := list(islice(rows, CHUNK)):
        model.objects.bulk_create(chunk)


def _years(count: int) -> Any:
    import datetime

    return datetime.timedelta(days=365 * count)


@cache
def _client(person: User) -> Client:
    from django.test import Client

    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _get(client: Client, page: str, status: int = 200) -> Any:
    response = client.get(page)
    assert response.status_code == status, f"{page}: {response.status_code}"
    return response


def main(share: float) -> None:
    import django

    from tests import backend

    with backend.start():
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        django.setup()
        from django.core.management import call_command
        from django.db import connection, transaction

        call_command("migrate", verbosity=0)
        with transaction.atomic():
            world = World(share)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")  # as autovacuum does within a minute
        print(READY, flush=True)
        for line in sys.stdin:
            work: Callable[[], None] = getattr(world, line.strip())
            started = time.perf_counter()
            work()
            print(time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]))
