from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0004_say_batches"),
    ]

    operations = [
        migrations.AddField(
            model_name="candidate",
            name="phash",
            field=models.CharField(max_length=16, null=True),
        ),
    ]
