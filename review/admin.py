from __future__ import annotations

from django.contrib import admin

from creative.admin import ReadOnly, site
from review.models import Asset, Export, SignOff, Version, Withdrawal


@admin.register(Asset, site=site)
class AssetAdmin(ReadOnly):
    list_display = ("id", "project", "brief", "variant", "locale", "made_at")


@admin.register(Version, site=site)
class VersionAdmin(ReadOnly):
    list_display = ("id", "asset", "number", "fingerprint", "made_at")


@admin.register(SignOff, site=site)
class SignOffAdmin(ReadOnly):
    list_display = ("id", "version", "stage", "decision", "signed_by", "signed_at", "withdrawn_at")


@admin.register(Withdrawal, site=site)
class WithdrawalAdmin(ReadOnly):
    list_display = ("id", "version", "signoff", "withdrawn_by", "withdrawn_at")


@admin.register(Export, site=site)
class ExportAdmin(ReadOnly):
    list_display = ("id", "project", "ordered_by", "ordered_at", "status")
