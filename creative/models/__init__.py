from __future__ import annotations

from creative.models.brand import Brand, Kit
from creative.models.brief import Archival, Brief, BriefRevision, UseClass
from creative.models.cut_out import CutOut
from creative.models.evidence import AnchorCount, Chain, Event, Payload
from creative.models.file import File
from creative.models.membership import Membership
from creative.models.money import Spending
from creative.models.people import NOBODY, User, VisibleTo
from creative.models.policy import Policy
from creative.models.press import Press
from creative.models.project import Project, ProjectQuerySet
from creative.models.reference import Attestation, AttestationWithdrawal, Reference
from creative.models.tries import Tries

__all__ = [
    "AnchorCount",
    "Archival",
    "Attestation",
    "AttestationWithdrawal",
    "Brand",
    "Brief",
    "BriefRevision",
    "Chain",
    "CutOut",
    "Event",
    "File",
    "Kit",
    "Membership",
    "NOBODY",
    "Payload",
    "Policy",
    "Press",
    "Project",
    "ProjectQuerySet",
    "Reference",
    "Spending",
    "UseClass",
    "Tries",
    "User",
    "VisibleTo",
]
