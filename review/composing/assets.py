"""Verbs on assets and versions: send the shortlist to review, replace a picture that needs changes."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from creative import briefs
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Brief, User
from creative.policy.versions import verdict_of
from generation.models import Candidate
from review.composing import fingerprint
from review.culling import blind_pass, shortlist
from review.models import Asset, Shortlisting, Stage, Version


def send(brief: Brief, *, by: User, note: str = "", seen: Sequence[int] | None = None) -> list[Asset]:
    """Every shortlisted candidate that is not in review becomes an asset with version 1.

    `seen` are the candidates that the person was shown as those to be sent: others are not sent unseen.
    """
    with transaction.atomic():
        blind_pass.require_none(brief)
        rows = shortlist.unsent(brief)
        if not rows:
            raise Refused("Nothing new is on the shortlist. Shortlist a candidate first.")
        if seen is not None and {row.candidate_id for row in rows} != set(seen):
            raise Refused("The shortlist changed meanwhile. Look at it again, then send.")
        assets = []
        for row in rows:
            asset = Asset.objects.create(
                project=brief.project, brief=brief, candidate=row.candidate, sent_by=by, note=note
            )
            _make(asset, row, by=by, number=1)
            assets.append(asset)
    return assets


def replace(asset: Asset, candidate: Candidate, *, by: User, after: int | None = None) -> Version:
    """The asset's next version, from another shortlisted candidate of its brief. It needs sign-offs of its own.

    `after` is the newest version's number as the person saw it, so that a stale page replaces nothing unseen.
    """
    with transaction.atomic():
        briefs.locked(asset.brief)
        row = Shortlisting.objects.filter(candidate=candidate, brief=asset.brief_id).first()
        if row is None:
            raise Refused("Shortlist that candidate first; a version is made from the shortlist.")
        if shortlist.origin(candidate):
            raise Refused("That candidate is in review already.")
        number = asset.versions.count() + 1
        if after is not None and number != after + 1:
            raise Refused(f"Version {number - 1} was made meanwhile. Look at it first.")
        try:
            return _make(asset, row, by=by, number=number)
        except IntegrityError as error:
            raise Refused("Someone made a version at the same moment. Reload and look again.") from error


def _make(asset: Asset, row: Shortlisting, *, by: User, number: int) -> Version:
    candidate = row.candidate
    run, revision = candidate.run, candidate.run.revision
    verdict = verdict_of(revision.use_class)
    verdict.require_allowed()
    brand = asset.project.brand
    stages = {requirement.stage for requirement in verdict.requirements}
    content = fingerprint.frozen(
        picture=candidate.sha256,
        revision=revision.number,
        words=revision.words(),
        policy=verdict.policy,
        requirements=verdict.requirements,
        recipe=run.recipe_data,
        seed=candidate.seed,
        brand={"name": brand.name, "palette": brand.palette, "rules": brand.rules},
        note=asset.note,
    )
    version = Version.objects.create(
        asset=asset,
        number=number,
        candidate=candidate,
        frozen=content,
        fingerprint=fingerprint.of(content),
        needs_brand=Stage.BRAND in stages,
        needs_legal=Stage.LEGAL in stages,
        run_started_by=run.started_by,
        shortlisted_by=row.shortlisted_by,
        made_by=by,
    )
    data = {"asset": asset.pk, "version": version.pk, "fingerprint": version.fingerprint}
    audit.record(asset.project, by, Act.VERSION_MADE, brief=asset.brief_id, **data)
    return version


def newer_demands(version: Version) -> list[str]:
    """What would be different today, as warnings: a newer brief revision or policy changes nothing that was signed."""
    warnings = []
    newest = briefs.newest(version.asset.brief)
    if newest.submitted_at and newest.number != version.frozen["brief"]["revision"]:
        made_from = version.frozen["brief"]["revision"]
        warnings.append(f"The brief is now at revision {newest.number}; this was made from revision {made_from}.")
    today = verdict_of(version.frozen["brief"]["use_class"])
    if today.policy != version.frozen["policy"]["number"]:
        needed = " and ".join(requirement.stage for requirement in today.requirements) or "no sign-off"
        warnings.append(f"Policy {today.policy} is in force since; a new version would need {needed}.")
    return warnings
