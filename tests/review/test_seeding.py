from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from creative import cut_outs, demo, members
from creative.evidence import anchors, rows, verify
from creative.models import Brief, Event, Membership, Project, User
from creative.uploads import door
from generation import checking, presets, scheduling
from generation.checks import CHECKS
from generation.engines.diffusers import weights
from generation.models import Batch, Candidate, Preset
from review import progress, seeding
from review.models import Flag, SignOff, Version
from review.progress import State


@pytest.fixture(autouse=True)
def starter(tmp_path, monkeypatch):
    """A pipeline folder to take a hash of; smaller orders, painted."""
    (tmp_path / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline"}')
    (tmp_path / "tokenizer").mkdir()
    (tmp_path / "tokenizer" / "tokenizer.json").write_bytes(presets.starter_tokenizer())
    monkeypatch.setattr(weights, "STARTER_FOLDER", tmp_path)
    monkeypatch.setattr(presets, "STARTER_BATCH", 4)
    monkeypatch.setattr(cut_outs, "weights", lambda: None)  # nor weights for checks and masks: each is tested alone
    monkeypatch.setattr(checking, "CHECKS", {name: CHECKS[name] for name in ("flat", "palette")})
    monkeypatch.setattr(door, "take", taken)
    monkeypatch.setattr(anchors, "FOLDER", f"audit-{id(monkeypatch)}")
    return tmp_path


def taken(content, real=door.take, known={}, **more):  # noqa: B006
    """By the real door, each file once: that takes a process."""
    key = content.read(), str(more)
    content.seek(0)
    if key not in known:
        known[key] = real(content, **more)
    return known[key]


@pytest.fixture
def make(painter):
    return lambda: scheduling.work(painter.load, worker="seed", saver_threads=0)


@pytest.fixture
def seeded(db, make):
    seeding.seed(make, 8)


def counts() -> dict[str, int]:
    tables = (User, Project, Membership, Brief, Preset, Candidate, Flag, Version, SignOff, Batch, Event)
    return {table.__name__: table.objects.count() for table in tables}


@pytest.mark.once
def test_the_five_people_hold_their_roles_in_three_projects_of_two_brands(seeded):
    assert Project.objects.count() == 3
    assert Project.objects.values("brand").distinct().count() == 2
    for person in demo.PEOPLE:
        roles = Membership.objects.filter(user__username=person.username).values_list("role", "stage")
        assert list(roles) == [(person.role, person.stage)] * (3 + person.of_site)


@pytest.mark.once
def test_they_sign_in_with_the_password_that_the_page_shows(seeded):
    for person in demo.PEOPLE:
        assert authenticate(RequestFactory().post("/"), username=person.username, password=demo.PASSWORD)


@pytest.mark.once
def test_its_briefs_stand_in_several_states(seeded):
    briefs = Brief.objects.order_by("pk")
    states = {row.revision.title: row.state for row in progress.overviews(briefs)}

    assert states == {
        "Strawberry season": State.DONE,
        "Autumn launch hero": State.IN_REVIEW,
        "Late-night burger": State.CULLING,
        "Gift guide opener": State.CULLING,
        "Pool party": State.DRAFT,
        "Donut of the month": State.QUEUED,
    }


def test_seeding_again_changes_nothing(seeded, make, painter):
    before, calls = counts(), len(painter.calls)
    waiting = Batch.objects.filter(status="queued").count()

    seeding.seed(lambda: None)

    assert counts() == before
    assert len(painter.calls) == calls
    assert Batch.objects.filter(status="queued").count() == waiting > 0


def test_seeding_after_a_kill_half_way_goes_on(db, make, monkeypatch):
    class Killed(Exception):
        pass

    def kill(*args, **options):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(seeding.orders, "send", kill)
        with pytest.raises(Killed):
            seeding.seed(make, 8)
    seeding.seed(make, 8)
    states = [row.state for row in progress.overviews(Brief.objects.order_by("pk"))]

    assert states[:5] == [State.DONE, State.IN_REVIEW, State.CULLING, State.CULLING, State.DRAFT]
    assert Brief.objects.count() == 6


def test_what_the_demo_did_is_in_a_whole_audit_log(seeded):
    assert verify.problems() == []
    assert rows.everything().problems == []
    assert Event.objects.filter(act="signoff.signed").exists()


@pytest.mark.once
def test_newer_weights_of_a_newer_release_are_taken_up(seeded, starter, make):
    old = Preset.objects.get().weights
    (starter / "tokenizer" / "config.json").write_text("{}")

    seeding.seed(lambda: None)

    assert Preset.objects.get().weights not in ("", old)


@pytest.mark.once
def test_a_preset_of_older_weights_takes_the_size_of_the_newer(seeded):
    Preset.objects.update(sizes=[[128, 128]], seconds_per_picture=1.0, measured_on="an older machine")

    seeding.seed(lambda: None)

    preset = Preset.objects.get()
    assert (preset.sizes, preset.seconds_per_picture) == ([[256, 256]], None)


@pytest.mark.once
def test_a_password_that_somebody_changed_stays(seeded):
    maya = User.objects.get(username="maya")
    maya.set_password("my-own-words-instead")
    maya.save(update_fields=["password"])

    seeding.seed(lambda: None)

    assert User.objects.get(username="maya").check_password("my-own-words-instead")


def test_production_takes_no_demo_data(db, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="no place in production"):
        call_command("seed_demo")

    assert not User.objects.exists()


@pytest.mark.once
def test_a_right_waits_to_be_confirmed_and_its_owner_cannot_be_guessed(seeded):
    noa = User.objects.get(username="noa")

    for name in ("bea", "leo"):
        assert [member.user for member in members.waiting_for(User.objects.get(username=name))] == [noa]
    assert not noa.check_password(demo.PASSWORD)
