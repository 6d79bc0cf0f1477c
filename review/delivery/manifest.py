"""Cleared versions -> what an export says about itself. Pure over the rows it is given."""

from __future__ import annotations

from typing import Any

from review.models import Export, Rendition


def of_export(export: Export, renditions: list[Rendition]) -> dict[str, Any]:
    """Recipe, lineage, sign-offs and hashes of every file."""
    return {
        "winnow": 1,
        "export": export.pk,
        "project": export.project.name,
        "brand": export.project.brand.name,
        "ordered_by": export.ordered_by.get_username(),
        "ordered_at": export.ordered_at.isoformat(),
        "files": [_file(rendition) for rendition in renditions],
    }


def _file(rendition: Rendition) -> dict[str, Any]:
    version = rendition.version
    candidate, order = version.candidate, version.order
    file = rendition.composition.file
    return {
        "file": rendition.name,
        "format": rendition.composition.format,
        "sha256": file.sha256,
        "media_type": file.media_type,
        "width": file.width,
        "height": file.height,
        "fingerprint": rendition.fingerprint,
        "signed_content": version.frozen,
        "lineage": {
            "brief": version.asset.brief_id,
            "revision": version.frozen["brief"]["revision"],
            "run": candidate.run_id,
            "run_started_by": candidate.run.started_by.get_username(),
            "candidate": candidate.number,
            "seed": candidate.seed,
            "made_at": candidate.made_at.isoformat(),
            "environment": candidate.environment,
            "receipt": candidate.receipt,
            "asset": version.asset_id,
            "variant": version.asset.variant,
            "locale": version.asset.locale,
            "version": version.number,
            "shortlisted_by": order.shortlisting.shortlisted_by.get_username(),
            "version_made_by": order.ordered_by.get_username(),
        },
        "signoffs": [
            {
                "stage": signoff.stage,
                "decision": signoff.decision,
                "signed_by": signoff.signed_by.get_username(),
                "signed_at": signoff.signed_at.isoformat(),
                "fingerprint": signoff.fingerprint,
                "note": signoff.note,
            }
            for signoff in version.signoffs.all()
            if signoff.pk in rendition.signoffs
        ],
    }
