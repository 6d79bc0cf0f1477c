"""Evidence is written once: the database itself refuses, and goes on refusing when a migration alters the table."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DatabaseError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState

from creative import references, stages
from creative.evidence.append_only import AppendOnly
from creative.models import Attestation, AttestationWithdrawal, CutOut, Event, Kit, Spending
from generation.models import Candidate, Finding, Refusal
from review.models import Composition, Hand, Requirement, SignOff, Version, Withdrawal
from review.signing import signoff
from tests import make

EVIDENCE = {
    Attestation,
    AttestationWithdrawal,
    Candidate,
    Composition,
    CutOut,
    Event,
    Finding,
    Hand,
    Kit,
    Refusal,
    Requirement,
    SignOff,
    Spending,
    Version,
    Withdrawal,
}


@pytest.fixture
def everything(transactional_db, version, bea, leo):
    """A row in each of these tables."""
    make.signed(version, bea, stages.BRAND)
    make.checked(version.candidate, make.finding())
    make.kit(version.asset.project, bea)
    attestation = make.attestation(make.reference(version.asset.project, bea), bea)
    make.cut_out(attestation.reference, bea)
    references.withdraw(attestation, by=bea, reason="cancelled")
    Refusal.objects.create(
        project=version.asset.project,
        brief=version.asset.brief,
        run=version.candidate.run,
        batch=version.candidate.batch,
        index=99,
        reason="No.",
    )
    signoff.withdraw_version(version, by=leo, reason="Recalled.")


def test_all_that_is_evidence_is_append_only():
    assert {model for model in apps.get_models() if issubclass(model, AppendOnly)} == EVIDENCE


def test_the_database_refuses_still_after_a_migration_altered_the_table(everything):
    plain = [(model, _plain_field(model)) for model in EVIDENCE]
    try:
        for model, field in plain:
            _alter(model, field, null=True)
        _migrated()
        for model in EVIDENCE:
            _refuses(model, "UPDATE {} SET id = id")
            _refuses(model, "DELETE FROM {}")
            if connection.vendor == "postgresql":
                _refuses(model, "TRUNCATE {} CASCADE")
    finally:
        for model, field in plain:
            _alter(model, field, null=False)
        _migrated()


def test_sqlite_replaces_no_row_either(everything):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL knows no REPLACE")
    for model in EVIDENCE:
        _refuses(model, "INSERT OR REPLACE INTO {0} SELECT * FROM {0}")


def test_sqlite_forgets_its_triggers_when_it_alters_a_table_so_they_are_armed_again(everything):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL alters a table in place")
    field = _plain_field(Event)
    try:
        _alter(Event, field, null=True)
        assert _triggers_of(Event) == set()
        _migrated()
        assert _triggers_of(Event) == {"creative_event_no_update", "creative_event_no_delete"}
    finally:
        _alter(Event, field, null=False)
        _migrated()


def test_what_may_change_once_changes_once_and_nothing_beside_it(everything):
    withdrawn = "UPDATE {} SET withdrawn_at = signed_at"
    _refuses(SignOff, f"{withdrawn}, note = 'Another.'")
    with connection.cursor() as cursor:
        cursor.execute(withdrawn.format(SignOff._meta.db_table))
    _refuses(SignOff, withdrawn)


def _refuses(model: type[models.Model], sql: str) -> None:
    assert model._default_manager.exists()
    refused = pytest.raises(DatabaseError, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(model._meta.db_table))


def _plain_field(model: type[models.Model]) -> str:
    return next(f.name for f in model._meta.local_concrete_fields if not (f.primary_key or f.is_relation or f.null))


def _alter(model: type[models.Model], name: str, *, null: bool) -> None:
    """As `migrate` does it."""
    app, table = model._meta.app_label, str(model._meta.model_name)
    state = ProjectState.from_apps(apps)
    before = state.models[app, table].fields[name]
    before.null = not null
    field = before.clone()
    field.null = null
    emit_pre_migrate_signal(verbosity=0, interactive=False, db="default")
    migration = migrations.Migration("altered", app)
    migration.operations = [migrations.AlterField(table, name, field)]  # type: ignore[misc]
    with connection.schema_editor() as editor:
        migration.apply(state, editor)


def _migrated() -> None:
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


def _triggers_of(model: type[models.Model]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [model._meta.db_table]
        )
        return {name for (name,) in cursor.fetchall()}
