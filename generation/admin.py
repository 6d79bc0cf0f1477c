from __future__ import annotations

from django.contrib import admin

from creative.admin import Kept, ReadOnly, site
from generation import presets
from generation.models import Batch, Candidate, Preset, Reproduction, Run


@admin.register(Preset, site=site)
class PresetAdmin(Kept):
    """New weights or settings count for later runs; a preset has to be measured on a worker before its first."""

    add, change = staticmethod(presets.add), staticmethod(presets.change)
    list_display = ("name", "source", "batch_size", "seconds_per_picture", "licence", "retired")
    readonly_fields = ("weights", "seconds_per_picture", "measured_on")


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
