from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from pydantic import ValidationError

from creative.brief_words import LENGTHS, checked
from creative.forms import CodesField, WordsField
from creative.models import BriefRevision, Project
from creative.validation import mistakes
from generation.models import Candidate, Preset
from generation.recipe import PICTURE, SEED
from generation.runs import MOST, why_not

FORMATS = (
    ("1:1", "1:1 · square post"),
    ("4:5", "4:5 · feed"),
    ("9:16", "9:16 · story"),
    ("16:9", "16:9 · web hero"),
    ("1.91:1", "1.91:1 · link preview"),
)
COMPLETES = {"data-completes": "known-words"}  # from the list that a preset with few words brings


class BriefForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's has no [] at run time
    """The brief in the marketer's words. Used to save as they type, so whatever is valid counts."""

    palette = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    markets = CodesField(required=False, help_text="Where it will be seen: DE, FR, US-NY.")
    formats = forms.MultipleChoiceField(required=False, choices=FORMATS, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = BriefRevision
        fields = BriefRevision.WORDS
        field_classes: ClassVar = dict.fromkeys(LENGTHS, WordsField)
        labels = {
            "title": "What is it for?",
            "subject": "What must the picture show?",
            "style": "Style",
            "lighting": "Lighting",
            "composition": "Composition and copy space",
            "mood": "Mood",
            "avoid": "Things to avoid",
            "use_class": "Who will see it?",
            "due": "Needed by",
            "count": "How many candidates?",
            "target": "How many finished pictures do you need?",
            "notes": "Notes for the team",
        }
        help_texts = {
            "title": "A name your colleagues will recognise in a list.",
            "subject": "The thing itself first: material, colour, what it does, where it stands.",
            "composition": "Angle, distance, and where the words will go.",
            "avoid": "What must not be in it.",
            "count": "Twenty are a good start.",
            "target": "About two in twenty are worth keeping.",
            "notes": "Not sent to the model.",
        }
        widgets = {
            "subject": forms.Textarea(attrs={"rows": 3, **COMPLETES}),
            **{name: forms.TextInput(attrs=COMPLETES) for name in ("style", "lighting", "composition")},
            "notes": forms.Textarea(attrs={"rows": 3}),
            "use_class": forms.RadioSelect,
            "due": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.palette or []
        others = [ratio for ratio in self.instance.formats or [] if ratio not in dict(FORMATS)]
        self.fields["formats"].choices = [*FORMATS, *[(ratio, ratio) for ratio in others]]  # type: ignore[attr-defined]
        names = [colour.name for colour in project.brand.kit.palette]
        self.fields["palette"].choices = [(name, name) for name in dict.fromkeys([*names, *stored])]  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            field.required = name in ("use_class", "count", "target")
        self.fields["use_class"].choices = BriefRevision._meta.get_field("use_class").choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """By the rules of every brief, field by field: what is valid counts, whatever is wrong beside it."""
        words = super().clean() or {}
        try:
            return checked(words)
        except ValidationError as error:
            for wrong in mistakes(error):
                self.add_error(str(wrong.place[0]), f"This {wrong.sentence}.")
        return self.cleaned_data


class PresetForm(forms.Form):
    preset = forms.ModelChoiceField(Preset.objects.filter(retired=False), empty_label=None, label="Model preset")


class CountForm(forms.Form):
    count = forms.IntegerField(min_value=1, max_value=MOST, label="How many more?", initial=5)


class MoreLikeForm(forms.Form):
    """More like one candidate. Of its ways those that can't be gone are shown with the reason."""

    WAYS = ((SEED, "Its seed"), (PICTURE, "Its picture"))
    # Strengths by way. On the starter both ways come to about 1/4, 2/5 and 2/3 of what two fresh seeds differ by:
    # 7, 11 and 18 of 27 levels a pixel, over 36 pictures each.
    CLOSENESS: ClassVar[dict[str, dict[str, float]]] = {
        "close": {SEED: 0.2, PICTURE: 0.4},
        "near": {SEED: 0.35, PICTURE: 0.65},
        "loose": {SEED: 0.6, PICTURE: 0.9},
    }

    count = forms.IntegerField(min_value=1, max_value=MOST, label="How many?", initial=4)
    way = forms.ChoiceField(choices=WAYS, label="Start from")
    closeness = forms.ChoiceField(choices=[(name, name.capitalize()) for name in CLOSENESS], initial="near")

    def __init__(self, *args: Any, candidate: Candidate, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"more-like-{candidate.pk}-%s", **kwargs})
        self.ways = [(way, label, why_not(candidate, way)) for way, label in self.WAYS]
        possible = [way for way, _, because in self.ways if not because]
        self.fields["way"].initial = possible[0] if possible else None
        self.is_possible = bool(possible)

    @property
    def how(self) -> list[forms.BoundField]:
        """The fields beside the ways."""
        return [self["closeness"], self["count"]]

    @property
    def strength(self) -> float:
        """Of a valid form."""
        return self.CLOSENESS[self.cleaned_data["closeness"]][self.cleaned_data["way"]]
