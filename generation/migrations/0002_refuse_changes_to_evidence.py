from __future__ import annotations

from django.db import migrations

from creative.triggers import allow_changes, refuse_changes


def refuse(apps, schema_editor):
    refuse_changes(schema_editor, "generation_candidate")


def allow(apps, schema_editor):
    allow_changes(schema_editor, "generation_candidate")


class Migration(migrations.Migration):
    dependencies = [("generation", "0001_initial")]

    operations = [migrations.RunPython(refuse, allow)]
