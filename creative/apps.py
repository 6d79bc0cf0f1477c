from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class CreativeConfig(AppConfig):
    name = "creative"

    def ready(self) -> None:
        from creative import older_database, sign_ins
        from creative.evidence import guards

        sign_ins.listen()
        post_migrate.connect(guards.arm, sender=self, dispatch_uid="creative.evidence.guards")
        pre_migrate.connect(guards.disarm, sender=self, dispatch_uid="creative.evidence.guards")
        pre_migrate.connect(older_database.refuse, sender=self, dispatch_uid="creative.older_database")
