from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creative import text
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


class DismissalForm(forms.Form):
    """Why a finding is fine."""

    reason = forms.CharField(
        label=_("Why is it fine?"),
        max_length=200,
        validators=[text.one_line],
        widget=forms.TextInput(attrs={"placeholder": _("such as: the sign is ours")}),
    )


class ShortlistingForm(forms.Form):
    on = forms.TypedChoiceField(choices=[("1", "yes"), ("0", "no")], coerce=lambda value: value == "1")
