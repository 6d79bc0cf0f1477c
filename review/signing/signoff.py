"""Verbs on sign-offs: sign, withdraw. A sign-off is one person's decision, in one stage, on one exact version."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creative import access, briefs, files, stages
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.evidence.evident import Evident
from creative.models import User
from creative.roles import Action
from creative.text import unified
from review.composing import fingerprint
from review.models import SignOff, Turn, Version, Withdrawal
from review.signing import rights, standing, turns


def sign(version: Version, *, by: User, stage: str, decision: str, seen: str, note: str = "") -> SignOff:
    """Decide. `seen` is the fingerprint of the page that was signed on, so a stale page can't sign."""
    access.require_sign(by, version.project, stage)
    if because := damage(version):
        raise Refused(because)
    try:
        with transaction.atomic():
            version = _locked(version)
            if same := _same(version, by=by, stage=stage, decision=decision, seen=seen, note=note):
                return same
            turn = _its_turn(version, stage, seen)
            if because := why_not(version, by, stage):
                raise Refused(because)
            signoff = _signoff(turn, by=by, decision=decision, note=note)
            turns.settle(version.asset)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    except IntegrityError as error:  # the race that full_clean cannot see
        raise Refused("Someone signed at the same moment. Reload and look again.") from error
    return signoff


def damage(version: Version) -> str:
    """What is wrong with the stored pictures that would be signed, in a sentence; empty where nothing is."""
    if all(files.is_intact(composition.file_id) for composition in version.compositions.all()):
        return ""
    return _(
        "The stored picture is missing or damaged, so nobody signs it. "
        "Ask whoever runs this site to run 'manage.py verify_files'."
    )


def _same(version: Version, *, by: User, stage: str, decision: str, seen: str, note: str) -> SignOff | None:
    """The decision pressed twice is the one that stands, while it still counts and no other seat waits for somebody."""
    is_over = version.state in (Version.State.WITHDRAWN, Version.State.SUPERSEDED)
    if is_over or version.turns.filter(stage=stage).exists():
        return None
    mine = SignOff.objects.filter(version=version, signed_by=by, withdrawn_at=None, stage=stage)
    return mine.filter(decision=decision, fingerprint=seen, note=unified(note).strip()).first()


def why_not(version: Version, person: User, stage: str) -> str:
    """Why this person signs nothing in this stage of the version, in a sentence; empty where they may."""
    ways = version.hands.filter(person=person).order_by("pk")
    did = [hand.get_how_display() for hand in ways]
    if did:
        return f"You {', '.join(did[:-1])}{' and ' if did[:-1] else ''}{did[-1]}, so somebody else signs."
    others = SignOff.objects.filter(version=version, signed_by=person).exclude(stage=stage).first()
    if others:
        return f"You signed for {others.stage} already; each stage is another person's."
    standing_one = SignOff.objects.filter(version=version, signed_by=person, withdrawn_at=None).exists()
    return f"You signed for {stage} already; another seat is another person's." if standing_one else ""


def _its_turn(version: Version, stage: str, seen: str) -> Turn:
    if seen != version.fingerprint or fingerprint.of(version.frozen) != version.fingerprint:
        raise Refused("This page shows something other than what would be signed. Reload and look again.")
    if version.asset.versions.filter(number__gt=version.number).exists():
        raise Refused("There is a newer version of this asset. Sign that one.")
    if version.state != Version.State.IN_REVIEW:
        raise Refused(f"This version is {version.state.label.lower()} already. Reload and look again.")
    waiting = list(version.turns.order_by("requirement__order", "stage", "seat"))
    for turn in waiting:
        if turn.stage == stage:
            return turn
    raise Refused(f"This version waits for {' and '.join(dict.fromkeys(turn.stage for turn in waiting))} first.")


def _signoff(turn: Turn, *, by: User, decision: str, note: str) -> SignOff:
    version = turn.version
    signoff = SignOff(
        version=version,
        requirement_id=turn.requirement_id,
        stage=turn.stage,
        seat=turn.seat,
        decision=decision,
        note=unified(note).strip(),
        fingerprint=version.fingerprint,
        signed_by=by,
    )
    signoff.full_clean()
    signoff.save(force_insert=True)
    data: dict[str, Any] = {"signoff": signoff.pk, "version": version.pk, "stage": turn.stage, "decision": decision}
    data["fingerprint"] = signoff.fingerprint
    data["right"] = rights.behind(by, version.project)
    audit.record(version.project, by, Act.SIGNOFF_SIGNED, brief=version.asset.brief_id, rows=[signoff], **data)
    return signoff


def withdraw(signoff: SignOff, *, by: User, reason: str) -> Withdrawal:
    """Take one's own sign-off back. Approvals of stages ordered after it fall with it; an objection is its author's."""
    access.require_sign(by, signoff.version.project, signoff.stage)
    if signoff.signed_by_id != by.pk:
        raise PermissionDenied("Only who signed takes it back.")
    reason = _reason(reason)
    with transaction.atomic():
        version = _locked(signoff.version)
        if not _fall(signoff):
            raise Refused("This sign-off was withdrawn already.")
        withdrawal = _record(version, by=by, reason=reason, signoff=signoff)
        later = version.signoffs.filter(requirement__order__gt=signoff.requirement.order, withdrawn_at=None)
        for fallen in later.filter(decision=SignOff.Decision.APPROVED).order_by("pk"):
            _fall(fallen)
            because = f"{stages.label(signoff.stage)} withdrew: {reason}"[:1000]
            _record(version, by=by, reason=because, signoff=fallen)
        turns.settle(version.asset)
    return withdrawal


def withdraw_version(version: Version, *, by: User, reason: str) -> Withdrawal:
    """Take the whole version out of use, for good. Any reviewer of the project or its producer may."""
    require_may_withdraw(version, by)
    reason = _reason(reason)
    with transaction.atomic():
        version = _locked(version)
        if version.state == Version.State.WITHDRAWN:
            raise Refused("This version was withdrawn already.")
        withdrawal = _record(version, by=by, reason=reason, signoff=None)
        turns.settle(version.asset)
    return withdrawal


def require_may_withdraw(version: Version, person: User) -> None:
    if not access.allowed(person, Action.SIGN, version.project):
        access.require(person, Action.MANAGE, version.project)


def _locked(version: Version) -> Version:
    """The version as it stands now; whoever else decides on something of its brief waits until we are done."""
    briefs.locked(version.asset.brief)
    return standing.with_state(Version.objects.select_related("asset__project", "asset__brief")).get(pk=version.pk)


def _fall(signoff: SignOff) -> bool:
    return SignOff.objects.filter(pk=signoff.pk, withdrawn_at=None).update(withdrawn_at=now()) == 1


def _record(version: Version, *, by: User, reason: str, signoff: SignOff | None) -> Withdrawal:
    withdrawal = Withdrawal.objects.create(version=version, signoff=signoff, reason=reason, withdrawn_by=by)
    data: dict[str, Any] = {"version": version.pk, "signoff": signoff.pk if signoff else None, "reason": reason}
    act = Act.SIGNOFF_WITHDRAWN if signoff else Act.VERSION_WITHDRAWN
    rows: list[Evident] = [withdrawal, *SignOff.objects.filter(withdrawal=withdrawal)]
    audit.record(version.project, by, act, brief=version.asset.brief_id, rows=rows, **data)
    return withdrawal


def _reason(reason: str) -> str:
    reason = unified(reason)
    if not reason.strip():
        raise Refused("Say why; a withdrawal needs a reason.")
    if len(reason) > 1000:
        raise Refused("A reason has at most 1,000 characters.")
    return reason.strip()
