from __future__ import annotations

from typing import Any

from django import forms

from review.models import Flag, SignOff, Stage


class FlagForm(forms.Form):
    value = forms.ChoiceField(choices=Flag.Value.choices, required=False)
    rating = forms.IntegerField(min_value=0, max_value=5, required=False)


class ShortlistingForm(forms.Form):
    on = forms.TypedChoiceField(choices=[("1", "yes"), ("0", "no")], coerce=lambda value: value == "1")


class SendForm(forms.Form):
    note = forms.CharField(max_length=400, required=False, label="Note to the reviewers")


class SignOffForm(forms.Form):
    stage = forms.ChoiceField(choices=Stage.choices, widget=forms.HiddenInput)
    seen = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=SignOff.Decision.choices)
    note = forms.CharField(
        max_length=4000,
        required=False,
        label="Comment",
        help_text="Needed when you ask for changes or reject.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") not in (None, SignOff.Decision.APPROVED) and not data.get("note", "").strip():
            self.add_error("note", "Say what has to change, or why it is rejected.")
        return data


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=1000, label="Reason", widget=forms.Textarea(attrs={"rows": 2}))
