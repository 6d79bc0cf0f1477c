import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("creative", "0001_initial"),
        ("review", "0003_keep_attempts_and_signoffs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="flag",
            name="label",
            field=models.CharField(
                blank=True,
                choices=[("red", "Red"), ("yellow", "Yellow"), ("green", "Green"), ("blue", "Blue")],
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("hands", "Hands"),
                    ("text", "Text"),
                    ("off-brand", "Off-brand"),
                    ("composition", "Composition"),
                    ("likeness", "Likeness"),
                    ("artefact", "Artefact"),
                    ("other", "Other"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), ("value", "reject"), _connector="OR"),
                name="review_only_a_reject_has_a_reason",
            ),
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("marked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "brief",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="creative.brief"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
    ]
