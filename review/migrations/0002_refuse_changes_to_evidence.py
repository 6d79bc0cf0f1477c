from __future__ import annotations

from django.db import migrations

from creative.triggers import allow_changes, refuse_changes


def refuse(apps, schema_editor):
    refuse_changes(schema_editor, "review_version")
    refuse_changes(schema_editor, "review_withdrawal")
    refuse_changes(schema_editor, "review_signoff", once="withdrawn_at")


def allow(apps, schema_editor):
    for table in ("review_version", "review_withdrawal", "review_signoff"):
        allow_changes(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial")]

    operations = [migrations.RunPython(refuse, allow)]
