"""What a preset is, says and can, for everybody who may choose it."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from creative import access
from creative.http import Request, file_response
from generation import engines, estimates
from generation.models import Preset, Sample


@require_safe
def presets(request: Request) -> HttpResponse:
    """Those in use."""
    found = Preset.objects.filter(retired=False).order_by("name").prefetch_related("samples__file")
    cards = [{"preset": preset, "takes": estimates.of_picture(preset), "cannot": _cannot(preset)} for preset in found]
    context = {"cards": cards, "keeps": access.keeps_site(request.user)}
    return render(request, "generation/presets.html", context)


@require_safe
def preset(request: Request, preset_id: int) -> HttpResponse:
    """One of them: what it hears, what it can't, what a picture takes and costs, whose it is."""
    found = get_object_or_404(Preset, pk=preset_id)
    guidance = found.heard.get("guidance", True)
    context = {
        "preset": found,
        "takes": estimates.of_picture(found),
        "hears": _hears(found),
        "parameters": engines.facts(found.snapshot(), hears_guidance=guidance),
        "samples": found.samples.select_related("file"),
        "sizes": ", ".join(f"{width} × {height}" for width, height in found.sizes),
        "keeps": access.keeps_site(request.user),
    }
    return render(request, "generation/preset.html", context)


@require_safe
def sample(request: Request, sample_id: int) -> HttpResponseBase:
    """A picture of a sample sheet."""
    return file_response(request, get_object_or_404(Sample.objects.select_related("file"), pk=sample_id).file)


def _hears(preset: Preset) -> list[tuple[str, str]]:
    """What of a brief changes its pictures, as measuring found, in sentences; empty where that is not known."""
    heard = preset.heard
    if not heard:
        return []
    return [
        (_("Prompt"), _length(heard["tokens"])),
        *_encoders(heard.get("encoders", {})),
        (_("Things to avoid"), _("Heard.") if heard["avoid"] else _("Not heard: naming them changes nothing.")),
        (_("Guidance"), _("Heard.") if heard["guidance"] else _("Not heard: its number changes nothing.")),
        (_("More like this"), _more_like(preset)),
        (
            _("Cancelling"),
            _("Stops within a step.") if heard["stops"] else _("Stops once the batch at work is made."),
        ),
    ]


def _length(tokens: int | None) -> str:
    if tokens is None:
        return _("As long as anybody writes.")
    sentence = ngettext("%(count)s word part; the rest is cut.", "%(count)s word parts; the rest is cut.", tokens)
    return sentence % {"count": tokens}


def _encoders(lengths: dict[str, int | None]) -> list[tuple[str, str]]:
    """What each of several reads, with what begins and ends a prompt there."""
    if len(lengths) < 2:
        return []
    each = (f"{name} {_('all') if length is None else length}" for name, length in lengths.items())
    return [(_("Read by"), ", ".join(each))]


def _more_like(preset: Preset) -> str:
    if preset.takes_noise and preset.takes_pictures:
        return _("By the seed of a candidate, or by its picture.")
    if preset.takes_pictures:
        return _("By the picture of a candidate. Its seed decides too little of a picture here.")
    if preset.takes_noise:
        return _("By the seed of a candidate.")
    return _("Not from a candidate.")


def _cannot(preset: Preset) -> list[str]:
    """In a line, what a person who chooses it should know."""
    heard = preset.heard
    told = {
        _("not measured yet"): not preset.weights,
        _("not measured since it changed"): bool(preset.weights) and not heard,
        _("can't be told what to avoid"): heard.get("avoid") is False,
        _("nothing more like a candidate"): bool(heard) and not (preset.takes_noise or preset.takes_pictures),
        _("not for commercial use"): not preset.commercial_use,
    }
    return [sentence for sentence, holds in told.items() if holds]
