from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from generation.recipe import PresetSnapshot


class Preset(models.Model):
    """A model and how to run it. Sources are safetensors folders, or hub ids at a pinned revision."""

    class Dtype(models.TextChoices):
        FLOAT32 = "float32"
        BFLOAT16 = "bfloat16"
        FLOAT16 = "float16"

    name = models.CharField(max_length=60, unique=True)
    source = models.CharField(
        max_length=200,
        help_text='"starter", a folder inside WINNOW_MODELS, or a hub id such as "owner/model".',
    )
    revision = models.CharField(
        max_length=40,
        blank=True,
        validators=[RegexValidator(r"^[0-9a-f]{40}$", "A pinned revision is a 40-digit commit hash.")],
        help_text="Required for hub ids: the full commit hash.",
    )
    weights = models.CharField(max_length=64, blank=True, editable=False)  # SHA-256; measure_preset writes it
    scheduler = models.CharField(
        max_length=60, blank=True, help_text="A diffusers scheduler class; empty: the model's own."
    )
    steps = models.PositiveSmallIntegerField(default=20, validators=[MinValueValidator(1), MaxValueValidator(200)])
    guidance = models.FloatField(default=5.0, validators=[MinValueValidator(0), MaxValueValidator(30)])
    width = models.PositiveIntegerField(default=1024, validators=[MinValueValidator(64), MaxValueValidator(4096)])
    height = models.PositiveIntegerField(default=1024, validators=[MinValueValidator(64), MaxValueValidator(4096)])
    dtype = models.CharField(max_length=10, choices=Dtype.choices, default=Dtype.BFLOAT16)
    batch_size = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(64)])
    licence = models.CharField(max_length=80)
    commercial_use = models.BooleanField("may be used commercially", default=False)
    training_data = models.TextField("training-data statement", blank=True)
    price = models.DecimalField(
        "price per GPU second", max_digits=10, decimal_places=6, default=0, validators=[MinValueValidator(0)]
    )
    # What a candidate may be varied by; measure_preset finds out.
    takes_noise = models.BooleanField(default=False, editable=False)
    takes_pictures = models.BooleanField(default=False, editable=False)
    seconds_per_picture = models.FloatField(null=True, blank=True, editable=False)
    measured_on = models.CharField(max_length=120, blank=True, editable=False)
    retired = models.BooleanField(default=False, help_text="No new runs; what was made stays.")

    def __str__(self) -> str:
        return self.name

    def snapshot(self) -> PresetSnapshot:
        return PresetSnapshot(
            **{name: getattr(self, name) for name in PresetSnapshot.__dataclass_fields__ if name != "guidance"},
            guidance=float(self.guidance),
        )
