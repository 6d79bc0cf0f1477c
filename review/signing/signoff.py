"""Verbs on sign-offs: sign, withdraw. A sign-off is one person's decision, in one stage, on one exact version."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from creative import access
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import User
from creative.roles import Action
from review.composing import fingerprint
from review.models import SignOff, Stage, Version, Withdrawal


def sign(version: Version, *, by: User, stage: Stage, decision: str, seen: str, note: str = "") -> SignOff:
    """Decide. `seen` is the fingerprint of the page that was signed on, so a stale page can't sign."""
    access.require_sign(by, version.project, stage)
    signoff = SignOff(
        version=version,
        stage=stage,
        decision=decision,
        note=note.strip(),
        fingerprint=version.fingerprint,
        signed_by=by,
        run_started_by=version.run_started_by,
        shortlisted_by=version.shortlisted_by,
        made_by=version.made_by,
    )
    try:
        with transaction.atomic():
            version = _locked(version)
            _check(version, stage, seen)
            signoff.full_clean()
            signoff.save(force_insert=True)
            data = {"signoff": signoff.pk, "version": version.pk, "stage": stage.value, "decision": decision}
            data["fingerprint"] = signoff.fingerprint
            audit.record(version.project, by, Act.SIGNOFF_SIGNED, brief=version.asset.brief_id, **data)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    except IntegrityError as error:  # the race that full_clean cannot see
        raise Refused("Someone signed at the same moment. Reload and look again.") from error
    return signoff


def _check(version: Version, stage: Stage, seen: str) -> None:
    if seen != version.fingerprint or fingerprint.of(version.frozen) != version.fingerprint:
        raise Refused("This page shows something other than what would be signed. Reload and look again.")
    if version.asset.versions.filter(number__gt=version.number).exists():
        raise Refused("There is a newer version of this asset. Sign that one.")
    if version.state != Version.State.IN_REVIEW:
        raise Refused(f"This version is {version.state.label.lower()} already. Reload and look again.")
    if version.waits_for != stage:
        waiting = version.waits_for.label.lower() if version.waits_for else "nobody"
        raise Refused(f"This version waits for {waiting} first.")


def withdraw(signoff: SignOff, *, by: User, reason: str) -> Withdrawal:
    """Take a sign-off back. If brand withdraws, legal's standing sign-off falls with it."""
    access.require_sign(by, signoff.version.project, signoff.stage)
    reason = _reason(reason)
    with transaction.atomic():
        version = _locked(signoff.version)
        if not _fall(signoff):
            raise Refused("This sign-off was withdrawn already.")
        withdrawal = _record(version, by=by, reason=reason, signoff=signoff)
        if signoff.stage == Stage.BRAND:
            for legal in version.signoffs.filter(stage=Stage.LEGAL, withdrawn_at=None):
                _fall(legal)
                _record(version, by=by, reason=f"Brand withdrew: {reason}"[:1000], signoff=legal)
    return withdrawal


def withdraw_version(version: Version, *, by: User, reason: str) -> Withdrawal:
    """Take the whole version out of use, for good. Any reviewer of the project or its producer may."""
    if not access.allowed(by, Action.SIGN, version.project):
        access.require(by, Action.MANAGE, version.project)
    reason = _reason(reason)
    with transaction.atomic():
        version = _locked(version)
        if version.was_withdrawn:
            raise Refused("This version was withdrawn already.")
        return _record(version, by=by, reason=reason, signoff=None)


def _locked(version: Version) -> Version:
    """The version as it stands now; whoever else decides on it waits until we are done."""
    Version.objects.select_for_update(no_key=True).get(pk=version.pk)
    return Version.objects.with_state().select_related("asset__project").get(pk=version.pk)


def _fall(signoff: SignOff) -> bool:
    return SignOff.objects.filter(pk=signoff.pk, withdrawn_at=None).update(withdrawn_at=now()) == 1


def _record(version: Version, *, by: User, reason: str, signoff: SignOff | None) -> Withdrawal:
    withdrawal = Withdrawal.objects.create(version=version, signoff=signoff, reason=reason, withdrawn_by=by)
    data = {"version": version.pk, "signoff": signoff.pk if signoff else None, "reason": reason}
    act = Act.SIGNOFF_WITHDRAWN if signoff else Act.VERSION_WITHDRAWN
    audit.record(version.project, by, act, brief=version.asset.brief_id, **data)
    return withdrawal


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refused("Say why; a withdrawal needs a reason.")
    if len(reason) > 1000:
        raise Refused("A reason has at most 1,000 characters.")
    return reason.strip()
