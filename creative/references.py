"""Verbs on what people bring in for a brand, and on who answers for its rights."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, NamedTuple, TypedDict, Unpack

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creative import access, files, keeping
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Attestation, AttestationWithdrawal, Brand, File, Reference, User
from creative.roles import Action
from creative.uploads import door
from creative.uploads.door import Upload
from creative.uploads.kinds import Family

Kind = Reference.Kind
SOON = datetime.timedelta(days=30)  # before rights end, a producer hears of it
# What each kind of reference may be; drawings are logos alone.
FAMILIES: dict[str, tuple[Family, ...]] = {
    **dict.fromkeys((Kind.STYLE, Kind.PRODUCT, Kind.PROTECTED, Kind.PERSON), (Family.PICTURE,)),
    Kind.LOGO: (Family.PICTURE, Family.DRAWING),
    Kind.FONT: (Family.FONT,),
}


class Rights(TypedDict):
    """What somebody answers for."""

    licence: str
    uses: list[str]  # use classes
    markets: list[str]  # none: everywhere
    expires: datetime.date | None
    may_leave: bool


def add(brand: Brand, *, by: User, upload: Upload, kind: str, name: str, note: str = "") -> Reference:
    """Raises Refused where this file is there already, and PermissionDenied."""
    access.require_in_brand(by, Action.REFER, brand)
    made = {name: _stored(upload, name) for name in upload.files}
    reference = Reference(
        brand=brand,
        kind=kind,
        name=name,
        note=note,
        received=files.put(upload.received, media_type=upload.kind.media_type),
        facts={**upload.facts, "format": upload.kind.name},
        uploaded_by=by,
        **made,
    )
    with keeping.writing(reference):
        reference.save(force_insert=True)
        told: dict[str, Any] = {
            "reference": reference.pk,
            "brand": brand.pk,
            "kind": kind,
            "received": reference.received_id,
        }
        audit.record(None, by, Act.REFERENCE_ADDED, **told)
    return reference


def remove(reference: Reference, *, by: User) -> bool:
    """Out of the kit; what was made with it keeps it. Whoever brought it in may, and producers. False: it was out."""
    access.require_in_brand(by, Action.REFER, reference.brand)
    if by != reference.uploaded_by and Action.MANAGE not in access.rights_in_brand(by, reference.brand):
        raise PermissionDenied(_("Whoever brought it in takes it out, or a producer."))
    with transaction.atomic():
        removed = Reference.objects.kept().filter(pk=reference.pk).update(removed_at=now(), removed_by=by)
        if removed:
            audit.record(None, by, Act.REFERENCE_REMOVED, reference=reference.pk, brand=reference.brand_id)
    return bool(removed)


class Contract(NamedTuple):
    """A licence or contract as somebody sent it, and what they call it."""

    name: str
    content: IO[bytes]


def attest(
    reference: Reference, *, by: User, contract: Contract | None = None, **rights: Unpack[Rights]
) -> Attestation:
    """`by` answers for it; what stood before stays in the history. Raises Refused and PermissionDenied."""
    access.require_in_brand(by, Action.REFER, reference.brand)
    if reference.removed_at:
        raise Refused(_("This reference was taken out of the kit."))
    attestation = Attestation(reference=reference, attested_by=by, **rights)
    if attestation.is_expired:
        raise Refused(_("That day has passed. Name a later one, or none."))
    if contract:
        attestation.contract, attestation.contract_name = _kept(contract)
    with keeping.writing(attestation):
        attestation.save(force_insert=True)
        told: dict[str, Any] = {**rights, "expires": str(rights["expires"] or "")}
        if attestation.contract_id:
            told["contract"] = attestation.contract_id
        audit.record(None, by, Act.RIGHTS_ATTESTED, attestation=attestation.pk, reference=reference.pk, **told)
    return attestation


def _kept(contract: Contract) -> tuple[File, str]:
    """Its name ends as what it is, whatever it was called: a system opens files by that."""
    kind, received = door.contract(contract.content)
    stem = "".join(letter for letter in Path(contract.name).stem if letter.isprintable()).strip()[:100]
    return files.put(received, media_type=kind.media_type), f"{stem or _('contract')}.{kind.name.lower()}"


def withdraw(attestation: Attestation, *, by: User, reason: str) -> AttestationWithdrawal:
    """Stopping is always allowed. Raises Refused where somebody did so already, or without a reason."""
    access.require_in_brand(by, Action.REFER, attestation.reference.brand)
    withdrawal = AttestationWithdrawal(attestation=attestation, withdrawn_by=by, reason=reason)
    with keeping.writing(withdrawal):
        withdrawal.save(force_insert=True)
        audit.record(None, by, Act.RIGHTS_WITHDRAWN, attestation=attestation.pk, reason=reason)
    return withdrawal


def ending(projects: Iterable[int | None]) -> QuerySet[Attestation]:
    """Of the brands of these projects (ids): what has ended or ends soon, and what nothing that stands came after."""
    stands = Attestation.objects.filter(withdrawal=None, reference__removed_at=None)
    later = stands.filter(reference=OuterRef("reference"), pk__gt=OuterRef("pk"))
    brands = Brand.objects.filter(projects__in=list(projects))
    soon = stands.filter(expires__lte=timezone.localdate() + SOON, reference__brand__in=brands)
    return soon.exclude(Exists(later)).select_related("reference__brand", "reference__thumbnail").order_by("expires")


def _stored(upload: Upload, name: str) -> File:
    content = upload.files[name]
    if name == "font":
        return files.put(content, media_type=upload.facts["media_type"])
    size = upload.facts["sizes"][name]
    return files.put(content, media_type="image/webp", width=size[0], height=size[1])
