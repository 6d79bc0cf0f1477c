from __future__ import annotations

from typing import Any

from django import forms

from creative import text
from creative.forms import WordsField
from review.models import SignOff


class SignOffForm(forms.Form):
    stage = forms.CharField(widget=forms.HiddenInput)
    seen = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=SignOff.Decision.choices)
    note = WordsField(
        max_length=4000,
        required=False,
        label="Comment",
        help_text="Needed when you ask for changes or reject.",
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[text.lines],
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") not in (None, SignOff.Decision.APPROVED) and not data.get("note", "").strip():
            self.add_error("note", "Say what has to change, or why it is rejected.")
        return data


class ReasonForm(forms.Form):
    """Of a withdrawal. A page may have several: `of` is the id of the sign-off, or "version"."""

    reason = WordsField(
        max_length=1000, label="Reason", validators=[text.lines], widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, of: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = of
