"""However long the history, claims and sweeps read the index of open work alone. As planned by the database itself."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from creative.work import kinds
from creative.work.leases import OPEN, Leased, open_index
from generation import scheduling
from generation.checking import Checkings
from generation.models import Batch, Checking, Reproduction
from generation.rendering import Batches
from generation.reproductions import Reproductions
from review.delivery.building import Exports
from review.models import Export, VersionOrder
from review.signing.entry import VersionOrders

OVER = 500  # rows
KINDS = [Batches, Reproductions, Checkings, Exports, VersionOrders]
MODELS = [model for model in apps.get_models() if issubclass(model, Leased)]


def of_open_work(model: type[Leased]) -> set[str]:
    """Its indexes that hold nothing else, those of constraints among them."""
    return {each.name for each in (*model._meta.indexes, *model._meta.constraints) if each.condition == OPEN}


def index_of(model: type[Leased]) -> str:
    [index] = [index for index in model._meta.indexes if index.condition == OPEN]
    return index.name


@pytest.fixture
def history(asset, run, candidate, maya) -> None:
    """More work that is over than a page of the table holds, of every kind: in an empty one any index is as good."""
    order = asset.orders.get()
    over: dict[Any, list[Any]] = {
        Batch: [Batch(run=run, first=1000 + number, count=1) for number in range(OVER)],
        Reproduction: [Reproduction(candidate=candidate, asked_by=maya) for _ in range(OVER)],
        Checking: [Checking(candidate=candidate, stands=False) for _ in range(OVER)],
        Export: [Export(project=run.project, ordered_by=maya) for _ in range(OVER)],
        VersionOrder: [
            VersionOrder(
                asset=asset,
                candidate=candidate,
                shortlisting_id=order.shortlisting_id,
                after=1 + number,
                ordered_by=maya,
            )
            for number in range(OVER)
        ],
    }
    for model, rows in over.items():
        for row in rows:
            row.status, row.finished_at = model.Status.CANCELLED, now()
        model.objects.bulk_create(rows)
    if connection.vendor == "postgresql":  # whose own daemon would; nobody analyzes an SQLite
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def plan(queryset) -> str:
    """With bound parameters, as the app asks: of literals SQLite would prove more."""
    sql, parameters = queryset.query.sql_with_params()
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # which reads short tables whole, joins and sorts them in any way
            for way in ("seqscan", "bitmapscan", "mergejoin", "hashjoin", "sort"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
            cursor.execute("SET LOCAL join_collapse_limit = 1")
        cursor.execute(f"{explain} {sql}", parameters)
        return "\n".join(str(row) for row in cursor.fetchall())


def test_every_leased_model_has_its_kind():
    assert {kind.model for kind in KINDS} == set(MODELS)


@pytest.mark.parametrize("kind", KINDS)
def test_claims_read_the_index_of_open_work_in_its_order(history, kind):
    found = plan(kinds._queue(kind))

    assert index_of(kind.model) in found
    assert "SORT" not in found.upper()
    assert "TEMP B-TREE" not in found


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("asked", ["open", "claimable", "lapsed", "exhausted"])
def test_sweeps_read_the_index_of_open_work(db, model, asked):
    found = plan(getattr(model.objects, asked)())

    assert any(name in found for name in of_open_work(model))


def test_every_query_of_the_sweep_asks_for_open_work_first(db):
    with CaptureQueriesContext(connection) as queries:
        scheduling.sweep()
        kinds.sweep([Checkings, Exports, VersionOrders])

    assert len(queries) == 2 * len(KINDS)
    assert all(re.search(r'WHERE \(*"\w+"."finished_at" IS NULL', query["sql"]) for query in queries)


def test_an_index_of_open_work_is_one_of_what_has_not_finished():
    assert open_index("name", "first").condition == OPEN
