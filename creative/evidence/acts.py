"""Every act that the audit log knows: its name, its label for a list, its sentence for a history."""

from __future__ import annotations

from django.db import models


class Act(models.TextChoices):
    BRIEF_DRAFTED = "brief.drafted", "Brief drafted"
    BRIEF_WRITTEN = "brief.written", "Brief written"
    BRIEF_SUBMITTED = "brief.submitted", "Brief submitted"
    BRIEF_ARCHIVED = "brief.archived", "Brief archived"
    BRIEF_RESTORED = "brief.restored", "Brief brought back"
    POLICY_WRITTEN = "policy.written", "Policy written"
    POLICY_AGREED = "policy.agreed", "Policy agreed to"
    USER_ADDED = "user.added", "Person added"
    USER_CHANGED = "user.changed", "Person changed"
    USER_PASSWORD_CHANGED = "user.password_changed", "Password changed"  # noqa: S105
    BRAND_ADDED = "brand.added", "Brand added"
    BRAND_CHANGED = "brand.changed", "Brand changed"
    PROJECT_ADDED = "project.added", "Project added"
    PROJECT_CHANGED = "project.changed", "Project changed"
    MEMBERSHIP_ADDED = "membership.added", "Member added"
    MEMBERSHIP_CHANGED = "membership.changed", "Member's role changed"
    MEMBERSHIP_REMOVED = "membership.removed", "Member removed"
    PRESET_ADDED = "preset.added", "Preset added"
    PRESET_CHANGED = "preset.changed", "Preset changed"
    PRESET_MEASURED = "preset.measured", "Preset measured"
    RUN_STARTED = "run.started", "Run started"
    RUN_TOPPED_UP = "run.topped_up", "Run topped up"
    RUN_CANCELLED = "run.cancelled", "Run cancelled"
    RUN_RETRIED = "run.retried", "Run tried again"
    BATCH_CLAIMED = "batch.claimed", "Batch claimed"
    BATCH_DONE = "batch.done", "Batch done"
    BATCH_FAILED = "batch.failed", "Batch failed"
    BATCH_RELEASED = "batch.released", "Batch given back"
    CANDIDATE_MADE = "candidate.made", "Candidate made"
    REPRODUCTION_ASKED = "reproduction.asked", "Reproduction asked for"
    REPRODUCTION_CLAIMED = "reproduction.claimed", "Reproduction claimed"
    REPRODUCTION_DONE = "reproduction.done", "Reproduction done"
    REPRODUCTION_FAILED = "reproduction.failed", "Reproduction failed"
    REPRODUCTION_RELEASED = "reproduction.released", "Reproduction given back"
    CANDIDATES_MARKED = "candidates.marked", "Candidates marked"
    BLIND_PASS_STARTED = "blind_pass.started", "Blind pass started"
    BLIND_PASS_FINISHED = "blind_pass.finished", "Blind pass finished by one"
    BLIND_PASS_ENDED = "blind_pass.ended", "Blind pass ended"
    CANDIDATE_SHORTLISTED = "candidate.shortlisted", "Candidate shortlisted"
    CANDIDATE_UNSHORTLISTED = "candidate.unshortlisted", "Candidate taken off the shortlist"
    SHORTLIST_REORDERED = "shortlist.reordered", "Shortlist reordered"
    VERSION_MADE = "version.made", "Version made"
    VERSION_WITHDRAWN = "version.withdrawn", "Version withdrawn"
    SIGNOFF_SIGNED = "signoff.signed", "Sign-off given"
    SIGNOFF_WITHDRAWN = "signoff.withdrawn", "Sign-off withdrawn"
    EXPORT_ORDERED = "export.ordered", "Export ordered"
    EXPORT_CLAIMED = "export.claimed", "Export claimed"
    EXPORT_BUILT = "export.built", "Export built"
    EXPORT_FAILED = "export.failed", "Export failed"
    EXPORT_RELEASED = "export.released", "Export given back"
    PAYLOAD_ERASED = "payload.erased", "Payload erased"
    DEMO_TOLD = "demo.told", "Demo story told"

    @property
    def sentence(self) -> str:
        """What its actor did, for a brief's history; may name values of its payload. Empty: not told there."""
        return SENTENCES.get(self, "")


def choices() -> list[tuple[str, str]]:
    """For the model's field: named there, so that a new act needs no migration."""
    return Act.choices


SENTENCES = {
    Act.BRIEF_DRAFTED: "started the brief",
    Act.BRIEF_SUBMITTED: "submitted it",
    Act.BRIEF_ARCHIVED: "archived it",
    Act.BRIEF_RESTORED: "brought it back",
    Act.RUN_STARTED: "ordered {count}",
    Act.RUN_TOPPED_UP: "ordered {count} more",
    Act.RUN_CANCELLED: "cancelled the run",
    Act.RUN_RETRIED: "tried the run again",
}
