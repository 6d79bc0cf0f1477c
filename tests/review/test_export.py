from __future__ import annotations

import datetime
import io
import json
import zipfile

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localtime, now

from creative import files, stages, storage
from creative.errors import Refused
from creative.evidence import rows
from creative.models import Event, File
from creative.work import kinds, loop
from review import tasks
from review.culling import shortlist
from review.delivery import building, export, views
from review.models import Export, Rendition, SignOff, Version
from review.signing import signoff, standing
from tests import make
from tests.painter import Hosted, jpeg
from tests.plugins.flush import without_triggers


@pytest.fixture
def ordered(approved, project, maya) -> Export:
    return export.order(project, by=maya, versions=[approved.pk])


@pytest.fixture
def built(ordered) -> Export:
    building.build_waiting()
    ordered.refresh_from_db()
    assert ordered.status == Export.Status.DONE
    return ordered


def unzipped(found: Export) -> dict[str, bytes]:
    with files.open_file(found.file_id or "") as file, zipfile.ZipFile(file) as archived:
        assert archived.testzip() is None
        return {name: archived.read(name) for name in archived.namelist()}


def outcome(found: Export) -> tuple[str, str]:
    found.refresh_from_db()
    return found.status, found.error


def test_the_zip_holds_the_signed_pictures_and_a_manifest(built, approved, candidate):
    zipped = unzipped(built)

    name = f"autumn-hero-asset-{approved.asset_id}-v1.webp"
    assert set(zipped) == {name, "manifest.json"}
    assert zipped[name] == files.read(candidate.sha256)


def test_a_picture_that_came_as_a_file_leaves_as_that_file(run, project, maya, dan, bea, leo):
    candidate, *_ = make.candidates(run, Hosted(jpeg()))
    version = make.asset(candidate, dan).versions.get()
    make.signed(version, bea, stages.BRAND)
    make.signed(version, leo, stages.LEGAL)
    found = export.order(project, by=maya, versions=[version.pk])
    building.build_waiting()
    found.refresh_from_db()
    content = unzipped(found)

    [name] = content.keys() - {"manifest.json"}
    assert (name.endswith(".jpg"), content[name]) == (True, jpeg())
    [told] = json.loads(content["manifest.json"])["files"]
    assert (told["media_type"], told["lineage"]["seed"], told["lineage"]["receipt"]) == (
        "image/jpeg",
        None,
        {"request": "r-1"},
    )


def test_the_manifest_names_recipe_lineage_signatures_and_hashes(built, approved, run, candidate, maya):
    manifest = json.loads(unzipped(built)["manifest.json"])

    assert (manifest["project"], manifest["brand"], manifest["ordered_by"]) == ("Autumn launch", "Halden", "maya")
    [file] = manifest["files"]
    assert file["sha256"] == candidate.sha256
    assert file["fingerprint"] == approved.fingerprint
    assert file["signed_content"]["recipe"]["prompt"] == run.recipe.prompt
    lineage = file["lineage"]
    assert (lineage["run_started_by"], lineage["shortlisted_by"], lineage["version_made_by"]) == ("maya", "dan", "dan")
    assert (lineage["seed"], lineage["candidate"]) == (candidate.seed, 1)
    assert [(s["stage"], s["decision"], s["signed_by"], s["fingerprint"]) for s in file["signoffs"]] == [
        ("brand", "approved", "bea", approved.fingerprint),
        ("legal", "approved", "leo", approved.fingerprint),
    ]


