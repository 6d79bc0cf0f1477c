from __future__ import annotations

from review.models.composing import Asset, SignOff, Stage, Version, VersionQuerySet, Withdrawal
from review.models.culling import BlindJudge, BlindPass, Flag, Mark, Shortlisting
from review.models.delivery import Export, ExportQuerySet, Rendition

__all__ = [
    "Asset",
    "BlindJudge",
    "BlindPass",
    "Export",
    "ExportQuerySet",
    "Flag",
    "Mark",
    "Rendition",
    "Shortlisting",
    "SignOff",
    "Stage",
    "Version",
    "VersionQuerySet",
    "Withdrawal",
]
