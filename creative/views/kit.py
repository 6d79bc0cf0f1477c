"""A brand's kit: the page of it, its versions, and the form that writes the next one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from creative import access, kits
from creative import kit as kit_words
from creative.forms import ReferencesForm
from creative.http import Request, bad_request, done, number_in
from creative.kit_form import KitForm
from creative.models import Brand, Kit, Project, Reference
from creative.presses import Answer, answered
from creative.roles import Action
from creative.uploads import tickets

RECENT = 8  # versions that the page lists; each leads to the one before


@dataclass(frozen=True)
class Drawn:
    """A logo with the space around it that stays clear, in pixels of its picture."""

    reference: Reference
    width: int
    height: int
    clear: int

    @classmethod
    def of(cls, logo: kit_words.Logo, reference: Reference | None) -> Self | None:
        """None for one that was taken out."""
        if reference is None or reference.picture is None:
            return None
        width, height = reference.picture.width or 1, reference.picture.height or 1
        return cls(reference, width, height, round(height * logo.clear_space / 100))

    @property
    def clear_width(self) -> int:
        return self.width + 2 * self.clear

    @property
    def clear_height(self) -> int:
        return self.height + 2 * self.clear

    @property
    def view_box(self) -> str:
        return f"{-self.clear} {-self.clear} {self.clear_width} {self.clear_height}"


@require_safe
def page(request: Request, brand_id: int) -> HttpResponse:
    """The newest version as a brand book's page, and everything that was brought in."""
    brand = access.fetch_brand(request.user, Action.VIEW, brand_id)
    held = access.rights_in_brand(request.user, brand)
    context = {
        **_shown(brand.kit),
        "groups": _groups(brand),
        "projects": Project.objects.visible_to(request.user).filter(brand=brand),
        "form": ReferencesForm() if Action.REFER in held else None,
        "ticket": tickets.ticket(request.user),
        "keeps": Action.KEEP_KIT in held,
        "keeps_site": access.keeps_site(request.user),
        "versions": brand.kits.select_related("written_by").order_by("-number")[:RECENT],
    }
    return render(request, "creative/kit.html", context)


@require_safe
def version(request: Request, brand_id: int, number: int) -> HttpResponse:
    """One version as it was, with what it said otherwise than the one before."""
    brand = access.fetch_brand(request.user, Action.VIEW, brand_id)
    found = kits.numbered(brand, number) if number else None
    before = kits.numbered(brand, number - 1) if found else None
    if found is None or before is None:
        raise Http404
    context = {
        **_shown(found),
        "before": before,
        "changes": kits.changes(before, found),
        "is_newest": found.number == brand.kit.number,
        "keeps": Action.KEEP_KIT in access.rights_in_brand(request.user, brand),
    }
    return render(request, "creative/kit_version.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def form(request: Request, brand_id: int) -> HttpResponse:
    """The newest version to write the next from, or the one that the address names; a POST writes it."""
    brand = access.fetch_brand(request.user, Action.KEEP_KIT, brand_id)
    if request.method == "POST":
        answer = answered(request, partial(_written, request, brand))
        return answer if isinstance(answer, HttpResponse) else done(request, *answer)
    number = number_in(request.GET.get("from"))
    source = brand.kit if number is None else kits.numbered(brand, number)
    if source is None:
        raise Http404
    return _form_page(request, brand, KitForm(brand, content=source.said), source=source)


def _written(request: Request, brand: Brand) -> Answer | HttpResponse:
    sent = KitForm(brand, data=request.POST)
    began = number_in(request.POST.get("began"))
    base = kits.numbered(brand, began) if began is not None and sent.is_whole else None
    if base is None:
        return bad_request(_("A kit is sent with all of its fields."))
    if not sent.is_valid() or sent.content is None:
        return _form_page(request, brand, sent, began=base.number, status=422)
    try:
        written = kits.write(brand, by=request.user, began=base.number, content=sent.content)
    except kits.Stale as refusal:
        return _merged_page(request, brand, base, sent.content, str(refusal))
    if written.number == base.number:
        return Answer(_("Nothing in it changed."), brand.get_absolute_url())
    sentence = _("Version %(number)s of the kit holds from now on.") % {"number": written.number}
    return Answer(sentence, brand.get_absolute_url())


def _merged_page(request: Request, brand: Brand, base: Kit, mine: kit_words.Content, refusal: str) -> HttpResponse:
    """What the person wrote, over what others wrote meanwhile: what both wrote is theirs to decide."""
    merged = kit_words.merged(mine, base.said, brand.kit.said)
    shown = KitForm(brand, content=merged)
    stale = {
        "refusal": refusal,
        "newest": brand.kit,
        "changes": kits.changes(base, brand.kit),
        "contested": kit_words.contested(mine, base.said, brand.kit.said),
    }
    return _form_page(request, brand, shown, stale=stale, status=409)


def _form_page(
    request: Request,
    brand: Brand,
    form: KitForm,
    *,
    source: Kit | None = None,
    began: int | None = None,
    stale: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "brand": brand,
        "form": form,
        "source": source,
        "began": brand.kit.number if began is None else began,
        "stale": stale,
    }
    return render(request, "creative/kit_form.html", context, status=status)


def _shown(kit: Kit) -> dict[str, Any]:
    """A version, with the pictures of its logos and fonts."""
    found = kits.references(kit)
    return {
        "brand": kit.brand,
        "kit": kit,
        "logos": [(logo, Drawn.of(logo, found.get(logo.reference))) for logo in kit.logos],
        "fonts": [found.get(font) for font in kit.fonts],
    }


def _groups(brand: Brand) -> list[tuple[str, list[Reference]]]:
    kept = brand.references.kept().select_related("thumbnail", "uploaded_by").order_by("kind", "name", "pk")
    found = list(kept.prefetch_related("attestations__withdrawal", "attestations__attested_by"))
    groups = [(str(kind.label), [each for each in found if each.kind == kind]) for kind in Reference.Kind]
    return [(label, each) for label, each in groups if each]
