"""What people brought in for a brand, and who answers for its rights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from creative import access, cut_outs, references
from creative.errors import Refused
from creative.forms import AttestationForm, ReferencesForm, WithdrawalForm
from creative.http import Request, done, file_response, streamed
from creative.models import Attestation, Brand, Reference
from creative.presses import Answer, once
from creative.roles import Action
from creative.uploads import door, tickets

SIZES = ("picture", "thumbnail")


@require_POST
def additions(request: Request, brand_id: int) -> HttpResponse:
    """One file after the other: one that is refused loses none of the others. By script, one a request."""
    brand = access.fetch_brand(request.user, Action.REFER, brand_id)
    form = ReferencesForm(request.POST, request.FILES)
    if not form.is_valid():
        sentence = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _refused(request, brand, [sentence])
    taken, refused = [], []
    for file in form.cleaned_data["sent"]:
        try:
            taken.append(_taken(request, brand, form.cleaned_data["kind"], file))
        except Refused as refusal:
            refused.append(f"{file.name}: {refusal}")
    if request.htmx:
        return _refused(request, brand, refused) if refused else _card(request, taken[0])
    if taken:
        sentence = ngettext("%(count)s reference was brought in.", "%(count)s references were brought in.", len(taken))
        messages.success(request, sentence % {"count": len(taken)})
    return _refused(request, brand, refused)


@require_safe
def reference(request: Request, reference_id: int) -> HttpResponse:
    """Its picture, who answers for it, and everybody who did."""
    found = reference_of(request, reference_id)
    return _page(request, found)


@require_safe
def file(request: Request, reference_id: int, size: str) -> HttpResponseBase:
    """What was made of it; what was received is served to nobody."""
    found = reference_of(request, reference_id)
    stored = getattr(found, size) if size in SIZES else None
    if stored is None:
        raise Http404
    return file_response(request, stored)


@require_http_methods(["POST"])
def attestations(request: Request, reference_id: int) -> HttpResponse:
    found = reference_of(request, reference_id)
    access.require_in_brand(request.user, Action.REFER, found.brand)
    form = AttestationForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, attestation_form=form, status=422)
    sent = form.cleaned_data.pop("contract")
    contract = references.Contract(sent.name, sent) if sent else None
    try:
        references.attest(found, by=request.user, contract=contract, **form.cleaned_data)
    except Refused as refusal:
        form.add_error("contract" if contract else None, str(refusal))
        return _page(request, found, attestation_form=form, status=422)
    return done(
        request, _("You answer for the rights in “%(reference)s”.") % {"reference": found}, found.get_absolute_url()
    )


@require_safe
def contract(request: Request, attestation_id: int) -> HttpResponseBase:
    """To keep and not to look at here: what is in it nobody of ours has read."""
    rows = Attestation.objects.select_related("reference__brand", "contract")
    found = get_object_or_404(rows, pk=attestation_id)
    access.require_in_brand(request.user, Action.VIEW, found.reference.brand)
    if found.contract is None:
        raise Http404
    return streamed(found.contract, as_attachment=True, filename=found.contract_name)


@require_POST
def withdrawal(request: Request, attestation_id: int) -> HttpResponse:
    rows = Attestation.objects.select_related("reference__brand")
    found = get_object_or_404(rows, pk=attestation_id)
    access.require_in_brand(request.user, Action.REFER, found.reference.brand)
    form = WithdrawalForm(request.POST)
    if not form.is_valid():
        return _page(request, found.reference, withdrawal_form=form, status=422)
    references.withdraw(found, by=request.user, **form.cleaned_data)
    return done(request, _("Nobody answers for it by that any more."), found.reference.get_absolute_url())


@require_POST
@once
def removal(request: Request, reference_id: int) -> Answer:
    found = reference_of(request, reference_id)
    references.remove(found, by=request.user)
    return Answer(_("“%(reference)s” is out of the kit.") % {"reference": found}, found.brand.get_absolute_url())


def reference_of(request: Request, reference_id: int) -> Reference:
    rows = Reference.objects.select_related("brand", "picture", "thumbnail", "uploaded_by", "removed_by")
    found = get_object_or_404(rows, pk=reference_id)
    access.require_in_brand(request.user, Action.VIEW, found.brand)
    return found


def _taken(request: Request, brand: Brand, kind: str, file: UploadedFile[Any]) -> Reference:
    upload = door.take(file, families=references.FAMILIES[kind])
    name = " ".join(Path(file.name or "").stem.replace("_", " ").split())[:120]
    return references.add(brand, by=request.user, upload=upload, kind=kind, name=name or Reference.Kind(kind).label)


def _card(request: Request, reference: Reference) -> HttpResponse:
    return render(request, "creative/_reference.html", {"reference": reference})


def _refused(request: Request, brand: Brand, sentences: list[str]) -> HttpResponse:
    if request.htmx:
        return render(request, "creative/_not_taken.html", {"sentences": sentences}, status=422)
    for sentence in sentences:
        messages.error(request, sentence)
    return redirect(brand)


def _page(
    request: Request,
    reference: Reference,
    *,
    attestation_form: AttestationForm | None = None,
    withdrawal_form: WithdrawalForm | None = None,
    status: int = 200,
) -> HttpResponse:
    held = access.rights_in_brand(request.user, reference.brand)
    history = reference.attestations.select_related("attested_by", "contract", "withdrawal__withdrawn_by").order_by(
        "-pk"
    )
    context = {
        "reference": reference,
        "attestation": reference.attestation,
        "is_product": reference.kind == Reference.Kind.PRODUCT,
        "cut_out": cut_outs.newest(reference),
        "history": history.order_by("-pk"),
        "ticket": tickets.ticket(request.user),
        "attestation_form": attestation_form or AttestationForm(),
        "withdrawal_form": withdrawal_form or WithdrawalForm(),
        "refers": Action.REFER in held and not reference.removed_at,
        "removes": (request.user == reference.uploaded_by or Action.MANAGE in held) and not reference.removed_at,
    }
    return render(request, "creative/reference.html", context, status=status)
