from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from creative.errors import Refused
from creative.models import Event
from generation import checking
from generation.models import Candidate, Checking, Finding
from review.culling import dismissals, findings, room
from review.models import Dismissal
from tests import make


@pytest.fixture
def finding(candidate: Candidate) -> Finding:
    """Text that a check saw."""
    make.checked(candidate, make.finding(), not_run={"palette": "Install it."})
    return candidate.findings.get()


@pytest.fixture
def as_dan(client, dan) -> Client:
    client.force_login(dan)
    return client


@pytest.fixture
def as_bea(bea) -> Client:
    return signed_in(bea)


@pytest.fixture
def as_leo(leo) -> Client:
    return signed_in(leo)


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(client, candidate: Candidate) -> str:
    return client.get(reverse("review:findings", args=[candidate.pk])).content.decode()


def dismiss(client, finding: Finding, **data) -> str:
    response = client.post(reverse("review:dismissal", args=[finding.pk]), data, follow=True)
    return response.content.decode()


def fed(brief, person, *, since: int) -> dict:
    told = room.feed(brief, person, since=since)
    assert told is not None
    return told


def test_the_page_shows_what_was_seen_and_what_was_not_looked_for(as_dan, finding):
    shown = page(as_dan, finding.candidate)

    assert "Reads “sale”." in shown
    assert "Off the palette" in shown and "Install it." in shown
    assert "No check for them comes with Winnow" in shown
    assert f'viewBox="{" ".join(str(each) for each in findings.window(finding.box, 24, 24))}"' in shown


def test_what_looks_like_a_reference_stands_beside_it_with_its_rights(as_dan, candidate, project, dan):
    reference = make.reference(project, dan)
    make.attestation(reference, dan)
    make.checked(candidate, make.finding("sameness", detail={"reference": reference.pk}))
    shown = page(as_dan, candidate)

    assert f'href="{reference.get_absolute_url()}"' in shown
    assert "Internal" in shown and str(dan) in shown


def test_a_near_duplicate_stands_beside_the_other(as_dan, candidates):
    make.checked(candidates[1], make.finding("duplicate", None, detail={"candidate": candidates[0].pk}))

    assert f'href="/candidates/{candidates[0].pk}/" title="Candidate 1"' in page(as_dan, candidates[1])


def test_where_nothing_was_seen_the_page_says_so(as_dan, candidate):
    make.checked(candidate)

    assert "Nothing that they know to look for." in page(as_dan, candidate)


def test_a_picture_that_nothing_looked_at_can_be_looked_at_now(as_dan, candidate):
    Checking.objects.all().delete()
    assert "No check looked at this picture yet." in page(as_dan, candidate)
    as_dan.post(reverse("review:findings", args=[candidate.pk]))

    assert checking.work(worker="test") is False
    assert "broken" in candidate.findings.values_list("kind", flat=True)


def test_the_page_asks_again_while_the_checks_look_and_hears_nothing_twice(as_dan, candidate):
    shown = page(as_dan, candidate)
    assert 'hx-trigger="every 2s"' in shown
    token = f"{candidate.checkings.get().pk}-queued-0"
    url = reverse("review:findings", args=[candidate.pk])

    assert as_dan.get(url, {"since": token}).status_code == 204


def test_checks_are_offered_again_where_one_did_not_run(as_dan, as_leo, finding):
    assert "Look again" in page(as_dan, finding.candidate)
    assert "Look again" not in page(as_leo, finding.candidate)


def test_a_brief_tells_what_no_check_looked_for_and_has_them_look_again(as_dan, brief, candidates):
    for candidate in candidates:
        make.checked(candidate, not_run={"palette": "Install it."})
    told = " ".join(as_dan.get(brief.get_absolute_url()).content.decode().split())
    answer = as_dan.post(reverse("review:checkings", args=[brief.pk]), follow=True).content.decode()

    assert "<dd>In 5 of 5: Install it.</dd>" in told
    assert "The checks look at 5 candidates." in answer
    assert Checking.objects.open().count() == 5
    assert "The checks have nothing new to look for." in (
        as_dan.post(reverse("review:checkings", args=[brief.pk]), follow=True).content.decode()
    )


def test_checks_that_ran_as_they_are_today_are_not_offered_again(as_dan, candidate):
    make.checked(candidate)

    assert "Look again" not in page(as_dan, candidate)


def test_this_is_fine_changes_nobody_elses_view(as_dan, as_bea, finding, dan):
    dismiss(as_dan, finding, reason="The sign is ours.")

    assert "You call it fine: The sign is ours." in page(as_dan, finding.candidate)
    assert f"<strong>{dan}</strong> calls it fine: The sign is ours." in page(as_bea, finding.candidate)
    assert "This is fine" in page(as_bea, finding.candidate)


