"""The admin's form of a preset: beside its columns, a field for each parameter that its engine takes."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from pydantic import ValidationError

from creative.validation import Checked, mistakes
from generation import engines, sizes
from generation.engines import ENGINES
from generation.engines.engine import UnusableSource
from generation.models import Preset

NOT_SAID = "The model's own"
NUMBERS = {"integer": forms.IntegerField, "number": forms.FloatField}


class SizesField(forms.CharField):
    """Sizes such as 1024x1024 with commas between them -> [[width, height], ...]."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(f"{width}x{height}" for width, height in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        found = [re.findall(r"\d{1,9}", text) for text in re.split(r"[,;\n]", value or "") if text.strip()]
        try:
            return sizes.ALLOWED.validate_python([[int(side) for side in size] for size in found], strict=True)
        except ValidationError as error:
            raise forms.ValidationError(f"These {mistakes(error)[0].sentence}.") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial)) != str(data or "")


class PresetForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's has no [] at run time
    sizes = SizesField(help_text="Of the pictures it may make, in pixels: 1024x1024, 768x1344.")
    parameters: tuple[str, ...]  # the names of those fields that are parameters of its engine

    class Meta:
        model = Preset
        fields = (
            "name",
            "engine",
            "sizes",
            "batch_size",
            "licence",
            "commercial_use",
            "training_data",
            "price",
            "retired",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update({name: self.instance.parameters[name] for name in self._given()})

    @property
    def changed_data(self) -> list[str]:
        """As columns."""
        changed = super().changed_data
        columns = [name for name in changed if name not in self.parameters]
        return columns if columns == changed else [*columns, "parameters"]

    def clean(self) -> dict[str, Any]:
        words = super().clean() or {}
        engine = ENGINES[words.get("engine") or self.instance.engine]
        given = {name: words[name] for name in self.parameters if words.get(name) is not None}
        try:
            words["parameters"] = engine.parameters.model_validate(given).model_dump()
        except ValidationError as error:
            for wrong in mistakes(error):
                name = str(wrong.place[0])
                if name not in self.errors:
                    self.add_error(name, f"This {wrong.sentence}.")
        else:
            self.instance.parameters = words["parameters"]
            self._check(words)
        return words

    def _check(self, words: dict[str, Any]) -> None:
        """Whether it can work here, once all that says so is there."""
        if "sizes" in words:
            try:
                engines.check(words.get("engine") or self.instance.engine, words["parameters"], words["sizes"])
            except UnusableSource as error:
                self.add_error("source", str(error))

    def _given(self) -> set[str]:
        return set(self.parameters) & set(self.instance.parameters or {})


def form_for(kind: str) -> type[PresetForm]:
    """Of presets on this engine."""
    fields = _fields(ENGINES[kind].parameters)
    return type("EnginePresetForm", (PresetForm,), {**fields, "parameters": tuple(fields)})


def _fields(parameters: type[Checked]) -> dict[str, forms.Field]:
    schema = parameters.model_json_schema()
    required = schema.get("required", [])
    return {name: _field(each, required=name in required) for name, each in schema["properties"].items()}


def _field(schema: dict[str, Any], *, required: bool) -> forms.Field:
    told: dict[str, Any] = {
        "label": schema["title"],
        "help_text": schema.get("description", ""),
        "initial": schema.get("default"),
    }
    schema |= next((each for each in schema.get("anyOf", []) if each["type"] != "null"), {})
    if "enum" in schema:
        choices = [(each, each or NOT_SAID) for each in schema["enum"]]
        return forms.ChoiceField(choices=choices, required="" not in schema["enum"], **told)
    if schema["type"] == "boolean":
        return forms.BooleanField(required=False, **told)
    if schema["type"] in NUMBERS:
        bounds: dict[str, Any] = {"min_value": schema.get("minimum"), "max_value": schema.get("maximum")}
        return NUMBERS[schema["type"]](required=required, **bounds, **told)
    return forms.CharField(required=required, max_length=schema.get("maxLength"), **told)
