"""Verbs on briefs: draft, write, submit, archive, restore."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.timezone import now

from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Archival, Brief, BriefRevision, Project, User


def draft(project: Project, *, by: User, **words: Any) -> Brief:
    """A new brief with an open first revision."""
    with transaction.atomic():
        brief = Brief.objects.create(project=project, created_by=by)
        BriefRevision.objects.create(brief=brief, number=1, written_by=by, **words)
        audit.record(project, by, Act.BRIEF_DRAFTED, brief=brief.pk)
    return brief


def newest(brief: Brief) -> BriefRevision:
    return brief.revisions.order_by("-number")[0]


def write(brief: Brief, *, by: User, **words: Any) -> BriefRevision:
    """Change words of the open revision; after a submission the first real change opens the next one."""
    with transaction.atomic():
        Brief.objects.select_for_update(no_key=True).get(pk=brief.pk)  # one writer at a time numbers revisions
        revision = newest(brief)
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
        audit.record(brief.project, by, Act.BRIEF_WRITTEN, brief=brief.pk, revision=revision.number, fields=changed)
    return revision


def submit(brief: Brief, *, by: User) -> BriefRevision:
    """Freeze the open revision. Raises Refused when it lacks its title or subject, or nothing is open."""
    revision = newest(brief)
    if Archival.objects.filter(brief=brief).exists():
        raise Refused("This brief is archived. Restore it first.")
    if not revision.title.strip() or not revision.subject.strip():
        raise Refused("A brief needs a title and a subject before it can be submitted.")
    with transaction.atomic():
        submitted = BriefRevision.objects.filter(pk=revision.pk, submitted_at=None).update(
            submitted_at=now(), submitted_by=by
        )
        if not submitted:
            raise Refused("This brief was already submitted. Change it to make a new revision, or order more.")
        audit.record(brief.project, by, Act.BRIEF_SUBMITTED, brief=brief.pk, revision=revision.number)
    revision.refresh_from_db()
    return revision


def archive(brief: Brief, *, by: User) -> bool:
    """Put away. True for the one who did."""
    with transaction.atomic():
        _, made = Archival.objects.get_or_create(brief=brief, defaults={"archived_by": by})
        if made:
            audit.record(brief.project, by, Act.BRIEF_ARCHIVED, brief=brief.pk)
    return made


def restore(brief: Brief, *, by: User) -> bool:
    with transaction.atomic():
        deleted, _ = Archival.objects.filter(brief=brief).delete()
        if deleted:
            audit.record(brief.project, by, Act.BRIEF_RESTORED, brief=brief.pk)
    return bool(deleted)
