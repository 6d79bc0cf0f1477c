from __future__ import annotations

import re

import pytest
from django.db import IntegrityError, transaction

from creative import briefs
from creative.errors import Refused
from creative.models import Brief, BriefRevision, Event
from tests import make


def test_a_draft_is_open_and_holds_the_words(draft, maya):
    revision = briefs.newest(draft)

    assert (revision.number, revision.submitted_at, revision.written_by) == (1, None, maya)
    assert {name: getattr(revision, name) for name in make.WORDS} == make.WORDS


def test_writing_while_open_changes_the_revision_itself(draft, dan):
    revision = briefs.write(draft, by=dan, mood="calm")

    assert draft.revisions.get() == revision
    assert (revision.number, revision.mood, revision.written_by) == (1, "calm", dan)


def test_writing_after_submission_opens_the_next_revision_and_leaves_the_old_one(draft, maya):
    briefs.submit(draft, by=maya)
    revision = briefs.write(draft, by=maya, mood="calm")

    assert (revision.number, revision.submitted_at) == (2, None)
    assert revision.subject == make.WORDS["subject"]
    assert draft.revisions.get(number=1).mood == ""
    assert draft.revisions.get(number=1).submitted_at


def test_writing_again_changes_the_open_revision_and_makes_no_third(draft, maya):
    briefs.submit(draft, by=maya)
    briefs.write(draft, by=maya, mood="calm")
    briefs.write(draft, by=maya, mood="loud")

    assert list(draft.revisions.order_by("number").values_list("number", "mood")) == [(1, ""), (2, "loud")]


def test_writing_what_is_there_already_writes_nothing(draft, maya):
    briefs.submit(draft, by=maya)
    said = Event.objects.count()

    briefs.write(draft, by=maya, **make.WORDS)

    assert draft.revisions.count() == 1
    assert Event.objects.count() == said


def test_a_brief_may_be_thin_but_needs_title_and_subject(project, maya):
    thin = make.draft(project, maya, title="Pool", subject="a picture of a pool", style="", lighting="", composition="")

    assert briefs.submit(thin, by=maya).submitted_by == maya


@pytest.mark.parametrize("missing", [{"title": ""}, {"subject": ""}, {"title": "  "}, {"subject": "\n"}])
def test_a_brief_without_title_or_subject_is_refused(project, maya, missing):
    brief = make.draft(project, maya, **missing)

    with pytest.raises(Refused, match="needs a title and a subject"):
        briefs.submit(brief, by=maya)

    assert briefs.newest(brief).submitted_at is None


def test_submitting_twice_with_stale_handles_submits_once(draft, maya, dan, monkeypatch):
    stale = briefs.newest(draft)
    briefs.submit(draft, by=maya)
    monkeypatch.setattr(briefs, "newest", lambda brief: stale)

    with pytest.raises(Refused, match="already submitted"):
        briefs.submit(Brief.objects.get(pk=draft.pk), by=dan)

    assert draft.revisions.get().submitted_by == maya
    assert Event.objects.filter(act="brief.submitted").count() == 1


def test_a_submitted_revision_without_a_person_is_refused_by_the_database(draft, maya):
    briefs.submit(draft, by=maya)

    with pytest.raises(IntegrityError, match="submission_has_a_person"), transaction.atomic():
        BriefRevision.objects.update(submitted_by=None)


def test_a_second_open_revision_is_refused_by_the_database(draft, maya):
    with pytest.raises(IntegrityError), transaction.atomic():
        BriefRevision.objects.create(brief=draft, number=2, written_by=maya)


@pytest.mark.parametrize("count", [0, 101])
def test_a_count_out_of_bounds_is_refused_by_the_database(draft, count):
    with pytest.raises(IntegrityError, match="count_is_1_to_100"), transaction.atomic():
        BriefRevision.objects.update(count=count)


@pytest.mark.parametrize("target", [0, 21])
def test_a_target_out_of_bounds_is_refused_by_the_database(draft, target):
    with pytest.raises(IntegrityError, match="target_is_1_to_20"), transaction.atomic():
        BriefRevision.objects.update(target=target)


def test_a_brief_that_does_not_say_how_many_wants_two(project, maya):
    assert briefs.newest(briefs.draft(project, by=maya)).target == 2


def test_a_new_revision_keeps_the_target_and_the_old_one_its_own(draft, maya):
    briefs.submit(draft, by=maya)
    briefs.write(draft, by=maya, target=3)
    briefs.submit(draft, by=maya)

    assert briefs.write(draft, by=maya, mood="calm").target == 3
    assert draft.revisions.get(number=1).target == 2


def test_what_a_colleague_wrote_between_two_tabs_of_one_person_is_not_overwritten(draft, maya, dan):
    old_tab = briefs.Seen.of(briefs.newest(draft))
    briefs.write(draft, by=dan, subject="a blue sneaker")
    briefs.write(draft, by=maya, seen=briefs.Seen.of(briefs.newest(draft)), style="painting")

    with pytest.raises(Refused, match="Dan changed this brief meanwhile"):
        briefs.write(draft, by=maya, seen=old_tab, subject="a green sneaker")

    assert briefs.newest(draft).subject == "a blue sneaker"


