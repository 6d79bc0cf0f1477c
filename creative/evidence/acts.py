"""Every act that the audit log knows: its name, its label for a list, its sentence for a history."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


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
    USER_LINK_GIVEN = "user.link_given", "Link to a password given"
    USER_PASSWORD_CHANGED = "user.password_changed", "Password changed"  # noqa: S105
    SIGNED_IN = "session.began", "Signed in"
    SIGNED_OUT = "session.ended", "Signed out"
    SIGN_IN_FAILED = "session.refused", "Wrong password"
    SIGN_IN_LOCKED = "session.locked", "Sign-in locked"
    BRAND_ADDED = "brand.added", "Brand added"
    BRAND_CHANGED = "brand.changed", "Brand changed"
    KIT_WRITTEN = "kit.written", "Kit written"
    REFERENCE_ADDED = "reference.added", "Reference brought in"
    REFERENCE_REMOVED = "reference.removed", "Reference taken out"
    CUT_OUT_PROPOSED = "cut_out.proposed", "Cut-out proposed by a model"
    CUT_OUT_SAVED = "cut_out.saved", "Cut-out saved"
    RIGHTS_ATTESTED = "rights.attested", "Rights attested"
    RIGHTS_WITHDRAWN = "rights.withdrawn", "Attestation withdrawn"
    PROJECT_ADDED = "project.added", "Project added"
    PROJECT_CHANGED = "project.changed", "Project changed"
    MEMBERSHIP_ADDED = "membership.added", "Member added"
    MEMBERSHIP_CHANGED = "membership.changed", "Member's role changed"
    MEMBERSHIP_CONFIRMED = "membership.confirmed", "Member's right confirmed"
    MEMBERSHIP_SUSPENDED = "membership.suspended", "Member's right waits again"
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
    SLOT_REFUSED = "slot.refused", "Refused by the model"
    REPRODUCTION_ASKED = "reproduction.asked", "Reproduction asked for"
    REPRODUCTION_CLAIMED = "reproduction.claimed", "Reproduction claimed"
    REPRODUCTION_DONE = "reproduction.done", "Reproduction done"
    REPRODUCTION_FAILED = "reproduction.failed", "Reproduction failed"
    REPRODUCTION_RELEASED = "reproduction.released", "Reproduction given back"
    CHECKING_ORDERED = "checking.ordered", "Checks ordered again"
    CHECKING_CLAIMED = "checking.claimed", "Checks begun"
    CHECKING_DONE = "checking.done", "Checks done"
    CHECKING_FAILED = "checking.failed", "Checks failed"
    CHECKING_RELEASED = "checking.released", "Checks given back"
    FINDING_DISMISSED = "finding.dismissed", "Finding called fine"
    FINDING_RESTORED = "finding.restored", "Finding called fine no longer"
    CANDIDATES_MARKED = "candidates.marked", "Candidates marked"
    BLIND_PASS_STARTED = "blind_pass.started", "Blind pass started"
    BLIND_PASS_FINISHED = "blind_pass.finished", "Blind pass finished by one"
    BLIND_PASS_ENDED = "blind_pass.ended", "Blind pass ended"
    CANDIDATE_SHORTLISTED = "candidate.shortlisted", "Candidate shortlisted"
    CANDIDATE_UNSHORTLISTED = "candidate.unshortlisted", "Candidate taken off the shortlist"
    SHORTLIST_REORDERED = "shortlist.reordered", "Shortlist reordered"
    VERSION_ORDERED = "version.ordered", "Version ordered"
    VERSION_ORDER_CLAIMED = "version_order.claimed", "Version order claimed"
    VERSION_ORDER_FAILED = "version_order.failed", "Version order failed"
    VERSION_ORDER_RELEASED = "version_order.released", "Version order given back"
    VERSION_MADE = "version.made", "Version made"
    VERSION_WITHDRAWN = "version.withdrawn", "Version withdrawn"
    TURN_TAKEN = "turn.taken", "Turn taken"
    TURN_HANDED_BACK = "turn.handed_back", "Turn handed back"
    SIGNOFF_SIGNED = "signoff.signed", "Sign-off given"
    SIGNOFF_WITHDRAWN = "signoff.withdrawn", "Sign-off withdrawn"
    EXPORT_ORDERED = "export.ordered", "Export ordered"
    EXPORT_CLAIMED = "export.claimed", "Export claimed"
    EXPORT_BUILT = "export.built", "Export built"
    EXPORT_FAILED = "export.failed", "Export failed"
    EXPORT_LOST = "export.lost", "Export's zip lost"
    EXPORT_RELEASED = "export.released", "Export given back"
    PAYLOAD_ERASED = "payload.erased", "Payload erased"
    DEMO_TOLD = "demo.told", "Demo story told"

    @property
    def sentence(self) -> Promise | None:
        """For a brief's history; names who did it and values of its payload. None: not told there."""
        return SENTENCES.get(self)


# What decides who may sign or confirm.
RIGHTS = (
    Act.MEMBERSHIP_ADDED,
    Act.MEMBERSHIP_CHANGED,
    Act.MEMBERSHIP_CONFIRMED,
    Act.MEMBERSHIP_SUSPENDED,
    Act.MEMBERSHIP_REMOVED,
)


def choices() -> list[tuple[str, str]]:
    """For the model's field: named there, so that a new act needs no migration."""
    return Act.choices


SENTENCES: dict[Act, Promise] = {
    Act.BRIEF_DRAFTED: _("{who} started the brief"),
    Act.BRIEF_SUBMITTED: _("{who} submitted it"),
    Act.BRIEF_ARCHIVED: _("{who} archived it"),
    Act.BRIEF_RESTORED: _("{who} brought it back"),
    Act.RUN_STARTED: _("{who} ordered {count}"),
    Act.RUN_TOPPED_UP: _("{who} ordered {count} more"),
    Act.RUN_CANCELLED: _("{who} cancelled the run"),
    Act.RUN_RETRIED: _("{who} tried the run again"),
    Act.SLOT_REFUSED: _("The model refused candidate {number}: {reason}"),
    Act.CHECKING_ORDERED: _("{who} had the checks look again"),
    Act.BLIND_PASS_STARTED: _("{who} started a blind pass"),
    Act.BLIND_PASS_FINISHED: _("{who} finished judging blind"),
    Act.BLIND_PASS_ENDED: _("{who} ended the blind pass"),
    Act.CANDIDATE_SHORTLISTED: _("{who} shortlisted candidate {number}"),
    Act.CANDIDATE_UNSHORTLISTED: _("{who} took candidate {number} off the shortlist"),
    Act.VERSION_ORDERED: _("{who} sent asset {asset} to review"),
    Act.VERSION_ORDER_FAILED: _("{who} could not compose a version of asset {asset}"),
    Act.VERSION_WITHDRAWN: _("{who} withdrew a version: {reason}"),
    Act.SIGNOFF_SIGNED: _("{who} signed for {stage}: {decision}"),
    Act.SIGNOFF_WITHDRAWN: _("{who} took a sign-off back: {reason}"),
    Act.EXPORT_ORDERED: _("{who} ordered export {export}"),
    Act.EXPORT_BUILT: _("{who} built export {export}"),
    Act.EXPORT_FAILED: _("{who} could not build export {export}"),
    Act.EXPORT_LOST: _("The zip of export {export} was missing or damaged, and is built anew"),
    Act.PAYLOAD_ERASED: _("{who} erased what one line said: {because}"),
}
