from __future__ import annotations

from django import forms

from creative import text


class SendForm(forms.Form):
    note = forms.CharField(max_length=400, required=False, label="Note to the reviewers", validators=[text.one_line])
