from __future__ import annotations

from review.models.composing import Asset, Composition, Hand, Requirement, Version, VersionOrder, VersionQuerySet
from review.models.culling import BlindJudge, BlindPass, Dismissal, Flag, Mark, Shortlisting
from review.models.delivery import Export, ExportQuerySet, Rendition
from review.models.signing import SignOff, Turn, Withdrawal

__all__ = [
    "Asset",
    "BlindJudge",
    "BlindPass",
    "Composition",
    "Dismissal",
    "Export",
    "ExportQuerySet",
    "Flag",
    "Hand",
    "Mark",
    "Rendition",
    "Requirement",
    "Shortlisting",
    "SignOff",
    "Turn",
    "Version",
    "VersionOrder",
    "VersionQuerySet",
    "Withdrawal",
]
