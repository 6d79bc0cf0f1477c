from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from creative import briefs, policy, stages
from creative.errors import Refused
from creative.models import Event
from review.composing import assets, fingerprint, orders, versions
from review.culling import shortlist
from review.models import Asset, Version
from review.signing import entry, standing
from tests import make


def test_the_shortlist_goes_to_review_as_assets_with_version_1(candidates, brief, dan):
    for index in (2, 0):
        shortlist.add(candidates[index], by=dan)

    sent = make.sent(brief, dan, note="The second is my favourite.")

    versions = [asset.versions.get() for asset in sent]
    assert [(version.number, version.candidate.index) for version in versions] == [(1, 2), (1, 0)]
    assert {(version.order.ordered_by, version.frozen["note"]) for version in versions} == {
        (dan, "The second is my favourite.")
    }


def test_sending_twice_sends_what_is_new_or_says_that_nothing_is(candidates, brief, dan):
    shortlist.add(candidates[0], by=dan)
    make.sent(brief, dan)
    with pytest.raises(Refused, match="Nothing new is on the shortlist"):
        make.sent(brief, dan)

    shortlist.add(candidates[1], by=dan)
    assert [asset.versions.get().candidate.index for asset in make.sent(brief, dan)] == [1]
    assert Asset.objects.count() == 2


@pytest.mark.parametrize("seen", [[0], [0, 1, 2], []])
def test_what_the_person_was_not_shown_is_not_sent(candidates, brief, dan, seen):
    for candidate in candidates[:2]:
        shortlist.add(candidate, by=dan)

    with pytest.raises(Refused, match="changed meanwhile"):
        make.sent(brief, dan, seen=[candidates[index].pk for index in seen])
    assert not Asset.objects.exists()

    assert len(make.sent(brief, dan, seen=[candidates[1].pk, candidates[0].pk])) == 2


def test_a_version_freezes_everything_a_signer_relies_on(version, run, candidate, maya, dan):
    frozen = version.frozen

    assert frozen["picture"] == candidate.sha256
    assert frozen["brief"]["revision"] == 1
    assert frozen["brief"]["subject"] == make.WORDS["subject"]
    assert frozen["policy"]["number"] == 0
    assert frozen["recipe"]["seed"] == candidate.seed
    assert frozen["licence"].items() >= {"name": "Apache-2.0", "commercial_use": True}.items()
    assert frozen["brand"]["name"] == str(version.asset.project.brand)
    assert frozen["compositions"] == [
        {"format": "original", "file": candidate.sha256, "media_type": "image/webp", "width": 24, "height": 24}
    ]
    assert frozen["asset"] == {"variant": "default", "locale": "default"}


def test_the_fingerprint_holds_after_the_database_had_it(version):
    stored = Version.objects.get(pk=version.pk)

    assert fingerprint.of(stored.frozen) == stored.fingerprint == version.fingerprint


def test_customer_facing_needs_both_and_internal_none(version, project, maya, dan, preset):
    internal = make.run(project, maya, preset, title="Pitch", use_class="internal", count=1)
    pitch = make.asset(make.candidates(internal)[0], dan).versions.get()

    asked = version.requirements.values_list("stage", "seat", "order", "because")
    assert list(asked) == [("brand", 1, 1, "customer-facing"), ("legal", 1, 2, "customer-facing")]
    assert not pitch.requirements.exists()


def test_what_policy_no_longer_allows_is_not_sent_to_review(project, maya, dan, pia, leo, preset):
    make.agreed_policy(make.REGULATED_ALLOWED, written_by=pia, agreed_by=leo)
    run = make.run(project, maya, preset, use_class="regulated")
    shortlist.add(make.candidates(run)[0], by=dan)
    make.agreed_policy(policy.SHIPPED, written_by=pia, agreed_by=leo)

    with pytest.raises(Refused, match="Regulated use is refused"):
        make.sent(run.brief, dan)

    assert not Asset.objects.exists()


def test_a_replacement_is_the_assets_next_version(asset, candidates, dan, pia):
    shortlist.add(candidates[3], by=pia)

    second = make.replaced(asset, candidates[3], dan)

    assert (second.number, second.candidate) == (2, candidates[3])
    assert (second.order.shortlisting.shortlisted_by, second.order.ordered_by) == (pia, dan)
    assert second.fingerprint != asset.versions.get(number=1).fingerprint


def test_a_replacement_comes_from_the_shortlist(asset, candidates, dan):
    with pytest.raises(Refused, match="Shortlist that candidate first"):
        make.replaced(asset, candidates[3], dan)


def test_a_replacement_comes_from_the_same_brief(asset, project, maya, dan, preset):
    other = make.candidates(make.run(project, maya, preset, title="Other", count=1))[0]
    shortlist.add(other, by=dan)

    with pytest.raises(Refused, match="Shortlist that candidate first"):
        make.replaced(asset, other, dan)


def test_a_candidate_stands_in_one_asset_of_a_variant_and_locale(asset, candidates, dan):
    make.asset(candidates[1], dan)

    with pytest.raises(Refused, match="in review already"):
        make.replaced(asset, candidates[1], dan)

    french = Asset.objects.create(project=asset.project, brief=asset.brief, locale="fr")
    assert make.replaced(french, candidates[1], dan).number == 1
    assert assets.unsent(asset.brief) == []


