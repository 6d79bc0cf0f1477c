from __future__ import annotations

from django.db import migrations

from creative.triggers import allow_changes, refuse_changes


def refuse(apps, schema_editor):
    refuse_changes(schema_editor, "creative_event")


def allow(apps, schema_editor):
    allow_changes(schema_editor, "creative_event")


class Migration(migrations.Migration):
    dependencies = [("creative", "0001_initial")]

    operations = [migrations.RunPython(refuse, allow)]
