from django.db import migrations, models

import creative.leases


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0002_refuse_changes_to_evidence"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="last_attempt",
            field=models.PositiveSmallIntegerField(default=creative.leases.attempts),
        ),
    ]