def test_the_same_picture_makes_a_second_version_with_what_holds_today(asset, version, brief, maya, dan):
    briefs.write(brief, by=maya, mood="bold")
    briefs.submit(brief, by=maya)

    second = make.replaced(asset, version.candidate, dan, after=1)

    assert (second.number, second.candidate) == (2, version.candidate)
    assert (second.frozen["brief"]["revision"], second.frozen["brief"]["mood"]) == (2, "bold")
    assert second.fingerprint != version.fingerprint


def test_what_was_made_as_internal_is_not_sent_as_internal_once_the_brief_is_for_customers(project, maya, dan, preset):
    run = make.run(project, maya, preset, use_class="internal", count=1)
    [candidate] = make.candidates(run)
    briefs.write(run.brief, by=maya, use_class="customer-facing")
    briefs.submit(run.brief, by=maya)

    assert make.asset(candidate, dan).versions.get().requirements.count() == 2


def test_a_stale_page_replaces_no_version_that_it_did_not_show(asset, candidates, dan, pia):
    for candidate in candidates[2:4]:
        shortlist.add(candidate, by=dan)
    make.replaced(asset, candidates[2], dan, after=1)

    with pytest.raises(Refused, match="Version 2 was made meanwhile"):
        make.replaced(asset, candidates[3], pia, after=1)

    assert asset.versions.count() == 2


def test_a_version_ordered_twice_with_stale_handles_is_made_once(asset, candidates, dan, pia):
    shortlist.add(candidates[3], by=dan)
    one, other = Asset.objects.get(pk=asset.pk), Asset.objects.get(pk=asset.pk)
    orders.replace(one, candidates[3], by=dan)

    with pytest.raises(Refused, match="ordered a version at the same moment"):
        orders.replace(other, candidates[3], by=pia)
    entry.compose_waiting()

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
    assert versions.newer_demands(version) == []


def test_an_open_revision_is_no_news_yet_but_a_submitted_one_is(version, brief, maya):
    briefs.write(brief, by=maya, subject="a blue boat on a lake")
    assert versions.newer_demands(version) == []

    briefs.submit(brief, by=maya)
    assert versions.newer_demands(version) == ["The brief is now at revision 2; this was made from revision 1."]


def test_a_newer_policy_is_a_warning_and_changes_nothing(approved, pia, leo):
    make.agreed_policy(policy.SHIPPED, written_by=pia, agreed_by=leo)

    assert versions.newer_demands(approved) == ["Policy 1 is in force since; a new version would need brand and legal."]
    assert approved in standing.cleared()


def test_sending_and_what_came_of_it_are_in_the_audit_log(version, asset, brief, dan):
    ordered, made = Event.objects.get(act="version.ordered"), Event.objects.get(act="version.made")

    assert (ordered.actor_id, ordered.brief_id) == (dan.pk, brief.pk)
    assert ordered.data == {"order": version.order_id, "asset": asset.pk, "candidate": version.candidate_id}
    assert (made.actor_id, made.brief_id) == (None, brief.pk)
    assert made.data.items() >= {"version": version.pk, "fingerprint": version.fingerprint}.items()


def test_what_a_noncommercial_model_made_is_not_sent_once_the_brief_is_for_customers(project, maya, dan, painter):
    noncommercial = make.preset(name="flux-dev", commercial_use=False)
    run = make.run(project, maya, noncommercial, use_class="internal")
    [candidate, *_] = make.candidates(run, painter)
    shortlist.add(candidate, by=dan)
    briefs.write(run.brief, by=maya, use_class="customer-facing")
    briefs.submit(run.brief, by=maya)

    with pytest.raises(Refused, match="may not be used commercially"):
        make.sent(run.brief, dan)
    assert not Asset.objects.exists()


# The brand's kit


def test_a_version_freezes_the_kit_and_a_later_one_changes_nothing_that_was_signed(
    client, candidate, project, dan, bea
):
    make.kit(
        project, bea, rules="Plain grounds.", spell=["Halden"], legal_lines=[{"market": "DE", "text": "Nur heute."}]
    )
    version = make.asset(candidate, dan).versions.get()
    make.signed(version, bea, stages.BRAND)
    before = version.frozen["brand"]

    make.kit(project, bea, palette=[], rules="No people.", spell=[])
    version = Version.objects.get(pk=version.pk)

    assert version.frozen["brand"] == before and fingerprint.of(version.frozen) == version.fingerprint
    assert (before["name"], before["kit"], before["rules"], before["spell"]) == (
        "Halden",
        1,
        "Plain grounds.",
        ["Halden"],
    )
    assert [colour["name"] for colour in before["palette"]] == ["red", "teal"]
    assert versions.newer_demands(version) == ["The brand's kit is at version 2; this rests on version 1."]
    client.force_login(bea)
    page = client.get(reverse("review:version", args=[version.pk])).content.decode()
    assert "Plain grounds." in page and "No people." not in page and "Nur heute." in page
    assert f"/brands/{project.brand_id}/kit/1/" in page
