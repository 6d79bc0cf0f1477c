from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0003_keep_attempts_and_signoffs"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="batch",
            options={"verbose_name_plural": "batches"},
        ),
    ]
