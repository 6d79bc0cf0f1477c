from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _

from creative import roles, sign_in_limits, sign_ins, stages, text
from creative.brief_words import MARKET
from creative.longest_password import LONGEST
from creative.models import Project, Reference, UseClass, User
from creative.roles import Role


class SignInForm(AuthenticationForm):
    """Tried as fast as `sign_in_limits` allows; `status` and `wait` (seconds) say to a program what became of it."""

    status = 200
    wait = 0

    def __init__(self, request: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["password"].max_length = LONGEST  # type: ignore[attr-defined]
        self.fields["password"].validators.append(MaxLengthValidator(LONGEST))

    def clean(self) -> dict[str, Any]:
        if self.errors:
            return self.cleaned_data
        assert self.request  # our view gives it
        name = self.cleaned_data["username"]
        limits = sign_in_limits.limits(self.request, name)
        if wait := sign_in_limits.wait(limits):
            raise self._not_now(429, wait, _("Too many tries. Wait %(wait)s seconds, then try again.") % {"wait": wait})
        with sign_in_limits.place() as is_free:
            if not is_free:
                raise self._not_now(503, 2, _("Many people are signing in at this moment. Try again in a few seconds."))
            try:
                super().clean()
            except forms.ValidationError:
                sign_in_limits.failed(limits)
                if sign_in_limits.wait(limits):
                    sign_ins.slowed(name)
                raise
        sign_in_limits.forgive(limits)
        return self.cleaned_data

    def _not_now(self, status: int, wait: int, sentence: str) -> forms.ValidationError:
        self.status, self.wait = status, wait
        return forms.ValidationError(sentence)

    def get_invalid_login_error(self) -> forms.ValidationError:
        return forms.ValidationError(_("That name and password don't belong together. Try again."))


class WordsField(forms.CharField):
    """What people write, perhaps in several lines: counted as they see it (creative.text)."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(text.unified(value) if isinstance(value, str) else value)


class CodesField(forms.CharField):
    """Country codes with commas between them -> a list without repeats."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        codes = [code for code in re.split(r"[\s,;]+", (value or "").upper()) if code]
        wrong = [code for code in codes if not MARKET.fullmatch(code)]
        if wrong:
            raise forms.ValidationError(f"“{wrong[0][:20]}” is no country code; write them as in DE, FR, US-NY.")
        return list(dict.fromkeys(codes))


class RoleField(forms.ChoiceField):
    """A role, and a reviewer's with its stage: 'designer', 'reviewer:legal' -> (role, stage)."""

    @staticmethod
    def options(project: Project | None, known: list[str]) -> list[tuple[str, str]]:
        """In a project every role, and a reviewer for each of the `known` stages; of the site the two that it has."""
        if project is None:
            return [(Role.PRODUCER.value, _("Producer")), (f"reviewer:{stages.LEGAL}", _("Legal reviewer"))]
        plain = [(role.value, str(role.label)) for role in Role if role != Role.REVIEWER]
        return plain + [(f"reviewer:{stage}", roles.title(Role.REVIEWER, stage)) for stage in known]

    def clean(self, value: Any) -> Any:
        role, _colon, stage = str(super().clean(value)).partition(":")
        return role, stage


class RoleForm(forms.Form):
    role = RoleField(label="Role")

    def __init__(self, project: Project | None, known: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = RoleField.options(project, known)  # type: ignore[attr-defined]


class MemberForm(RoleForm):
    user = forms.CharField(
        label="User name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("user", "role")

    def clean_user(self) -> User:
        found = User.objects.filter(username=self.cleaned_data["user"]).first()
        if found is None:
            raise forms.ValidationError(_("Nobody here has this user name. A producer of the site adds accounts."))
        return found


class FilesField(forms.FileField):
    """Several files at once -> a list of them."""

    class Input(forms.ClearableFileInput):
        allow_multiple_selected = True

    def clean(self, data: Any, initial: Any = None) -> Any:
        return [super(FilesField, self).clean(each, initial) for each in data or [None]]


class ReferencesForm(forms.Form):
    kind = forms.ChoiceField(choices=Reference.Kind.choices, label="What is it?")
    sent = FilesField(
        label="Files",
        allow_empty_file=True,
        help_text="PNG, JPEG, WebP, AVIF or TIFF; logos also as SVG; fonts as OTF, TTF or WOFF2. At most 40 MB each.",
        widget=FilesField.Input(attrs={"multiple": True}),
    )


class AttestationForm(forms.Form):
    licence = forms.CharField(
        max_length=200,
        validators=[text.one_line],
        label="Licence or contract",
        help_text="By its name or number: “Shutterstock 1234”, “own photo”.",
    )
    uses = forms.MultipleChoiceField(
        choices=UseClass.choices, widget=forms.CheckboxSelectMultiple, label="It may be used for"
    )
    markets = CodesField(required=False, label="Markets", help_text="Where: DE, FR, US-NY. Empty: everywhere.")
    expires = forms.DateField(
        required=False,
        label="Last day",
        help_text="Empty: without end.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    may_leave = forms.BooleanField(
        required=False, label="It may leave the house", help_text="Such as to a model that runs elsewhere."
    )
    contract = forms.FileField(
        required=False,
        allow_empty_file=True,
        max_length=200,
        label="The paper itself",
        help_text="A PDF or a picture of it, at most 20 MB. Kept as it is; who sees this reference can download it.",
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/*"}),
    )


class WithdrawalForm(forms.Form):
    reason = forms.CharField(max_length=500, label="Why it holds no longer", validators=[text.one_line])
