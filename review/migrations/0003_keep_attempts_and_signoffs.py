from django.db import migrations, models

import creative.leases


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0002_refuse_changes_to_evidence"),
    ]

    operations = [
        migrations.AddField(
            model_name="export",
            name="last_attempt",
            field=models.PositiveSmallIntegerField(default=creative.leases.attempts),
        ),
        migrations.AddField(
            model_name="rendition",
            name="signoffs",
            field=models.JSONField(default=list),
        ),
    ]
