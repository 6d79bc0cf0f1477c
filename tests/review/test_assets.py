from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from creative import briefs, policy
from creative.errors import Refused
from creative.models import Event
from review.composing import assets, fingerprint
from review.culling import shortlist
from review.models import Asset, Stage, Version
from tests import make


def test_the_shortlist_goes_to_review_as_assets_with_version_1(candidates, brief, dan):
    for index in (2, 0):
        shortlist.add(candidates[index], by=dan)

    sent = assets.send(brief, by=dan, note="The second is my favourite.")

    assert [asset.candidate.index for asset in sent] == [2, 0]
    assert [asset.versions.get().number for asset in sent] == [1, 1]
    assert {(asset.sent_by, asset.note) for asset in sent} == {(dan, "The second is my favourite.")}


def test_sending_twice_sends_what_is_new_or_says_that_nothing_is(candidates, brief, dan):
    shortlist.add(candidates[0], by=dan)
    assets.send(brief, by=dan)
    with pytest.raises(Refused, match="Nothing new is on the shortlist"):
        assets.send(brief, by=dan)

    shortlist.add(candidates[1], by=dan)
    assert [asset.candidate.index for asset in assets.send(brief, by=dan)] == [1]
    assert Asset.objects.count() == 2


@pytest.mark.parametrize("seen", [[0], [0, 1, 2], []])
def test_what_the_person_was_not_shown_is_not_sent(candidates, brief, dan, seen):
    for candidate in candidates[:2]:
        shortlist.add(candidate, by=dan)

    with pytest.raises(Refused, match="changed meanwhile"):
        assets.send(brief, by=dan, seen=[candidates[index].pk for index in seen])
    assert not Asset.objects.exists()

    assert len(assets.send(brief, by=dan, seen=[candidates[1].pk, candidates[0].pk])) == 2


def test_a_version_freezes_everything_a_signer_relies_on(version, run, candidate, maya, dan):
    frozen = version.frozen

    assert frozen["picture"] == candidate.sha256
    assert frozen["brief"]["revision"] == 1
    assert frozen["brief"]["subject"] == make.WORDS["subject"]
    assert frozen["policy"]["number"] == 0
    assert frozen["recipe"]["seed"] == candidate.seed
    assert frozen["licence"].items() >= {"name": "Apache-2.0", "commercial_use": True}.items()
    assert frozen["brand"]["name"] == str(version.asset.project.brand)
    assert (version.run_started_by, version.shortlisted_by, version.made_by) == (maya, dan, dan)


def test_the_fingerprint_holds_after_the_database_had_it(version):
    stored = Version.objects.get(pk=version.pk)

    assert fingerprint.of(stored.frozen) == stored.fingerprint == version.fingerprint


def test_customer_facing_needs_both_and_internal_none(version, project, maya, dan, preset):
    internal = make.run(project, maya, preset, title="Pitch", use_class="internal", count=1)
    pitch = make.asset(make.candidates(internal)[0], dan).versions.get()

    assert version.requires == [Stage.BRAND, Stage.LEGAL]
    assert pitch.requires == []


def test_what_policy_no_longer_allows_is_not_sent_to_review(project, maya, dan, pia, leo, preset):
    make.agreed_policy(make.REGULATED_ALLOWED, written_by=pia, agreed_by=leo)
    run = make.run(project, maya, preset, use_class="regulated")
    shortlist.add(make.candidates(run)[0], by=dan)
    make.agreed_policy(policy.SHIPPED, written_by=pia, agreed_by=leo)

    with pytest.raises(Refused, match="Regulated use is refused"):
        assets.send(run.brief, by=dan)

    assert not Asset.objects.exists()


def test_a_replacement_is_the_assets_next_version(asset, candidates, dan, pia):
    shortlist.add(candidates[3], by=pia)

    second = assets.replace(asset, candidates[3], by=dan)

    assert (second.number, second.candidate) == (2, candidates[3])
    assert (second.shortlisted_by, second.made_by) == (pia, dan)
    assert second.fingerprint != asset.versions.get(number=1).fingerprint


def test_a_replacement_comes_from_the_shortlist(asset, candidates, dan):
    with pytest.raises(Refused, match="Shortlist that candidate first"):
        assets.replace(asset, candidates[3], by=dan)


def test_a_replacement_comes_from_the_same_brief(asset, project, maya, dan, preset):
    other = make.candidates(make.run(project, maya, preset, title="Other", count=1))[0]
    shortlist.add(other, by=dan)

    with pytest.raises(Refused, match="Shortlist that candidate first"):
        assets.replace(asset, other, by=dan)


def test_a_candidate_stands_in_one_asset_only(asset, candidates, dan):
    make.asset(candidates[1], dan)

    for candidate in candidates[:2]:
        with pytest.raises(Refused, match="in review already"):
            assets.replace(asset, candidate, by=dan)

    shortlist.add(candidates[3], by=dan)
    assets.replace(asset, candidates[3], by=dan)
    assert shortlist.unsent(asset.brief) == []


def test_a_stale_page_replaces_no_version_that_it_did_not_show(asset, candidates, dan, pia):
    for candidate in candidates[2:4]:
        shortlist.add(candidate, by=dan)
    assets.replace(asset, candidates[2], by=dan, after=1)

    with pytest.raises(Refused, match="Version 2 was made meanwhile"):
        assets.replace(asset, candidates[3], by=pia, after=1)

    assert asset.versions.count() == 2


def test_a_version_made_twice_with_stale_handles_is_made_once(asset, candidates, dan, pia):
    shortlist.add(candidates[3], by=dan)
    one, other = Asset.objects.get(pk=asset.pk), Asset.objects.get(pk=asset.pk)
    assets.replace(one, candidates[3], by=dan)

    with pytest.raises(Refused, match="in review already"):
        assets.replace(other, candidates[3], by=pia)

    assert asset.versions.count() == 2


@pytest.mark.parametrize("sql", ["UPDATE review_version SET fingerprint = 'x'", "DELETE FROM review_version"])
def test_the_database_itself_refuses_to_change_a_version(version, sql):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql", ["UPDATE generation_candidate SET picture_id = 'x'", "DELETE FROM generation_candidate"]
)
def test_the_database_itself_refuses_to_change_a_candidate(candidate, sql):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_version_without_news_has_no_warnings(version):
    assert assets.newer_demands(version) == []


def test_an_open_revision_is_no_news_yet_but_a_submitted_one_is(version, brief, maya):
    briefs.write(brief, by=maya, subject="a blue boat on a lake")
    assert assets.newer_demands(version) == []

    briefs.submit(brief, by=maya)
    assert assets.newer_demands(version) == ["The brief is now at revision 2; this was made from revision 1."]


def test_a_newer_policy_is_a_warning_and_changes_nothing(approved, pia, leo):
    make.agreed_policy(policy.SHIPPED, written_by=pia, agreed_by=leo)

    assert assets.newer_demands(approved) == ["Policy 1 is in force since; a new version would need brand and legal."]
    assert approved in Version.objects.cleared()


def test_sending_is_in_the_audit_log_with_the_fingerprint(version, asset, dan):
    event = Event.objects.get(act="version.made")

    assert event.actor_id == dan.pk
    assert event.data == {"asset": asset.pk, "version": version.pk, "fingerprint": version.fingerprint}