@pytest.mark.parametrize("text", ['[1, true, "\\u0000", {}]', '[1, true, "yesterday", {}]', "[" * 2000, "", '{"a": 1}'])
def test_what_no_page_of_ours_had_shown_is_out_of_date(text):
    with pytest.raises(Refused, match="out of date"):
        briefs.Seen.parse(text)


def test_what_a_page_had_shown_comes_back_as_it_was(draft):
    seen = briefs.Seen.of(briefs.newest(draft))

    assert briefs.Seen.parse(str(seen)) == seen


def test_two_tabs_of_one_person_each_keep_what_they_changed(draft, maya, dan):
    briefs.write(draft, by=dan, mood="calm")
    old_tab = briefs.Seen.of(briefs.newest(draft))
    briefs.write(draft, by=maya, seen=old_tab, style="painting")

    briefs.write(draft, by=maya, seen=old_tab, subject="a green sneaker")

    found = briefs.newest(draft)
    assert (found.style, found.subject, found.mood) == ("painting", "a green sneaker", "calm")


def test_archiving_twice_with_stale_handles_archives_once(draft, maya, dan):
    one, other = Brief.objects.get(pk=draft.pk), Brief.objects.get(pk=draft.pk)

    assert [briefs.archive(one, by=maya), briefs.archive(other, by=dan)] == [True, False]
    assert draft.archival.archived_by == maya
    assert Event.objects.filter(act="brief.archived").count() == 1


def test_restoring_twice_restores_once(draft, maya):
    briefs.archive(draft, by=maya)

    assert [briefs.restore(draft, by=maya), briefs.restore(draft, by=maya)] == [True, False]
    assert Event.objects.filter(act="brief.restored").count() == 1


def test_an_archived_brief_is_not_submitted_until_restored(draft, maya):
    briefs.archive(draft, by=maya)
    with pytest.raises(Refused, match="Bring it back first"):
        briefs.submit(draft, by=maya)

    briefs.restore(draft, by=maya)
    assert briefs.submit(draft, by=maya)


def test_every_change_is_one_event_with_who_and_what(draft, maya, dan):
    briefs.write(draft, by=dan, mood="calm", notes="For the spring fair")
    briefs.submit(draft, by=maya)

    events = Event.objects.filter(act__startswith="brief.").order_by("sequence")
    assert [(event.act, event.actor_id, event.brief_id, event.data) for event in events] == [
        ("brief.drafted", maya.pk, draft.pk, {}),
        ("brief.written", dan.pk, draft.pk, {"revision": 1, "fields": ["mood", "notes"]}),
        ("brief.submitted", maya.pk, draft.pk, {"revision": 1}),
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"mood": "x" * 201}, "'mood': has 201 characters; at most 200 fit."),
        ({"count": 0}, "'count': must be a whole number from 1 to 100."),
        ({"markets": ["Germany"]}, "'markets': 'Germany' is not understood"),
        ({"notes": "a\0b"}, "'notes': holds a character that can't be shown (U+0000)"),
        ({"title": "a\nb"}, "'title': has several lines where one is meant."),
        ({"palette": ["a\ud800"]}, "'palette': holds a character that can't be shown"),
        ({"use_class": "secret"}, "'use_class': must be one of"),
    ],
)
def test_no_verb_takes_what_the_form_would_refuse(project, draft, maya, words, said):
    for verb in (lambda: briefs.write(draft, by=maya, **words), lambda: briefs.draft(project, by=maya, **words)):
        with pytest.raises(Refused, match=re.escape(said)):
            verb()


@pytest.mark.parametrize("line_break", ["\r\n", "\r", "\n"])
def test_a_line_break_counts_once_whatever_a_browser_makes_of_it(draft, maya, line_break):
    lines = line_break.join(["x"] * 300)

    assert briefs.write(draft, by=maya, subject=lines).subject == "\n".join(["x"] * 300)


def test_an_older_tab_puts_nothing_back_that_it_did_not_change(draft, maya):
    older = briefs.Seen.of(briefs.newest(draft))
    briefs.write(draft, by=maya, seen=older, subject="a green boat", mood="bold")

    written = briefs.write(draft, by=maya, seen=older, subject=make.WORDS["subject"], mood="", style="photo")

    assert (written.subject, written.mood, written.style) == ("a green boat", "bold", "photo")


def test_a_stale_page_is_refused_under_the_lock_that_numbers_revisions(draft, maya, dan):
    seen = briefs.Seen.of(briefs.newest(draft))
    briefs.write(draft, by=dan, mood="bold")

    with pytest.raises(Refused, match="Dan changed this brief meanwhile"):
        briefs.write(draft, by=maya, seen=seen, style="photo")
    with pytest.raises(Refused, match="Dan changed this brief meanwhile"):
        briefs.submit(draft, by=maya, seen=seen)
    assert briefs.newest(draft).submitted_at is None


def test_what_a_page_saw_comes_back_as_it_was_sent(draft):
    seen = briefs.Seen.of(briefs.newest(draft))

    assert briefs.Seen.parse(str(seen)) == seen


@pytest.mark.parametrize(
    "text", ["", "1 True 2", "[]", "[1,2]", "[1,true,7,8]", "{}", "null", "[" * 100_000], ids=lambda text: text[:20]
)
def test_what_no_page_of_ours_saw_is_told_to_reload(text):
    with pytest.raises(Refused, match="out of date"):
        briefs.Seen.parse(text)
