"""Text that is kept can be shown: one rule for columns, forms and what is parsed."""

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import get_resolver

from creative import text
from creative.forms import WordsField
from creative.models import BriefRevision

APPS = ("creative", "generation", "review")
LOOKED_UP = {("SignInForm", "password"), ("SignOffForm", "stage"), ("MemberForm", "user")}  # and kept nowhere
UNSEEN = ["\x00", "\x07", "\x7f", "\x85", "\x9b", "\ud800", "\udfff", "\ufffe"]


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_nobody_sees_is_named(unseen):
    assert f"U+{ord(unseen):04X}" in (text.wrong_in(f"a{unseen}b") or "")


@pytest.mark.parametrize("kept", ["", "Größe", "日本語", "👩\u200d🎨", "שלום", "a\tb", "“…”"])
def test_text_of_any_script_is_kept(kept):
    assert text.wrong_in(kept, lines=False) is None


def test_lines_are_for_where_several_are_meant():
    assert text.wrong_in("a\r\nb") is None
    assert text.wrong_in("a\nb", lines=False)


def words_of(model):
    """The columns that people write in."""
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField)
        if is_text and field.editable and not field.choices and field.validators:
            yield field


def test_every_column_that_people_write_in_refuses_what_can_not_be_shown():
    columns = [
        field
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if model is not BriefRevision  # its rules are creative.brief_words'
        for field in words_of(model)
        if field.name in ("name", "rules", "note", "reason", "licence", "training_data", "username")
        or field.name.endswith("_name")
    ]
    assert len(columns) >= 10
    for field in columns:
        if field.model.__name__ not in ("Finding", "Refusal", "Rendition"):  # workers write these
            with pytest.raises(ValidationError):
                field.run_validators("a\x07b")


def forms_of_ours(base=forms.BaseForm):
    for each in base.__subclasses__():
        if each.__module__.partition(".")[0] in APPS and hasattr(each, "declared_fields"):
            yield each
        yield from forms_of_ours(each)


def test_every_form_of_ours_refuses_what_can_not_be_shown():
    assert get_resolver().url_patterns  # whose views import them
    every = [(form, *each) for form in forms_of_ours() for each in form.declared_fields.items()]
    fields = [(form, name, field) for form, name, field in every if type(field) in (forms.CharField, WordsField)]
    kept = [(form, name, field) for form, name, field in fields if (form.__name__, name) not in LOOKED_UP]
    assert len(kept) >= 8
    for form, name, field in kept:
        with pytest.raises(ValidationError):
            assert (form, name) == field.clean("a\x07b")
