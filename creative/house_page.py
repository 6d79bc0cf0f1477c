"""A fault of the house as a page: what is wrong, in a sentence, and that it passes."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.views.defaults import server_error

from creative.work import house

RETRY_SECONDS = 5


def broken(request: HttpRequest) -> HttpResponse:
    """For `handler500`: 503 where the house is at fault, which asks neither database nor storage; else the 500."""
    error = sys.exc_info()[1]
    because = house.fault(error) if error else ""
    if not because:
        return server_error(request)
    what_to_do = _("Go back, where what you wrote still stands, and try again in a moment.")
    page = get_template("503.html").render({"reason": f"{because} {what_to_do}"})
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
