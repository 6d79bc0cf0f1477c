from __future__ import annotations

from typing import Any

from django import forms

from review.models import Flag


class FlagForm(forms.Form):
    """A mark on one candidate by a plain form; what is not posted stays."""

    value = forms.ChoiceField(choices=Flag.Value.choices, required=False)
    rating = forms.IntegerField(min_value=0, max_value=5, required=False)
    label = forms.ChoiceField(choices=[("", "None"), *Flag.Label.choices], required=False)
    reason = forms.ChoiceField(choices=[("", "None"), *Flag.Reason.choices], required=False)

    def said(self) -> dict[str, Any]:
        """What of it was posted; an empty label or reason takes it away, an empty flag or rating says nothing."""
        posted = {name: value for name, value in self.cleaned_data.items() if name in self.data}
        return {name: value for name, value in posted.items() if name in ("label", "reason") or value not in ("", None)}


class ShortlistingForm(forms.Form):
    on = forms.TypedChoiceField(choices=[("1", "yes"), ("0", "no")], coerce=lambda value: value == "1")
