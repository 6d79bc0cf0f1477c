"""What people marked leaves for other tools; no picture does."""

from __future__ import annotations

import csv
import re
import xml.etree.ElementTree as ET
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from creative import files
from generation.models import Candidate
from review.culling import marking, marks_export
from review.delivery import export as delivery
from review.models import Flag
from tests import make

PICK, REJECT = Flag.Value.PICK, Flag.Value.REJECT
NO_BRIEF = 10**30


def export(brief, *more: object) -> str:
    out = StringIO()
    call_command("export_marks", str(getattr(brief, "pk", brief)), *map(str, more), stdout=out)
    return out.getvalue()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


def said(folder, candidate) -> dict[str, str]:
    """What a candidate's sidecar says, by property."""
    root = ET.parse(folder / f"{candidate.sha256}.xmp").getroot()
    description = root.find("rdf:RDF/rdf:Description", marks_export.NAMESPACES)
    assert description is not None
    spelt = {f"{{{uri}}}": f"{prefix}:" for prefix, uri in marks_export.NAMESPACES.items()}
    return {re.sub("{.*}", lambda found: spelt[found[0]], name): value for name, value in description.attrib.items()}


@pytest.fixture
def marks(candidates, dan):
    """Dan's: a pick with four stars, a reject with two that has a reason, a label alone, and one cleared again."""
    marking.flag(candidates[0], by=dan, value=PICK, rating=4)
    marking.flag(candidates[1], by=dan, value=REJECT, rating=2)
    marking.flag(candidates[3], by=dan, value=PICK, rating=5)
    marking.flag(candidates[3], by=dan, value=Flag.Value.UNFLAGGED, rating=0)
    Flag.objects.filter(candidate=candidates[1]).update(reason=Flag.Reason.OFF_BRAND)
    Flag.objects.create(candidate=candidates[2], person=dan, label=Flag.Label.RED)
    return {flag.candidate_id: flag for flag in Flag.objects.all()}


# CSV


def test_the_table_tells_who_marked_what_in_the_candidates_order(brief, candidates, marks, dan, maya):
    marking.flag(candidates[0], by=maya, value=REJECT)

    told = rows(export(brief, "--format", "csv"))

    assert list(told[0]) == list(marks_export.COLUMNS)
    assert [
        (row["candidate"], row["person"], row["pick"], row["rating"], row["label"], row["reason"]) for row in told
    ] == [
        (str(candidates[0].pk), "dan", "1", "4", "", ""),
        (str(candidates[0].pk), "maya", "-1", "0", "", ""),
        (str(candidates[1].pk), "dan", "-1", "2", "", "off-brand"),
        (str(candidates[2].pk), "dan", "0", "0", "red", ""),
        (str(candidates[3].pk), "dan", "0", "0", "", ""),
    ]
    assert (told[0]["sha256"], told[0]["file"]) == (candidates[0].sha256, f"{candidates[0].sha256}.webp")
    assert told[0]["marked_at"] == marks[candidates[0].pk].flagged_at.isoformat(timespec="seconds")


def test_the_table_of_one_person_holds_theirs_alone(brief, candidates, marks, maya):
    marking.flag(candidates[4], by=maya, value=PICK)

    assert {row["person"] for row in rows(export(brief, "--format", "csv", "--person", "maya"))} == {"maya"}


def test_the_table_goes_into_a_folder_that_need_not_exist(brief, marks, tmp_path):
    told = export(brief, "--format", "csv", "--folder", tmp_path / "deep" / "marks")

    file = tmp_path / "deep" / "marks" / f"brief-{brief.pk}-marks.csv"
    assert told == f"The marks of dan are in {file}.\n"
    assert file.read_bytes().decode() == export(brief, "--format", "csv")


def test_marks_of_another_brief_stay_out(brief, marks, project, maya, dan, preset, painter):
    other = make.run(project, maya, preset)
    marking.flag(make.candidates(other, painter)[0], by=dan, value=PICK)

    assert len(rows(export(brief, "--format", "csv"))) == 4
    assert len(rows(export(other.brief, "--format", "csv"))) == 1


