"""Every shared component in its states on one page, for developers: a new page starts from it. In demo mode only."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from creative.http import Request
from review import examples
from review.views.candidates import FLAGS

PARTS = (  # each is templates/review/styleguide/_<part>.html
    "colours",
    "type",
    "space",
    "buttons",
    "badges",
    "notes",
    "messages",
    "navigation",
    "fields",
    "facts",
    "cards",
    "lists",
    "pictures",
    "findings",
    "history",
    "dialogs",
    "rooms",
)


@require_http_methods(["GET", "HEAD", "POST"])
def styleguide(request: Request) -> HttpResponse:
    """A form of an example is sent here and changes nothing."""
    if settings.PRODUCTION:
        raise Http404
    if request.method == "POST":
        messages.success(request, _("This is an example: nothing was changed."))
    context = {"parts": PARTS, "flags": FLAGS, **examples.for_person(request.user)}
    return render(request, "review/styleguide.html", context)
