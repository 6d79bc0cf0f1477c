from django.db import migrations, models

import creative.models


class Migration(migrations.Migration):
    dependencies = [
        ("creative", "0002_refuse_changes_to_evidence"),
    ]

    operations = [
        migrations.AlterField(
            model_name="brand",
            name="palette",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text='[{"name": "Ember", "hex": "#d6282e"}, ...]',
                validators=[creative.models.check_palette],
            ),
        ),
    ]
