"""Pictures over HTTP."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from creative.errors import Lost
from creative.http import Request, file_response
from creative.models import File
from generation import thumbnails


def picture_response(request: Request, file: File) -> HttpResponseBase:
    """A picture, or a thumbnail of one, which is made again where it was lost. Raises Lost."""
    try:
        return file_response(request, file)
    except Lost:
        again = thumbnails.again(file)
        if again is None:
            raise
    return HttpResponse(again, content_type=file.media_type)
