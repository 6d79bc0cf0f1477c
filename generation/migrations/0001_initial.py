from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("creative", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("lease_until", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("finished_at", models.DateTimeField(null=True)),
                ("first", models.PositiveIntegerField()),
                ("count", models.PositiveSmallIntegerField()),
                ("worker", models.CharField(blank=True, max_length=120)),
                ("step", models.PositiveSmallIntegerField(default=0)),
                ("gpu_seconds", models.FloatField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Preset",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                (
                    "source",
                    models.CharField(
                        help_text='"starter", a folder inside WINNOW_MODELS, or a hub id such as "owner/model".',
                        max_length=200,
                    ),
                ),
                (
                    "revision",
                    models.CharField(
                        blank=True,
                        help_text="Required for hub ids: the full commit hash.",
                        max_length=40,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[0-9a-f]{40}$", "A pinned revision is a 40-digit commit hash."
                            )
                        ],
                    ),
                ),
                ("weights", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "scheduler",
                    models.CharField(
                        blank=True,
                        help_text="A diffusers scheduler class; empty: the model's own.",
                        max_length=60,
                    ),
                ),
                (
                    "steps",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(200),
                        ],
                    ),
                ),
                (
                    "guidance",
                    models.FloatField(
                        default=5.0,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(30),
                        ],
                    ),
                ),
                (
                    "width",
                    models.PositiveIntegerField(
                        default=1024,
                        validators=[
                            django.core.validators.MinValueValidator(64),
                            django.core.validators.MaxValueValidator(4096),
                        ],
                    ),
                ),
                (
                    "height",
                    models.PositiveIntegerField(
                        default=1024,
                        validators=[
                            django.core.validators.MinValueValidator(64),
                            django.core.validators.MaxValueValidator(4096),
                        ],
                    ),
                ),
                (
                    "dtype",
                    models.CharField(
                        choices=[("float32", "Float32"), ("bfloat16", "Bfloat16"), ("float16", "Float16")],
                        default="bfloat16",
                        max_length=10,
                    ),
                ),
                (
                    "batch_size",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(64),
                        ],
                    ),
                ),
                ("licence", models.CharField(max_length=80)),
                (
                    "commercial_use",
                    models.BooleanField(default=False, verbose_name="may be used commercially"),
                ),
                ("training_data", models.TextField(blank=True, verbose_name="training-data statement")),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=6,
                        default=0,
                        max_digits=10,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price per GPU second",
                    ),
                ),
                ("seconds_per_picture", models.FloatField(blank=True, editable=False, null=True)),
                ("measured_on", models.CharField(blank=True, editable=False, max_length=120)),
                (
                    "retired",
                    models.BooleanField(default=False, help_text="No new runs; what was made stays."),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("recipe_data", models.JSONField(editable=False)),
                ("first", models.PositiveIntegerField(editable=False)),
                ("count", models.PositiveSmallIntegerField(editable=False)),
                ("policy", models.PositiveIntegerField(editable=False)),
                ("price", models.DecimalField(decimal_places=6, editable=False, max_digits=10)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("cancelled_at", models.DateTimeField(null=True)),
                (
                    "brief",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="creative.brief"
                    ),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "preset",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="generation.preset",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="creative.project",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="creative.briefrevision",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Candidate",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("index", models.PositiveIntegerField()),
                ("seed", models.PositiveBigIntegerField()),
                ("slot", models.PositiveSmallIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("small", models.CharField(max_length=64)),
                ("large", models.CharField(max_length=64)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("gpu_seconds", models.FloatField()),
                ("cost", models.DecimalField(decimal_places=6, default=Decimal("0"), max_digits=12)),
                ("environment", models.JSONField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="candidates",
                        to="generation.batch",
                    ),
                ),
                (
                    "brief",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="candidates",
                        to="creative.brief",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="candidates",
                        to="creative.project",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="candidates",
                        to="generation.run",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="batch",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="generation.run"
            ),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(
                fields=("brief", "first"), name="generation_runs_of_a_brief_do_not_overlap"
            ),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.CheckConstraint(
                condition=models.Q(("count__range", (1, 100))), name="generation_run_is_of_1_to_100"
            ),
        ),
        migrations.AddIndex(
            model_name="candidate",
            index=models.Index(fields=["project", "-id"], name="generation_newest_candidates"),
        ),
        migrations.AddConstraint(
            model_name="candidate",
            constraint=models.UniqueConstraint(fields=("brief", "index"), name="generation_candidate_made_once"),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                condition=models.Q(("status__in", ["queued", "running"])),
                fields=["run", "first"],
                name="generation_unfinished_batches",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(
                fields=("run", "first"), name="generation_batches_of_a_run_do_not_overlap"
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lease_until__isnull", False), ("status", "running")),
                    models.Q(models.Q(("status", "running"), _negated=True), ("lease_until__isnull", True)),
                    _connector="OR",
                ),
                name="generation_batch_leased_exactly_while_running",
            ),
        ),
    ]