def test_many_marks_cost_no_more_queries_than_few(brief, candidates, dan, maya, django_assert_num_queries):
    for number in range(40):
        for candidate in candidates:
            Flag.objects.create(candidate=candidate, person=make.person(f"p{number}-{candidate.pk}"), rating=3)

    with django_assert_num_queries(3):
        told = rows(export(brief, "--format", "csv"))
    assert len(told) == 200


# XMP


def test_a_pick_is_written_with_its_flag_and_stars(brief, candidates, marks, tmp_path):
    assert export(brief, "--format", "xmp", "--folder", tmp_path) == f"4 sidecars of dan in {tmp_path}.\n"

    assert said(tmp_path, candidates[0]) == {
        "rdf:about": "",
        "dc:identifier": f"sha256:{candidates[0].sha256}",
        "xmp:Rating": "4",
        "xmp:MetadataDate": marks[candidates[0].pk].flagged_at.isoformat(timespec="seconds"),
        "xmpDM:pick": "1",
    }


def test_a_reject_is_minus_one_whatever_its_stars(brief, candidates, marks, tmp_path):
    export(brief, "--format", "xmp", "--folder", tmp_path)

    told = said(tmp_path, candidates[1])
    assert (told["xmp:Rating"], told["xmpDM:pick"]) == ("-1", "-1")


def test_a_label_is_written_in_lightrooms_word(brief, candidates, marks, tmp_path):
    for label, word in zip(Flag.Label, ("Red", "Yellow", "Green", "Blue"), strict=True):
        Flag.objects.filter(candidate=candidates[2]).update(label=label)
        export(brief, "--format", "xmp", "--folder", tmp_path)

        told = said(tmp_path, candidates[2])
        assert (told["xmp:Label"], told["xmp:Rating"], told["xmpDM:pick"]) == (word, "0", "0")


def test_sidecars_are_named_as_the_stored_pictures_and_no_picture_is_copied(brief, candidates, marks, tmp_path):
    export(brief, "--format", "xmp", "--folder", tmp_path)

    stored = {files.name_of(candidate.sha256).split("/")[-1] for candidate in candidates[:4]}
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.xmp" for name in stored}


def test_a_file_that_left_has_a_sidecar_of_its_name(approved, dan, pia, tmp_path):
    marking.flag(approved.candidate, by=dan, value=PICK, rating=4)
    left = delivery.order(approved.asset.project, by=pia, versions=[approved.pk]).renditions.get().name

    export(approved.asset.brief, "--format", "xmp", "--folder", tmp_path)

    named, stored = tmp_path / f"{left.rpartition('.')[0]}.xmp", tmp_path / f"{approved.candidate.sha256}.xmp"
    assert named.read_bytes() == stored.read_bytes()


def test_the_same_marks_give_the_same_bytes_twice(brief, marks, tmp_path):
    for folder in ("one", "two", "two"):
        export(brief, "--format", "xmp", "--folder", tmp_path / folder)

    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_mark_that_was_cleared_since_is_cleared_in_its_sidecar_too(brief, candidates, marks, dan, tmp_path):
    export(brief, "--format", "xmp", "--folder", tmp_path)
    marking.flag(candidates[0], by=dan, value=Flag.Value.UNFLAGGED, rating=0)
    export(brief, "--format", "xmp", "--folder", tmp_path)

    told = said(tmp_path, candidates[0])
    assert (told["xmp:Rating"], told["xmpDM:pick"]) == ("0", "0")


def test_the_mark_made_last_speaks_for_candidates_with_the_same_picture(brief, candidates, marks, dan, tmp_path):
    first = candidates[0]
    twin = Candidate.objects.get(pk=first.pk)
    twin.pk, twin.index = None, 99
    twin.save(force_insert=True)
    marking.flag(twin, by=dan, value=REJECT)

    assert "4 sidecars" in export(brief, "--format", "xmp", "--folder", tmp_path)
    assert said(tmp_path, first)["xmpDM:pick"] == "-1"

    marking.flag(first, by=dan, rating=5)
    export(brief, "--format", "xmp", "--folder", tmp_path)
    assert (said(tmp_path, first)["xmpDM:pick"], said(tmp_path, first)["xmp:Rating"]) == ("1", "5")


