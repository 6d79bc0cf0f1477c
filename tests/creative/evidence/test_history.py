from __future__ import annotations

import re

from creative.evidence import audit, history, payloads
from creative.evidence.acts import Act
from creative.models import Event
from review.delivery import building, export


def words(brief) -> list[str]:
    return [re.sub("<[^>]+>", "", told.sentence) for told in history.of(brief.pk)]


def test_a_brief_is_told_from_its_draft_to_its_export(approved, project, brief, maya):
    built = export.order(project, by=maya, versions=[approved.pk])
    building.build_waiting()

    assert words(brief) == [
        f"Winnow built export {built.pk}",
        f"Maya ordered export {built.pk}",
        "Leo signed for legal: approved",
        "Bea signed for brand: approved",
        f"Dan sent asset {approved.asset_id} to review",
        "Dan shortlisted candidate 1",
        "Maya ordered 5",
        "Maya submitted it",
        "Maya started the brief",
    ]


def test_what_workers_do_meanwhile_is_not_told(candidates, brief):
    assert not any("Winnow" in sentence for sentence in words(brief))


def test_what_was_erased_is_told_as_erased(run, brief, pia):
    payloads.erase(Event.objects.get(act=Act.RUN_STARTED), by=pia, because="By mistake.")

    assert "Maya: Run started (erased)" in words(brief)
    assert words(brief)[0] == "Pia erased what one line said: By mistake."


def test_words_of_people_stay_words(project, draft, maya):
    audit.record(project, maya, Act.VERSION_WITHDRAWN, brief=draft.pk, reason="<script>")

    assert "&lt;script&gt;" in history.of(draft.pk)[0].sentence


def test_of_a_long_history_the_newest_are_told(run, brief):
    assert [told.sentence for told in history.of(brief.pk, newest=1)] == [history.of(brief.pk)[0].sentence]
