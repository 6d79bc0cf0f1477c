"""Verbs on briefs: draft, write, submit, archive, restore."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any, Self

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from creative import brief_words
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Archival, Brief, BriefRevision, Event, Project, User
from creative.parsing import Unreadable, refuse_vast_json
from creative.validation import mistakes

# A revision's number, whether it is open, when it was written, and digests of its words.
SEEN: TypeAdapter[tuple[int, bool, AwareDatetime, dict[str, str]]] = TypeAdapter(
    tuple[int, bool, AwareDatetime, dict[str, str]]
)
LONGEST_SEEN = 5_000  # bytes


@dataclass(frozen=True)
class Seen:
    """What a page showed of a brief: it comes back with what the page sends, so that nothing unseen is undone."""

    revision: int
    is_open: bool
    written_at: str
    words: dict[str, str]  # a short digest of each

    @classmethod
    def of(cls, revision: BriefRevision) -> Self:
        return cls(
            revision.number,
            revision.submitted_at is None,
            revision.written_at.isoformat(),
            {name: _digest(value) for name, value in revision.words().items()},
        )

    def showing(self, words: dict[str, Any]) -> Self:
        """As a page has it that goes on to show these words, whatever is stored by now."""
        return replace(self, words=self.words | {name: _digest(value) for name, value in words.items()})

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises Refused on what no page of ours has sent."""
        try:
            refuse_vast_json(text.encode(), longest=LONGEST_SEEN)
            revision, is_open, written_at, words = SEEN.validate_json(text)
        except (Unreadable, ValidationError) as error:
            raise Refused(_("This page is out of date. Reload it, then go on.")) from error
        return cls(revision, is_open, written_at.isoformat(), words)

    def __str__(self) -> str:
        return json.dumps([self.revision, self.is_open, self.written_at, self.words], separators=(",", ":"))

    def changed(self, words: dict[str, Any]) -> dict[str, Any]:
        """Those that the page changed: what it left alone stays as somebody else, or another tab, made it since."""
        return {name: value for name, value in words.items() if self.words.get(name) != _digest(value)}


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, default=str).encode()).hexdigest()[:8]


def draft(project: Project, *, by: User, **words: Any) -> Brief:
    """A new brief with an open first revision."""
    words = _checked(words)
    with transaction.atomic():
        brief = Brief.objects.create(project=project, created_by=by)
        BriefRevision.objects.create(brief=brief, number=1, written_by=by, **words)
        audit.record(project, by, Act.BRIEF_DRAFTED, brief=brief.pk)
    return brief


def newest(brief: Brief) -> BriefRevision:
    return brief.revisions.select_related("written_by").order_by("-number")[0]


def locked(brief: Brief) -> Brief:
    """The brief as it stands, which nobody else changes or orders from until the transaction ends."""
    return Brief.objects.select_for_update(no_key=True).get(pk=brief.pk)


def reopen(brief_id: int) -> None:
    """Something of it waits for somebody again. In the transaction of whatever made it wait."""
    Brief.objects.filter(pk=brief_id, closed_at__isnull=False).update(closed_at=None)


def is_archived(brief: Brief) -> bool:
    return Archival.objects.filter(brief=brief).exists()


def locked_open(brief: Brief) -> Brief:
    """Locked as above. Raises Refused while it is archived, which nobody does either until the transaction ends."""
    brief = locked(brief)
    if is_archived(brief):
        raise Refused(_("This brief is archived. Bring it back first."))
    return brief


def write(brief: Brief, *, by: User, seen: Seen | None = None, **words: Any) -> BriefRevision:
    """Change words of the open revision; after a submission the first real change opens the next one.

    Raises Refused on words that no brief may have, and where the page that sent them was `seen` too long ago.
    """
    words = _checked(words)
    with transaction.atomic():
        locked(brief)  # one writer at a time numbers revisions
        revision = newest(brief)
        if seen:
            _refuse_stale(seen, revision, by)
            words = seen.changed(words)
        changed = sorted(name for name, value in words.items() if getattr(revision, name) != value)
        if not changed:
            return revision
        for name in changed:
            setattr(revision, name, words[name])
        revision.written_by, revision.written_at = by, now()
        if revision.submitted_at is None:
            revision.save(update_fields=[*changed, "written_by", "written_at"])
        else:
            revision.pk, revision.number = None, revision.number + 1
            revision.submitted_at = revision.submitted_by = None
            revision.save(force_insert=True)
        reopen(brief.pk)
        audit.record(brief.project, by, Act.BRIEF_WRITTEN, brief=brief.pk, revision=revision.number, fields=changed)
    return revision


def submit(brief: Brief, *, by: User, seen: Seen | None = None, **words: Any) -> BriefRevision:
    """Write what is new, then freeze. Raises Refused when title or subject lack, or nothing is open."""
    with transaction.atomic():
        revision = write(brief, by=by, seen=seen, **words)
        locked_open(brief)
        if not revision.title.strip() or not revision.subject.strip():
            raise Refused(_("A brief needs a title and a subject before it can be submitted."))
        submitted = BriefRevision.objects.filter(pk=revision.pk, submitted_at=None).update(
            submitted_at=now(), submitted_by=by
        )
        if not submitted:
            raise Refused(_("This brief was already submitted. Change it to make a new revision, or order more."))
        revision.refresh_from_db()
        audit.record(brief.project, by, Act.BRIEF_SUBMITTED, brief=brief.pk, rows=[revision], revision=revision.number)
    return revision


def _refuse_stale(seen: Seen, stored: BriefRevision, by: User) -> None:
    """A page that shows an older state undoes neither a submission nor what a colleague wrote since."""
    if seen.is_open and stored.submitted_at:
        raise Refused(_("This brief was submitted meanwhile. Reload to go on with the next revision."))
    if colleague := _colleague_since(seen, stored, by):
        raise Refused(_("%(who)s changed this brief meanwhile. Reload to see it, then go on.") % {"who": colleague})


def _colleague_since(seen: Seen, stored: BriefRevision, by: User) -> User | None:
    """Who else wrote since the page was made, even where this person's other tab wrote last."""
    if seen.written_at == stored.written_at.isoformat():
        return None
    writes = Event.objects.filter(brief_id=stored.brief_id, act__in=[Act.BRIEF_DRAFTED, Act.BRIEF_WRITTEN])
    since = writes.filter(at__gte=seen.written_at).order_by("sequence").values_list("actor_id", flat=True)
    after_what_it_shows = since[1:]
    others = [writer for writer in after_what_it_shows if writer and writer != by.pk]
    return User.objects.get(pk=others[-1]) if others else None


def _checked(words: dict[str, Any]) -> dict[str, Any]:
    try:
        return brief_words.checked(words)
    except ValidationError as error:
        wrong = mistakes(error)[0]
        raise Refused(f"'{wrong.place[0]}': {wrong.sentence}.") from error


def archive(brief: Brief, *, by: User) -> bool:
    """Put away. True for the one who did."""
    with transaction.atomic():
        locked(brief)
        made = Archival.objects.get_or_create(brief=brief, defaults={"archived_by": by})[1]
        if made:
            audit.record(brief.project, by, Act.BRIEF_ARCHIVED, brief=brief.pk)
    return made


def restore(brief: Brief, *, by: User) -> bool:
    with transaction.atomic():
        deleted = Archival.objects.filter(brief=brief).delete()[0]
        if deleted:
            reopen(brief.pk)
            audit.record(brief.project, by, Act.BRIEF_RESTORED, brief=brief.pk)
    return bool(deleted)
