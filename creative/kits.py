"""Verbs on a brand's kit: write its next version. None is ever changed."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from pydantic import ValidationError

from creative import access, kit
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Brand, Kit, Reference, User
from creative.roles import Action
from creative.validation import mistakes


class Stale(Refused):
    """Somebody wrote a version since the one that this began from."""


def write(brand: Brand, *, by: User, began: int, content: dict[str, Any] | kit.Content) -> Kit:
    """The version after `began`, or that itself where nothing in it is new.

    Raises PermissionDenied, Refused for what no kit may hold, and Stale.
    """
    access.require_in_brand(by, Action.KEEP_KIT, brand)
    said = _checked(content)
    _require_references(brand, said)
    newest = brand.kits.order_by("-number").first() or Kit(brand=brand)
    if newest.number != began:
        raise _stale(newest)
    if said == newest.said:
        return newest
    version = Kit(brand=brand, number=began + 1, content=said.model_dump(), written_by=by)
    try:
        with transaction.atomic():
            version.save(force_insert=True)
            told: dict[str, Any] = {"brand": brand.pk, "kit": version.number}
            audit.record(None, by, Act.KIT_WRITTEN, rows=[version], **told, changes=changes(newest, version))
    except IntegrityError as error:
        raise _stale(brand.kits.select_related("written_by").latest("number")) from error
    brand.kit = version
    return version


def numbered(brand: Brand, number: int) -> Kit | None:
    """A version of it; 0 is the kit that says nothing, before the first."""
    return brand.kits.select_related("written_by").filter(number=number).first() if number else Kit(brand=brand)


def changes(old: Kit, new: Kit) -> list[str]:
    """What the newer version says otherwise, in sentences."""
    ids = {logo.reference for version in (old, new) for logo in version.logos} | {*old.fonts, *new.fonts}
    names = dict(Reference.objects.filter(pk__in=ids).values_list("pk", "name"))
    return kit.changes(old.said, new.said, names)


def references(version: Kit) -> dict[int, Reference]:
    """Its logos and fonts by id, without what was taken out since."""
    ids = [*(logo.reference for logo in version.logos), *version.fonts]
    rows = Reference.objects.kept().filter(brand=version.brand, pk__in=ids)
    return rows.select_related("picture", "thumbnail").in_bulk()


def choices(brand: Brand, kind: str) -> QuerySet[Reference]:
    """What may stand in its kit as a logo, or a font."""
    return Reference.objects.kept().filter(brand=brand, kind=kind).order_by("name", "pk")


def _checked(content: dict[str, Any] | kit.Content) -> kit.Content:
    if isinstance(content, kit.Content):
        return content
    try:
        return kit.Content.model_validate(content)
    except ValidationError as error:
        raise Refused(mistakes(error)[0].sentence) from error


def _require_references(brand: Brand, said: kit.Content) -> None:
    for kind, ids in (
        (Reference.Kind.LOGO, {logo.reference for logo in said.logos}),
        (Reference.Kind.FONT, set(said.fonts)),
    ):
        if ids - set(choices(brand, kind).filter(pk__in=ids).values_list("pk", flat=True)):
            told = {"kind": str(kind.label).lower()}
            raise Refused(_("A %(kind)s of this kit is not among the brand's references. Choose another.") % told)


def _stale(newest: Kit) -> Stale:
    told = {"who": newest.written_by, "number": newest.number}
    return Stale(_("%(who)s wrote version %(number)s meanwhile. Nothing of yours was saved yet.") % told)