def test_files_in_the_zip_are_of_the_time_of_signing_and_for_everybody_to_read(built, approved):
    with files.open_file(built.file_id) as file, zipfile.ZipFile(file) as zipped:
        entries = {entry.filename: entry for entry in zipped.infolist()}
    manifest = entries.pop("manifest.json")
    [picture] = entries.values()

    last = localtime(max(signoff.signed_at for signoff in approved.signoffs.all())).timetuple()[:6]
    assert picture.date_time == (*last[:5], last[5] // 2 * 2)  # zip counts by two seconds
    assert manifest.date_time[:3] == localtime(built.ordered_at).timetuple()[:3]
    assert {entry.external_attr >> 16 for entry in (picture, manifest)} == {0o100644}


def test_a_withdrawn_signature_that_was_given_again_is_named_once(approved, project, maya, leo):
    signoff.withdraw(approved.signoffs.get(stage=stages.LEGAL), by=leo, reason="My mistake.")
    make.signed(approved, leo, stages.LEGAL)
    found = export.order(project, by=maya, versions=[approved.pk])
    building.build_waiting()
    found.refresh_from_db()

    [file] = json.loads(unzipped(found)["manifest.json"])["files"]
    assert [row["stage"] for row in file["signoffs"]] == ["brand", "legal"]


def test_the_export_knows_the_hash_and_size_of_its_file(built):
    content = files.read(built.file_id)

    assert (built.file.sha256, built.file.size) == (files.digest_of(content), len(content))
    assert built.file.media_type == "application/zip"
    told = {"export": built.pk, "attempt": 1, "sha256": built.file_id}
    assert Event.objects.get(act="export.built").data == told


def test_several_versions_are_several_files(approved, candidates, project, maya, dan, bea, leo):
    second = make.asset(candidates[1], dan).versions.get()
    make.signed(second, bea, stages.BRAND)
    make.signed(second, leo, stages.LEGAL)
    found = export.order(project, by=maya, versions=[approved.pk, second.pk, approved.pk])
    building.build_waiting()
    found.refresh_from_db()

    assert len(unzipped(found)) == 3


def test_ordering_twice_is_the_same_export(ordered, approved, project, dan):
    assert export.order(project, by=dan, versions=[approved.pk]) == ordered
    assert Export.objects.count() == 1
    assert Event.objects.filter(act="export.ordered").count() == 1


def test_a_failed_export_can_be_ordered_again(ordered, approved, project, dan):
    ordered.claim()
    ordered.fail("broken", for_good=True)

    assert export.order(project, by=dan, versions=[approved.pk]) != ordered


def test_ordering_rings_once_it_stands(approved, project, maya, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as bells:
        export.order(project, by=maya, versions=[approved.pk])

    assert len(bells) == 1


# Not approved, not exported: at the order, while building, at the door.


@pytest.mark.parametrize("signed", [(), (stages.BRAND,)])
def test_what_is_not_approved_is_not_ordered(version, project, maya, bea, signed):
    for stage in signed:
        make.signed(version, bea, stage)

    with pytest.raises(Refused, match="not approved"):
        export.order(project, by=maya, versions=[version.pk])

    assert not Export.objects.exists()


def test_one_that_is_not_approved_holds_back_the_whole_order(approved, candidates, project, maya, dan):
    undecided = make.asset(candidates[1], dan).versions.get()

    with pytest.raises(Refused, match="not approved"):
        export.order(project, by=maya, versions=[approved.pk, undecided.pk])

    assert not Rendition.objects.exists()


def test_what_was_superseded_is_not_ordered(approved, asset, candidates, project, maya, dan, bea, leo):
    shortlist.add(candidates[3], by=dan)
    second = make.replaced(asset, candidates[3], dan)
    make.signed(second, bea, stages.BRAND)
    make.signed(second, leo, stages.LEGAL)

    with pytest.raises(Refused, match="not approved"):
        export.order(project, by=maya, versions=[approved.pk])


def test_another_projects_version_is_not_ordered_here(approved, other_project, other_people):
    with pytest.raises(Refused, match="not approved"):
        export.order(other_project, by=other_people["marketer"], versions=[approved.pk])


def test_nothing_is_no_order(project, maya):
    with pytest.raises(Refused, match="Choose at least one"):
        export.order(project, by=maya, versions=[])


def test_what_was_withdrawn_after_the_order_is_not_built(ordered, approved, leo):
    signoff.withdraw_version(approved, by=leo, reason="Recalled.")

    building.build_waiting()

    assert outcome(ordered) == ("failed", "Something in it is not approved any more.")
    assert ordered.file is None


def test_what_is_withdrawn_while_it_is_built_does_not_leave(ordered, approved, leo, monkeypatch):
    copy = building._copy

    def withdraw_meanwhile(rendition, file):
        copy(rendition, file)
        signoff.withdraw_version(approved, by=leo, reason="Recalled.")

    monkeypatch.setattr(building, "_copy", withdraw_meanwhile)
    building.build_waiting()

    assert outcome(ordered) == ("failed", "Something in it is not approved any more.")
    assert ordered.file is None


def download(client, found: Export, person):
    client.force_login(person)
    return client.get(reverse("review:export-file", args=[found.pk]))


def test_the_built_file_is_downloaded_whole(client, built, maya):
    response = download(client, built, maya)

    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    response.close()
    assert files.digest_of(content) == built.file_id


def test_what_was_withdrawn_after_it_was_built_is_refused_at_the_door(client, built, approved, leo, maya):
    signoff.withdraw(approved.signoffs.get(stage=stages.LEGAL), by=leo, reason="A claim came in.")

    assert not export.may_leave(built)
    assert download(client, built, maya).status_code == 409


@pytest.mark.parametrize(("name", "status"), [("bea", 403), ("leo", 403), ("stranger", 404)])
def test_who_may_not_download_does_not(client, built, request, name, status):
    assert download(client, built, request.getfixturevalue(name)).status_code == status


def test_a_picture_file_that_was_tampered_with_is_refused(ordered, candidate):
    name = files.name_of(candidate.sha256)
    storage.delete(name)
    storage.write(name, io.BytesIO(b"another picture"), media_type="image/webp")
    try:
        building.build_waiting()
    finally:
        storage.delete(name)

    status, error = outcome(ordered)
    assert status == "failed"
    assert "its file is not what was signed" in error


def test_a_record_that_was_tampered_with_is_refused(ordered, approved):
    from django.db import connection

    with transaction.atomic(), without_triggers(connection):
        Version.objects.filter(pk=approved.pk).update(frozen={**approved.frozen, "disclosure": ""})

    building.build_waiting()

    assert outcome(ordered)[0] == "failed"
    assert "not what the audit log tells" in outcome(ordered)[1]


def test_a_lost_picture_file_is_tried_again_and_then_said(ordered, candidate, caplog):
    content = files.read(candidate.sha256)
    storage.delete(files.name_of(candidate.sha256))

    building.build_waiting()

    status, error = outcome(ordered)
    assert (status, ordered.attempt) == ("failed", 3)
    assert error.startswith("Something broke.")
    files.put(content, media_type="image/webp")


def test_a_full_disk_is_tried_again(ordered, monkeypatch, settings, caplog):
    settings.PAUSE_SECONDS = -1
    put, hiccup = files.put, iter([OSError(28, "No space left on device")])

    def put_or_fail(*args, **options):
        for error in hiccup:
            raise error
        return put(*args, **options)

    monkeypatch.setattr(files, "put", put_or_fail)
    building.build_waiting()

    assert outcome(ordered) == ("done", "")
    assert (ordered.attempt, ordered.last_attempt) == (2, settings.ATTEMPTS + 1)


def test_an_export_whose_builder_died_is_built_by_another(ordered):
    Export.objects.get(pk=ordered.pk).claim()  # and is never heard of again
    building.build_waiting()
    assert outcome(ordered)[0] == "running"

    Export.objects.update(lease_until=now() - datetime.timedelta(seconds=1))
    assert kinds.sweep([building.Exports])
    building.build_waiting()

    assert outcome(ordered)[0] == "done"
    assert ordered.attempt == 2


def test_who_slept_past_the_lease_finishes_nothing(ordered):
    slept = Export.objects.get(pk=ordered.pk)
    slept.claim()
    Export.objects.update(lease_until=now() - datetime.timedelta(seconds=1))
    building.build_waiting()
    file = Export.objects.get().file

    loop.do(building.Exports(), slept)

    assert Export.objects.get().file == file
    assert Event.objects.filter(act="export.built").count() == 1


def test_a_builder_that_died_every_time_fails_in_a_sentence(ordered, settings):
    Export.objects.update(
        status="running", attempt=settings.ATTEMPTS, lease_until=now() - datetime.timedelta(seconds=1)
    )

    assert not kinds.sweep([building.Exports])

    assert outcome(ordered) == ("failed", "The export worker stopped without a word each time.")


def test_a_bell_rung_twice_builds_once(ordered):
    tasks.build_waiting()
    tasks.build_waiting()

    assert Event.objects.filter(act="export.built").count() == 1


def test_a_decision_other_than_approved_leaves_nothing_to_export(version, bea):
    make.signed(version, bea, stages.BRAND, SignOff.Decision.CHANGES, "Wrong red.")

    assert not standing.cleared().exists()


def test_an_export_by_signatures_that_were_given_anew_leaves_no_more(built, approved, project, maya, leo):
    """Its manifest names those that were withdrawn."""
    signoff.withdraw(approved.signoffs.get(stage=stages.LEGAL, withdrawn_at=None), by=leo, reason="My mistake.")
    make.signed(approved, leo, stages.LEGAL)

    assert not export.may_leave(built)
    assert export.order(project, by=maya, versions=[approved.pk]) != built


def test_what_a_refused_build_stored_is_named_by_nothing(ordered, approved, leo, monkeypatch):
    """So it goes with whatever nothing refers to."""
    put = files.put

    def withdraw_then_put(content, **options):
        signoff.withdraw(approved.signoffs.get(stage=stages.LEGAL), by=leo, reason="A claim came in.")
        return put(content, **options)

    monkeypatch.setattr(files, "put", withdraw_then_put)
    building.build_waiting()
    ordered.refresh_from_db()

    assert (ordered.status, ordered.file) == (Export.Status.FAILED, None)
    assert File.objects.filter(media_type="application/zip").count() == 1


@pytest.mark.parametrize("damage", ["lost", "other bytes"])
def test_a_zip_that_is_lost_or_damaged_is_not_handed_out_but_built_anew(client, built, maya, damage):
    name, sha256 = files.name_of(built.file_id), built.file_id
    storage.delete(name)
    if damage == "other bytes":
        storage.write(name, io.BytesIO(b"no zip"), media_type="application/zip")

    response = download(client, built, maya)
    page = client.get(response.url).content.decode()

    assert "It is being built anew" in page
    assert outcome(built)[0] == "queued"
    building.build_waiting()
    built.refresh_from_db()
    assert (built.status, built.file_id) == ("done", sha256)
    assert files.is_intact(built.file_id)
    assert rows.agree(export.RESTS_ON, [built.renditions.get().version.asset.brief_id])


def test_who_asks_twice_for_a_lost_zip_has_it_built_once(built):
    storage.delete(files.name_of(built.file_id))
    another = Export.objects.get(pk=built.pk)

    assert export.rebuild_damaged(built)
    building.build_waiting()
    assert not export.rebuild_damaged(another)

    assert Event.objects.filter(act="export.lost").count() == 1
    assert outcome(built)[0] == "done"


def test_a_head_says_what_a_get_would_send(client, built, maya):
    client.force_login(maya)
    response = client.head(reverse("review:export-file", args=[built.pk]))

    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Length"] == str(built.file.size)
    assert "attachment" in response.headers["Content-Disposition"]
    response.close()


def test_more_than_a_page_of_approved_pictures_leaves_by_one_press(
    client, approved, candidates, project, maya, dan, bea, leo, monkeypatch
):
    second = make.asset(candidates[1], dan).versions.get()
    make.signed(second, bea, stages.BRAND)
    make.signed(second, leo, stages.LEGAL)
    undecided = make.asset(candidates[2], dan).versions.get()
    monkeypatch.setattr(views, "PAGE", 1)
    client.force_login(maya)
    url = reverse("review:exports", args=[project.pk])

    page = client.get(url).content.decode()
    client.post(url, {"all": "1", "versions": [second.pk]})

    assert page.count('name="versions"') == 1
    assert "Export all 2 as zip" in page
    found = {rendition.version_id for rendition in Export.objects.get().renditions.all()}
    assert found == {approved.pk, second.pk} and undecided.pk not in found
