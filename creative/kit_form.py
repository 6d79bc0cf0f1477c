"""A kit as a form: its prose and words, and rows of colours, logos, fonts and legal lines. An emptied row is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, cast

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from pydantic import ValidationError

from creative import kit, kits, text
from creative.forms import WordsField
from creative.models import Brand, Reference
from creative.validation import Mistake, mistakes

GROUNDS = (("light", "Light"), ("dark", "Dark"))
MOST_MORE = 20  # rows above what a kit may hold, so that too many are told and not cut off


class ListField(WordsField):
    """One word or phrase a line -> a list without repeats."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = [" ".join(line.split()) for line in super().to_python(value).split("\n")]
        return list(dict.fromkeys(line for line in lines if line))

    def run_validators(self, value: list[str]) -> None:
        for line in value:
            text.one_line(line)


class ProseForm(forms.Form):
    spell = ListField(
        required=False,
        label="To spell exactly",
        help_text="One word or phrase a line, as it is to be written.",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    avoid = ListField(
        required=False,
        label="To avoid",
        help_text="One word or phrase a line. A brief that uses one is told so.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    rules = WordsField(
        required=False,
        validators=[text.lines],
        label="Rules",
        help_text="What always and never goes, in sentences.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    house_style = WordsField(
        required=False,
        validators=[text.one_line],
        label="House style",
        help_text="Stands at the end of every prompt, where everybody sees it.",
    )


class RowForm(forms.Form):
    """A row that says nothing is left out, whatever stands in the fields beside."""

    says: ClassVar[tuple[str, ...]]

    def has_changed(self) -> bool:
        return any((self[name].data or "").strip() for name in self.says)


class ColourForm(RowForm):
    says = ("name", "hex")
    name = forms.CharField(required=False, validators=[text.one_line], label="Name")
    hex = forms.CharField(
        required=False,
        validators=[text.one_line],
        label="Hex",
        widget=forms.TextInput(attrs={"class": "mono", "spellcheck": "false", "maxlength": 7}),
    )
    tolerance = forms.IntegerField(initial=kit.TOLERANCE, label="Tolerance, ΔE")

    def clean_hex(self) -> str:
        """With its # where that was left out."""
        given = str(self.cleaned_data["hex"])
        return given if given.startswith("#") or not given else f"#{given}"


class ReferenceField(forms.TypedChoiceField):
    """A reference of the brand's own -> its id."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, coerce=int, empty_value=None, choices=[("", "None")], **more)


class LogoForm(RowForm):
    says = ("reference",)
    reference = ReferenceField(label="Logo")
    ground = forms.ChoiceField(choices=GROUNDS, label="On grounds that are")
    clear_space = forms.IntegerField(initial=25, label="Clear space, % of its height")
    least_width = forms.IntegerField(initial=80, label="Least width, px")


class FontForm(RowForm):
    says = ("reference",)
    reference = ReferenceField(label="Font")


class LegalLineForm(RowForm):
    says = ("market", "text")
    market = forms.CharField(
        required=False,
        validators=[text.one_line],
        label="Market",
        widget=forms.TextInput(attrs={"placeholder": "everywhere", "maxlength": 6, "autocapitalize": "characters"}),
    )
    text = WordsField(required=False, validators=[text.lines], label="Text", widget=forms.Textarea(attrs={"rows": 1}))

    def clean_market(self) -> str:
        return str(self.cleaned_data["market"]).upper()


class Rows(BaseFormSet):  # type: ignore[type-arg]  # Django's has no [] at run time
    """All of them count alike, those that stood before and the empty ones behind."""

    mistake = ""  # of the rows together

    def __init__(self, *args: Any, choices: Iterable[tuple[int, str]] = (), **more: Any) -> None:
        self.choices = list(choices)
        super().__init__(*args, **more)
        self.extra += len(self.initial or ())

    def initial_form_count(self) -> int:
        return 0

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "reference" in form.fields:
            form.fields["reference"].choices = [("", _("None")), *self.choices]

    @property
    def filled(self) -> list[Any]:
        """Of a valid set."""
        return [form for form in self.forms if form.has_changed()]


def _rows(form: type[RowForm], most: int, spare: int) -> type[Rows]:
    return cast(
        type[Rows],
        formset_factory(form, formset=Rows, extra=spare, max_num=most + spare, absolute_max=most + MOST_MORE),
    )


SETS = {
    "palette": _rows(ColourForm, kit.MOST_COLOURS, 2),
    "logos": _rows(LogoForm, kit.MOST_LOGOS, 1),
    "fonts": _rows(FontForm, kit.MOST_FONTS, 1),
    "legal_lines": _rows(LegalLineForm, kit.MOST_LEGAL_LINES, 1),
}
KINDS = {"logos": Reference.Kind.LOGO, "fonts": Reference.Kind.FONT}


class KitForm:
    """What is posted, or what stands in `content`. References that were taken out are left out."""

    def __init__(self, brand: Brand, *, data: Any = None, content: kit.Content | None = None) -> None:
        given = (content or kit.Content()).model_dump()
        self.prose = ProseForm(data, initial=given)
        self.content: kit.Content | None = None  # of a valid one
        self.sets: dict[str, Rows] = {}
        for name, rows in SETS.items():
            kind = KINDS.get(name)
            choices = list(kits.choices(brand, kind).values_list("pk", "name")) if kind else []
            initial = [row if isinstance(row, dict) else {"reference": row} for row in given[name]]
            if kind:
                known = {pk for pk, _name in choices}
                initial = [row for row in initial if row["reference"] in known]
            self.sets[name] = rows(data, prefix=name, initial=None if data else initial, choices=choices)

    @property
    def is_whole(self) -> bool:
        """Whether it came with all its rows."""
        return all(rows.management_form.is_valid() for rows in self.sets.values())

    def is_valid(self) -> bool:
        """By the rules of every kit, told beside the field that is wrong."""
        if not all([self.prose.is_valid(), *(rows.is_valid() for rows in self.sets.values())]):
            return False
        try:
            self.content = kit.Content.model_validate(self._given())
        except ValidationError as error:
            for wrong in mistakes(error):
                self._tell(wrong)
        return self.content is not None

    def _given(self) -> dict[str, Any]:
        rows = {name: [form.cleaned_data for form in found.filled] for name, found in self.sets.items()}
        return {**self.prose.cleaned_data, **rows, "fonts": [row["reference"] for row in rows["fonts"]]}

    def _tell(self, wrong: Mistake) -> None:
        match wrong.place:
            case (str(name), int(row), *field) if name in self.sets:
                form = self.sets[name].filled[row]
                form.add_error(str(field[0]) if field else None, wrong.sentence)
            case (str(name), *_) if name in self.sets:
                self.sets[name].mistake = wrong.sentence
            case (str(name), *_):
                self.prose.add_error(name, wrong.sentence)

    @property
    def mistakes(self) -> int:
        return sum(1 for _mistake in self._mistakes())

    def _mistakes(self) -> Iterator[object]:
        for form in (self.prose, *(form for rows in self.sets.values() for form in rows.forms)):
            yield from form.errors
        yield from (rows.mistake for rows in self.sets.values() if rows.mistake)