@pytest.mark.parametrize(
    "theirs",
    [
        '<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 7.0-c000 1.000000"/>',
        "not XML at all",
        "",
    ],
)
def test_another_tools_sidecar_is_never_overwritten_and_then_none_is_written(
    brief, candidates, marks, tmp_path, theirs
):
    (tmp_path / f"{candidates[2].sha256}.xmp").write_text(theirs)

    with pytest.raises(CommandError, match="written by another tool"):
        export(brief, "--format", "xmp", "--folder", tmp_path)

    assert [path.read_text() for path in tmp_path.iterdir()] == [theirs]


def test_sidecars_of_several_people_go_into_a_folder_each(brief, candidates, marks, dan, maya, tmp_path):
    marking.flag(candidates[0], by=maya, value=REJECT)

    told = export(brief, "--format", "xmp", "--folder", tmp_path)

    assert told == f"4 sidecars of dan in {tmp_path}/dan.\n1 sidecar of maya in {tmp_path}/maya.\n"
    assert {path.name for path in tmp_path.iterdir()} == {"dan", "maya"}
    assert said(tmp_path / "dan", candidates[0])["xmpDM:pick"] == "1"
    assert said(tmp_path / "maya", candidates[0])["xmpDM:pick"] == "-1"


def test_sidecars_of_one_person_of_several_go_straight_into_the_folder(brief, candidates, marks, maya, tmp_path):
    marking.flag(candidates[0], by=maya, value=REJECT)

    export(brief, "--format", "xmp", "--folder", tmp_path, "--person", "maya")

    assert said(tmp_path, candidates[0])["xmpDM:pick"] == "-1"
    assert len(list(tmp_path.iterdir())) == 1


def test_sidecars_without_a_folder_go_where_the_command_was_run(brief, candidates, marks, maya, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / f"marks-{brief.pk}"

    assert export(brief, "--format", "xmp") == f"4 sidecars of dan in marks-{brief.pk}.\n"
    assert said(folder, candidates[0])["xmpDM:pick"] == "1"

    marking.flag(candidates[0], by=maya, value=REJECT)
    assert f"1 sidecar of maya in marks-{brief.pk}/maya.\n" in export(brief, "--format", "xmp")
    assert said(folder / "maya", candidates[0])["xmpDM:pick"] == "-1"


@pytest.mark.parametrize("name", ["..", ".", "a/b"])
def test_a_name_that_leads_out_of_the_folder_is_refused_before_anything_is_written(
    brief, candidates, marks, tmp_path, name
):
    marking.flag(candidates[0], by=make.person(name), value=REJECT)

    with pytest.raises(CommandError, match="No folder can be called"):
        export(brief, "--format", "xmp", "--folder", tmp_path / "marks")
    assert list(tmp_path.iterdir()) == []


# Refusals


@pytest.mark.parametrize("number", [0, -1, 999_999, NO_BRIEF])
def test_an_unknown_brief_is_named(db, number):
    with pytest.raises(CommandError, match=f"There is no brief {number}"):
        call_command("export_marks", "--format", "csv", "--", str(number))


def test_a_brief_that_is_no_number_is_refused():
    with pytest.raises(CommandError, match="invalid int value"):
        export("1; drop", "--format", "csv")


@pytest.mark.parametrize("form", ["csv", "xmp"])
def test_a_brief_that_nobody_marked_says_so_and_writes_nothing(brief, candidates, form, tmp_path):
    with pytest.raises(CommandError, match="Nobody has marked"):
        export(brief, "--format", form, "--folder", tmp_path / "new")

    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["maya", "nobody", "../dan", ""])
def test_who_marked_nothing_is_told_who_did(brief, marks, maya, name):
    with pytest.raises(CommandError, match=f"'{name}' has marked nothing in brief {brief.pk}; dan did"):
        export(brief, "--format", "csv", "--person", name)


@pytest.mark.parametrize("form", ["csv", "xmp"])
def test_a_folder_that_is_a_file_is_refused(brief, marks, form, tmp_path):
    (tmp_path / "file").write_text("mine")

    with pytest.raises(CommandError, match="can't be written"):
        export(brief, "--format", form, "--folder", tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("form", ["csv", "xmp"])
def test_a_folder_that_can_not_be_made_is_refused(brief, marks, form, tmp_path):
    with pytest.raises(CommandError, match="can't be written"):
        export(brief, "--format", form, "--folder", tmp_path / ("x" * 300))
