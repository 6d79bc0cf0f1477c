"""Pages, asked for through every middleware by somebody signed in."""

from __future__ import annotations

import re
import statistics

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import stage
from bench.results import Measured
from bench.timing import Side, alternated, medians, seconds_of
from generation import runs
from review.views.candidates import PAGE
from tests import make

CANDIDATES = 20
ROWS = (20, 200, 2000)
DEEP = 200_000
A_BRIEF = 1000  # candidates
REQUESTS = 100


def not_modified() -> Measured:
    here = stage.with_stand_in(side=64, batch_size=4)
    run = here.order(CANDIDATES)
    assert len(make.candidates(run)) == CANDIDATES
    client, page = here.client(), reverse("review:brief", args=[run.brief_id])
    runs.top_up(run.brief, by=here.person, count=4)  # so that the page polls
    poll = re.search(r'hx-get="([^"]+since=\w+)"', client.get(page).content.decode())
    assert poll
    again = _asking(client, poll[1], 204)
    whole = _asking(client, page, 200)
    for warm_up in (again, whole):
        warm_up()
    ours, other = medians(again, whole, rounds=REQUESTS)
    what = (
        f"A poll that finds nothing new / a full render of a brief page with {CANDIDATES} candidates, by Django's "
        f"test client signed in. Median of {REQUESTS} requests."
    )
    return Measured(ours / other, ours * 1000, other * 1000, "milliseconds", what)


def sheet_queries(rows: tuple[int, ...] = ROWS) -> Measured:
    counts: dict[str, list[int]] = {"review:candidates": [], "review:brief": [], "review:cull": []}
    for count in rows:
        here = stage.with_stand_in(side=1024, batch_size=4)
        brief, client = here.brief_holding(count), here.client()
        for name, found in counts.items():
            key = here.project.pk if name == "review:candidates" else brief.pk
            found.append(_queries(client, reverse(name, args=[key])))
    worst = max(counts.values(), key=lambda found: max(found) / min(found))
    listed = "; ".join(f"{name.partition(':')[2]} {', '.join(map(str, found))}" for name, found in counts.items())
    what = (
        f"Queries of a page, most / fewest over {', '.join(map(str, rows))} candidates; of the project's candidates, "
        f"the brief's page and its culling room the worst. Counted: {listed}."
    )
    return Measured(max(worst) / min(worst), max(worst), min(worst), "queries", what)


def deep_page(rows: int = DEEP, requests: int = REQUESTS) -> Measured:
    here = stage.with_stand_in(side=1024, batch_size=4)
    briefs = [here.brief_holding(A_BRIEF) for _ in range(rows // A_BRIEF)]
    client, page = here.client(), reverse("review:candidates", args=[here.project.pk])
    oldest = briefs[0].candidates.order_by("pk")[:PAGE]
    last = _asking(client, f"{page}?before={max(c.pk for c in oldest) + 1}", 200)
    first = _asking(client, page, 200)
    for warm_up in (last, first):
        warm_up()
    deep, near = (statistics.quantiles(times, n=20)[-1] for times in alternated(last, first, rounds=requests))
    what = (
        f"The last / the first page of a project's {rows:,} candidates, {PAGE} on each, 95th percentile of {requests} "
        f"requests by Django's test client signed in."
    )
    return Measured(deep / near, deep * 1000, near * 1000, "milliseconds", what)


def _asking(client: Client, page: str, status: int) -> Side:
    def ask() -> None:
        response = client.get(page)
        assert response.status_code == status, f"{page}: {response.status_code}"

    return lambda: seconds_of(ask)


def _queries(client: Client, page: str) -> int:
    client.get(page)  # what is looked up once a process
    with CaptureQueriesContext(connection) as queries:
        response = client.get(page)
    assert response.status_code == 200, f"{page}: {response.status_code}"
    return len(queries)
