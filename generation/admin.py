from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from creative.admin import Kept, ReadOnly, site
from generation import presets
from generation.models import Batch, Candidate, Preset, Reproduction, Run
from generation.preset_form import PresetForm, form_for


@admin.register(Preset, site=site)
class PresetAdmin(Kept):
    """New weights or settings count for later runs; a preset has to be measured on a worker before its first."""

    add, change = staticmethod(presets.add), staticmethod(presets.change)
    list_display = ("name", "engine", "batch_size", "seconds_per_picture", "licence", "retired")
    readonly_fields = ("weights", "seconds_per_picture", "measured_on")

    def get_form(self, request: HttpRequest, obj: Preset | None = None, change: bool = False, **kwargs: Any) -> Any:
        """With a field for each parameter of its engine."""
        return super().get_form(request, obj, change, **{**kwargs, "form": _form(obj)})

    def get_fieldsets(self, request: HttpRequest, obj: Preset | None = None) -> Any:
        """The parameters stand by themselves, after what every preset has."""
        parameters = _form(obj).parameters
        own = [name for name in self.get_fields(request, obj) if name not in parameters]
        return [(None, {"fields": own}), (_("Parameters"), {"fields": parameters})]


def _form(preset: Preset | None) -> type[PresetForm]:
    return form_for(preset.engine if preset else Preset._meta.get_field("engine").default)


@admin.register(Run, site=site)
class RunAdmin(ReadOnly):
    list_display = ("id", "project", "preset", "count", "started_by", "started_at", "cancelled_at")
    list_filter = ("project",)


@admin.register(Batch, site=site)
class BatchAdmin(ReadOnly):
    list_display = ("id", "run", "status", "attempt", "worker", "lease_until")
    list_filter = ("status",)


@admin.register(Candidate, site=site)
class CandidateAdmin(ReadOnly):
    list_display = ("id", "brief", "index", "seed", "made_at")
    show_full_result_count = False


@admin.register(Reproduction, site=site)
class ReproductionAdmin(ReadOnly):
    list_display = ("id", "candidate", "asked_by", "asked_at", "status", "outcome")
    list_filter = ("outcome",)
