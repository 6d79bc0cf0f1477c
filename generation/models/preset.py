from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from pydantic import ValidationError as Mistaken

from creative import text
from creative.models import File
from creative.validation import Mistake, mistakes
from generation import sizes
from generation.engines import ENGINES
from generation.recipe import PresetSnapshot


def _square() -> list[list[int]]:
    return [[1024, 1024]]


class Preset(models.Model):
    """A model on an engine and how to run it."""

    name = models.CharField(max_length=60, unique=True, validators=[text.one_line])
    engine = models.CharField(
        max_length=20, choices=[(kind, engine.label) for kind, engine in ENGINES.items()], default="diffusers"
    )
    parameters = models.JSONField(blank=True)  # as the engine's model of them has it
    sizes = models.JSONField(default=_square)  # of the pictures it may make: [width, height] each, in pixels
    # SHA-256 of what the engine runs; measure_preset writes it.
    weights = models.CharField(max_length=64, blank=True, editable=False)
    batch_size = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(64)])
    licence = models.CharField(max_length=80, validators=[text.one_line])
    commercial_use = models.BooleanField("may be used commercially", default=False)
    training_data = models.TextField("training-data statement", max_length=20_000, blank=True, validators=[text.lines])
    price = models.DecimalField(
        "price per GPU second", max_digits=10, decimal_places=6, default=0, validators=[MinValueValidator(0)]
    )
    # What a candidate may be varied by; measure_preset finds out.
    takes_noise = models.BooleanField(default=False, editable=False)
    takes_pictures = models.BooleanField(default=False, editable=False)
    # What of a brief it hears (generation.trial.Heard), as measuring found; empty where that is not known.
    heard = models.JSONField(default=dict, editable=False)
    complaints = models.JSONField(default=list, editable=False)  # of its library, while it was measured
    tokenizer = models.ForeignKey(File, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    seconds_per_picture = models.FloatField(null=True, blank=True, editable=False)  # of the largest size
    measured_on = models.CharField(max_length=120, blank=True, editable=False)
    retired = models.BooleanField(default=False, help_text="No new runs; what was made stays.")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("generation:preset", args=[self.pk])

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        super().clean_fields(exclude)
        wrong: dict[str, list[str]] = {}
        for name, check in (("parameters", self._parameters), ("sizes", self._sizes)):
            if name not in (exclude or ()):
                try:
                    check()
                except Mistaken as error:
                    wrong[name] = [_sentence(each, name) for each in mistakes(error)]
        if wrong:
            raise ValidationError(wrong)

    def snapshot(self) -> PresetSnapshot:
        return PresetSnapshot(
            name=self.name,
            engine=self.engine,
            parameters=self._parameters(),
            weights=self.weights,
            batch_size=self.batch_size,
            licence=self.licence,
            commercial_use=self.commercial_use,
            training_data=self.training_data,
        )

    def _parameters(self) -> dict[str, Any]:
        return ENGINES[self.engine].parameters.model_validate(self.parameters).model_dump()

    def _sizes(self) -> list[list[int]]:
        return sizes.ALLOWED.validate_python(self.sizes, strict=True)


class Sample(models.Model):
    """A picture that a preset made of a prompt when it was measured, in its place on the sheet."""

    preset = models.ForeignKey(Preset, on_delete=models.CASCADE, related_name="samples")
    place = models.PositiveSmallIntegerField()
    prompt = models.CharField(max_length=200)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["preset", "place"], name="one_sample_a_place")]

    def __str__(self) -> str:
        return self.prompt


def _sentence(wrong: Mistake, name: str) -> str:
    return f"{str(wrong.place[-1] if wrong.place else name).capitalize()} {wrong.sentence}."
