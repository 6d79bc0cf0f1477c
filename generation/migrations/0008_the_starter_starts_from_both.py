from __future__ import annotations

from django.db import migrations


def say_so(apps, schema_editor):
    """Other presets say what they take once they are measured again."""
    apps.get_model("generation", "Preset").objects.filter(source="starter").update(
        takes_noise=True, takes_pictures=True
    )


class Migration(migrations.Migration):
    dependencies = [("generation", "0007_say_what_a_preset_starts_from")]

    operations = [migrations.RunPython(say_so, migrations.RunPython.noop)]
