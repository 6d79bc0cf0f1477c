from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CreativeConfig(AppConfig):
    name = "creative"

    def ready(self) -> None:
        from creative.evidence import append_only

        post_migrate.connect(append_only.arm, dispatch_uid="creative.evidence.append_only")
