from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0006_hash_older_candidates"),
    ]

    operations = [
        migrations.AddField(
            model_name="preset",
            name="takes_noise",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="preset",
            name="takes_pictures",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
