"""What a person wrote comes back to them, whatever became of the form that they sent."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError

TAKEN = "taken"  # in the session: forms that were taken, which no page has told the browser yet
MOST = 20
NEVER = re.compile("password|^(csrfmiddlewaretoken|press|seen)$")


class TakenMiddleware:
    """Remembers which form was taken, for the next page to tell: till then the browser keeps what was written in it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and request.user.is_authenticated and response.status_code < 400:
            press = request.POST.get("press", "")
            if len(press) == 32 and press.isalnum():
                request.session[TAKEN] = [*request.session.get(TAKEN, []), press][-MOST:]
        return response


def taken(request: HttpRequest) -> list[str]:
    """The forms that were taken since a page told of any."""
    return request.session.pop(TAKEN, []) if TAKEN in request.session else []


def words_in(request: HttpRequest) -> list[str]:
    """What of a form somebody has written themselves, as far as one can tell: texts of more than one word.

    Nothing where another site sent the form: it shall not write on our pages.
    """
    if request.method != "POST" or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return []
    try:
        sent = request.POST
    except (BadRequest, MultiPartParserError, SuspiciousOperation):  # what can't be read is answered, by a page too
        return []
    texts = [text for name, values in sent.lists() if not NEVER.search(name) for text in values]
    return [text for text in texts if len(text.split()) > 1]