def test_it_is_told_in_the_log_and_taken_back(as_dan, finding, dan):
    dismiss(as_dan, finding, reason="The sign is ours.")
    dismiss(as_dan, finding, on="0")
    dismiss(as_dan, finding, on="0")

    acts = Event.objects.filter(act__startswith="finding.").order_by("pk")
    assert [(each.act, each.actor_id, each.data["kind"]) for each in acts] == [
        ("finding.dismissed", dan.pk, "text"),
        ("finding.restored", dan.pk, "text"),
    ]
    assert not Dismissal.objects.exists()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201, "two\nlines\x00"])
def test_a_reason_is_a_line(as_dan, finding, reason):
    response = as_dan.post(reverse("review:dismissal", args=[finding.pk]), {"reason": reason})

    assert response.status_code == 400
    assert not Dismissal.objects.exists()


def test_nobody_calls_it_fine_twice(finding, dan):
    dismissals.dismiss(finding, by=dan, reason="Ours.")

    with pytest.raises(Refused, match="You called it fine already"):
        dismissals.dismiss(finding, by=dan, reason="Ours.")


def test_the_room_shows_what_counts_and_what_this_person_called_fine(brief, finding, candidates, dan, maya):
    make.checked(candidates[1], make.finding("face"))
    make.checked(candidates[1])
    dismissals.dismiss(finding, by=dan, reason="Ours.")

    of_dan, of_maya = (room.of(brief, who, dict.fromkeys(room.RIGHTS, True)) for who in (dan, maya))
    row = (finding.pk, finding.candidate_id, "text", 8, 8, 16, 8, 0.9, "Reads “sale”.")
    assert of_dan["findings"] == [(*row, True)]
    assert of_maya["findings"] == [(*row, False)]


def test_the_room_says_what_was_not_looked_for_and_why(brief, finding):
    told = room.of(brief, finding.candidate.run.started_by, dict.fromkeys(room.RIGHTS, True))

    silent = {label: (count, because) for label, count, because in told["silent"]}
    assert silent["Off the palette"] == (5, "It has not looked yet.")
    assert silent["Near-duplicates"] == (4, "It has not looked yet.")


def test_the_feed_tells_of_a_picture_whose_checks_are_done(brief, candidates, dan):
    cursor = room.of(brief, dan, dict.fromkeys(room.RIGHTS, True))["cursor"]
    Checking.objects.exclude(candidate=candidates[0]).cancel()
    checking.work(worker="test")
    told = fed(brief, dan, since=cursor)

    assert not told["whole"]
    assert told["checked"] == [candidates[0].pk]
    assert {row[1] for row in told["findings"]} == {candidates[0].pk}


def test_the_feed_tells_a_person_of_what_they_called_fine_elsewhere_and_nobody_else(brief, finding, dan, maya):
    cursor = room.of(brief, dan, dict.fromkeys(room.RIGHTS, True))["cursor"]
    dismissals.dismiss(finding, by=dan, reason="Ours.")

    assert fed(brief, dan, since=cursor)["findings"][0][-1] is True
    assert fed(brief, maya, since=cursor)["checked"] == []


def test_a_version_freezes_what_was_seen_who_called_it_fine_and_what_had_not_run(finding, candidate, dan):
    dismissals.dismiss(finding, by=dan, reason="Ours.")
    version = make.asset(candidate, dan).versions.get()
    frozen = version.frozen["findings"]
    make.checked(candidate)
    version.refresh_from_db()

    assert version.frozen["findings"] == frozen
    assert frozen["not_run"] == {"palette": "Install it."}
    assert frozen["found"] == [
        {
            "kind": "text",
            "box": [8, 8, 16, 8],
            "sure": "0.9",
            "words": "Reads “sale”.",
            "check": "flat",
            "version": 1,
            "fine": [{"person": dan.pk, "reason": "Ours."}],
        }
    ]


def test_reviewers_see_what_was_frozen(as_leo, finding, candidate, dan):
    dismissals.dismiss(finding, by=dan, reason="The sign is ours.")
    version = make.asset(candidate, dan).versions.get()
    shown = as_leo.get(reverse("review:version", args=[version.pk])).content.decode()

    assert "Reads “sale”." in shown
    assert f"{dan} calls it fine: The sign is ours." in shown
    assert "Install it." in shown


@pytest.mark.parametrize(
    ("box", "size", "expected"),
    [
        ((40, 40, 20, 20), (100, 100), (33, 33, 34, 34)),  # with something around it
        ((0, 0, 4, 4), (100, 100), (0, 0, 12, 12)),  # no smaller than can be made out, inside the picture
        ((0, 0, 100, 30), (100, 50), (0, -25, 100, 100)),  # larger than the picture is high
    ],
)
def test_a_window_is_a_square_with_something_around(box, size, expected):
    assert findings.window(box, *size) == expected
