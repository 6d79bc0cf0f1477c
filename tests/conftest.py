"""The cast: five colleagues on one project, the people of another, and a stranger to both."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from creative import stages, storage
from creative.models import Brief, Project, User
from creative.roles import Role
from generation import runs
from generation.models import Candidate, Preset, Run
from review.models import Asset, Version
from tests import make
from tests.painter import Painter


@pytest.fixture(autouse=True)
def seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same in every test, so that a picture which an earlier one stored is not written to the disk again."""
    seeds = itertools.count(1000, 1000)
    monkeypatch.setattr(runs, "secrets", SimpleNamespace(randbelow=lambda end: next(seeds)))


@pytest.fixture(autouse=True, scope="session")
def stored() -> Iterator[None]:
    """What a test deletes is written again by the next one that needs it."""
    delete = storage.delete

    def delete_and_forget(name: str) -> None:
        make.stored.discard(name)
        delete(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage, "delete", delete_and_forget)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """While a browser's event loop runs Django's connection is another one than after it, and stays open.

    The one of after it may have been cut by a test of connections that are.
    """
    yield
    connection.close()
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def project(db) -> Project:
    return make.project()


@pytest.fixture
def other_project(db) -> Project:
    return make.project("Summer menu", brand="Solmint")


@pytest.fixture
def maya(project: Project) -> User:
    return make.member(project, "maya", Role.MARKETER)


@pytest.fixture
def dan(project: Project) -> User:
    return make.member(project, "dan", Role.DESIGNER)


@pytest.fixture
def bea(project: Project) -> User:
    return make.member(project, "bea", Role.REVIEWER, stage="brand")


@pytest.fixture
def leo(project: Project) -> User:
    """Of the site as well, as pia is."""
    return make.of_site(make.member(project, "leo", Role.REVIEWER, stage="legal"), Role.REVIEWER)


@pytest.fixture
def pia(project: Project) -> User:
    return make.of_site(make.member(project, "pia", Role.PRODUCER))


@pytest.fixture
def stranger(db) -> User:
    """Signed in, and a member of nothing."""
    return make.person("sam")


@pytest.fixture
def other_people(other_project: Project) -> dict[str, User]:
    """Of the other project, by role, and the reviewers by stage."""
    return {
        stage or role.value: make.member(other_project, f"other-{stage or role.value}", role, stage)
        for role in Role
        for stage in (("brand", "legal") if role == Role.REVIEWER else ("",))
    }


@pytest.fixture
def painter() -> Painter:
    return Painter()


@pytest.fixture
def preset(db) -> Preset:
    return make.preset()


@pytest.fixture
def draft(project: Project, maya: User) -> Brief:
    """Open: five candidates wanted, customer-facing, not submitted."""
    return make.draft(project, maya)


@pytest.fixture
def run(project: Project, maya: User, preset: Preset) -> Run:
    """Five candidates in batches of two, waiting for a worker."""
    return make.run(project, maya, preset)


@pytest.fixture
def brief(run: Run) -> Brief:
    """Submitted."""
    return run.brief


@pytest.fixture
def candidates(run: Run) -> list[Candidate]:
    return make.to_cull(run)


@pytest.fixture
def candidate(candidates: list[Candidate]) -> Candidate:
    return candidates[0]


@pytest.fixture
def asset(candidate: Candidate, dan: User) -> Asset:
    """In review: brand, then legal."""
    return make.asset(candidate, dan)


@pytest.fixture
def version(asset: Asset) -> Version:
    return asset.versions.get()


@pytest.fixture
def approved(version: Version, bea: User, leo: User) -> Version:
    make.signed(version, bea, stages.BRAND)
    make.signed(version, leo, stages.LEGAL)
    return version
