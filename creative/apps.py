from __future__ import annotations

from django.apps import AppConfig


class CreativeConfig(AppConfig):
    name = "creative"
