"""A button counts once: a form carries an id (`form_token`), and what it orders is ordered by its first press alone."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable
from functools import partial, wraps
from typing import NamedTuple, TypeVar

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render

from creative.http import Request, done
from creative.models import Press

Page = TypeVar("Page", bound=HttpResponse)

KEPT = datetime.timedelta(days=7)  # for a browser that sends a request again


class Answer(NamedTuple):
    """What happened, in a sentence or none, and the page to go to; htmx may ask for the sentence alone, as a toast."""

    sentence: str
    to: str


def once(view: Callable[..., Answer | HttpResponse]) -> Callable[..., HttpResponse]:
    """The same form from the same person again, at the same moment or later, gets the first's answer and acts no more.

    The view runs in a transaction; what it refuses, or answers by a page instead of an Answer, counts as not sent.
    """

    @wraps(view)
    def counted(request: Request, **of: int) -> HttpResponse:
        answer = answered(request, partial(view, request, **of))
        if isinstance(answer, HttpResponse):
            return answer
        if request.htmx.target == "toasts":
            return render(request, "_toast.html", {"text": answer.sentence, "tone": "success"})
        return done(request, answer.sentence, answer.to)

    return counted


def answered(request: Request, act: Callable[[], Answer | Page]) -> Answer | Page:
    """What `act` answers, or answered when this form was sent before."""
    if not request.POST.get("press"):
        return act()
    with transaction.atomic():
        press, is_first = Press.objects.get_or_create(form=_digest(request))  # a second one waits here for the first
        answer = act() if is_first else Answer(press.sentence, press.to)
        if isinstance(answer, HttpResponse):
            press.delete()
        elif is_first:
            press.sentence, press.to = answer.sentence, answer.to
            press.save(update_fields=["sentence", "to"])
    return answer


def forget(*, before: datetime.datetime) -> int:
    """Returns how many. Safe at any time, and twice."""
    return Press.objects.filter(at__lt=before).delete()[0]


def _digest(request: Request) -> str:
    """Of who sends what where: a form whose fields were changed since is another one."""
    fields = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    return hashlib.sha256(json.dumps([request.user.pk, request.path, fields]).encode()).hexdigest()
