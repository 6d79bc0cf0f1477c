"""Writing a version: what it rests on is frozen, its compositions, requirements and hands stand beside it."""

from __future__ import annotations

from creative import briefs, files
from creative.errors import Refused
from creative.evidence.evident import Evident
from creative.models import Brief, BriefRevision
from creative.policy import Verdict
from creative.policy.versions import verdict_of
from generation.models import Candidate
from review.composing import assets, fingerprint, hands
from review.culling import blind_pass, findings
from review.models import Composition, Requirement, Version, VersionOrder


def submitted(brief: Brief) -> BriefRevision:
    """The revision that holds for what is sent today, whichever a picture was made from."""
    found = brief.revisions.filter(submitted_at__isnull=False).order_by("-number").first()
    if found is None:
        raise Refused("This brief was never submitted.")
    return found


def verdict_on(brief: Brief) -> Verdict:
    """What policy says today of the use that the brief names."""
    return verdict_of(submitted(brief).use_class)


def objection(verdict: Verdict, candidate: Candidate) -> str:
    """Why policy lets nothing be made for the use, or nothing of the model that made this; empty where it does."""
    preset = candidate.run.recipe.preset
    return verdict.objection_to(preset.name, commercial_use=preset.commercial_use)


def require_allowed(verdict: Verdict, candidate: Candidate) -> None:
    if because := objection(verdict, candidate):
        raise Refused(because)


def write(order: VersionOrder) -> Version:
    """The version that was ordered, if it still may be made. The caller holds the lock on its brief.

    Raises Refused, for the page of the order, when policy, a newer version, an archived brief, a blind pass or the
    stored picture speak against it by now.
    """
    brief = order.asset.brief
    briefs.locked_open(brief)
    blind_pass.require_none(brief)
    if assets.newest_number(order.asset) != order.after:
        raise Refused(f"Another version {order.after + 1} was made meanwhile. Look at it first.")
    revision = submitted(brief)
    verdict = verdict_of(revision.use_class)
    require_allowed(verdict, order.candidate)
    _require_intact(order.candidate)
    version = Version(asset=order.asset, number=order.after + 1, order=order, candidate=order.candidate)
    version.frozen = _frozen(order, revision, verdict)
    version.fingerprint = fingerprint.of(version.frozen)
    version.save(force_insert=True)
    picture = order.candidate
    Composition.objects.create(
        version=version, file_id=picture.picture_id, small_id=picture.small_id, large_id=picture.large_id
    )
    Requirement.objects.bulk_create(
        Requirement(version=version, stage=each.stage, seat=each.seat, order=each.order, because=each.because)
        for each in verdict.requirements
    )
    hands.record(version, revision=revision, row=order.shortlisting, sent_by=order.ordered_by)
    return version


def rows_of(version: Version) -> list[Evident]:
    """The version and all that was written with it, for the audit log."""
    return [version, *version.compositions.all(), *version.requirements.all(), *version.hands.all()]


def newer_demands(version: Version) -> list[str]:
    """What would be different today, as warnings: a newer brief revision or policy changes nothing that was signed."""
    warnings = []
    frozen = version.frozen
    newest = submitted(version.asset.brief)
    if newest.number != frozen["brief"]["revision"]:
        made_from = frozen["brief"]["revision"]
        warnings.append(f"The brief is now at revision {newest.number}; this was made from revision {made_from}.")
    kit, then = version.asset.project.brand.kit.number, frozen["brand"]["kit"]
    if kit != then:
        rests = f"version {then}" if then else "none"
        warnings.append(f"The brand's kit is at version {kit}; this rests on {rests}.")
    today = verdict_of(newest.use_class)
    if today.policy != frozen["policy"]["number"]:
        needed = " and ".join(dict.fromkeys(each.stage for each in today.requirements)) or "no sign-off"
        warnings.append(f"Policy {today.policy} is in force since; a new version would need {needed}.")
    return warnings


def _require_intact(candidate: Candidate) -> None:
    """What nobody can read, or is not what it was, is signed by nobody."""
    if not files.is_intact(candidate.picture_id):
        raise Refused(f"The stored picture of candidate {candidate.number} is missing or damaged; ask a producer.")


def _frozen(order: VersionOrder, revision: BriefRevision, verdict: Verdict) -> fingerprint.Content:
    candidate, brand = order.candidate, order.asset.project.brand
    file = candidate.picture
    return fingerprint.frozen(
        picture=file.sha256,
        asset={"variant": order.asset.variant, "locale": order.asset.locale},
        compositions=[
            {
                "format": Composition.ORIGINAL,
                "file": file.sha256,
                "media_type": file.media_type,
                "width": file.width,
                "height": file.height,
            }
        ],
        revision=revision.number,
        words=revision.words(),
        policy=verdict.policy,
        requirements=verdict.requirements,
        recipe=candidate.run.recipe_data,
        seed=candidate.seed,
        brand={"name": brand.name, "kit": brand.kit.number, **brand.kit.said.model_dump()},
        note=order.note,
        findings=findings.frozen(candidate),
    )
