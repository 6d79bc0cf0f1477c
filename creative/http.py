"""What every request and reply share: the request's type, refusals as 409, the content policy, stored files."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import Resolver404, resolve
from django.utils.cache import get_conditional_response
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from creative import access, files
from creative.door import Door
from creative.errors import Lost, Refused
from creative.models import File, Project, User
from creative.roles import Action
from creative.written import words_in

LONGEST_NUMBER = 18  # digits: what every database takes as an id
HTMX = {  # its configuration, in a meta tag of every page
    "includeIndicatorStyles": False,
    "allowEval": False,
    "historyCacheSize": 0,
    "defaultSettleDelay": 0,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "409", "swap": True, "target": "#toasts", "swapOverride": "beforeend"},  # templates/_refused.html
        {"code": "422", "swap": True},
        {"code": "...", "swap": False, "error": True},
    ],
}
HTMX_STOP_POLLING = 286  # a status that htmx takes as: swap this, and ask no more


class Request(HttpRequest):
    """A request of a signed-in person, perhaps by htmx."""

    htmx: HtmxDetails
    user: User


def own_page(request: HttpRequest, url: str, fallback: str = "/") -> str:
    """Where a request may send the browser on to: a page of ours, whoever named it; else the fallback."""
    ours = {request.get_host()}
    return url if url_has_allowed_host_and_scheme(url, ours, require_https=request.is_secure()) else fallback


class BrowserPolicyMiddleware:
    """What a browser may do with our replies, pictures and static files among them, and with the device."""

    HEADERS: ClassVar[dict[str, str]] = {
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class NoStoreMiddleware:
    """A browser keeps no page, which Back would show to whoever sits there after its reader signed out.

    Pictures that never change say for themselves how long they are kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class RefusedMiddleware:
    """A `Refused` becomes a 409: a fragment for htmx, a page with the way back otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: Request, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        template = "_refused.html" if request.htmx else "409.html"
        back = own_page(request, request.headers.get("Referer", ""))
        return render(request, template, {"reason": str(error), "back": back}, status=409)


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Signing in leads back to the page where the person was; what they sent meanwhile is shown to them.

    A fragment can't show the sign-in page: htmx hears 401, and the page tells the person.
    """

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=401)
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        page = urlsplit(own_page(request, request.headers.get("Referer", "")))
        to_sign_in = redirect_to_login(urlunsplit(("", "", *page[2:4], "")), self.get_login_url(view_func))
        if words_in(request):
            return render(request, "creative/signed_out.html", {"sign_in": to_sign_in.url}, status=401)
        return to_sign_in


class WayBackMiddleware:
    """An address that only takes what a form sends leads to the page above it where somebody opens it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405:
            return response
        if request.method in ("GET", "HEAD") and not request.headers.get("HX-Request"):
            return redirect(page_above(request.path))
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page


def page_above(path: str) -> str:
    """The nearest address above that is a page of ours, else home."""
    while path := path.rstrip("/").rpartition("/")[0]:
        with suppress(Resolver404):
            resolve(f"{path}/")
            return f"{path}/"
    return "/"


class RightsMiddleware:
    """What a person may do is asked many times for a page and read once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        if isinstance(request.user, User):
            access.remember(request.user)


class ContentPolicyMiddleware(CSPMiddleware):
    """The policy of settings, and the import map by its hash."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        digest = base64.b64encode(hashlib.sha256(import_map().encode()).digest()).decode()
        parts.update = {**(parts.update or {}), "script-src": [f"'sha256-{digest}'"]}
        return parts


@lru_cache(maxsize=1)
def import_map() -> str:
    """JSON that names every module of static/js as winnow/<name>; the same bytes as the hash in the policy."""
    folder = Path(settings.BASE_DIR) / "static" / "js"
    modules = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.js"))
    imports = {f"winnow/{name.removesuffix('.js')}": static(f"js/{name}") for name in modules}
    return json.dumps({"imports": imports}, separators=(",", ":"))


def site(request: HttpRequest) -> dict[str, Any]:
    """For every template."""
    return {"demo": not settings.PRODUCTION, "cookie_prefix": settings.COOKIE_PREFIX}


def looks(request: HttpRequest, what: str) -> str | None:
    """What the person chose in this browser: "light" or "dark" as its theme, or as the surround of its rooms."""
    chosen = request.COOKIES.get(f"{settings.COOKIE_PREFIX}{what}")
    return chosen if chosen in ("light", "dark") else None


def done(request: Request, sentence: str, to: str) -> HttpResponse:
    """After a verb: say what happened, if anything, and go on. By htmx the browser is told to go there as well."""
    if sentence:
        messages.success(request, sentence)
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return redirect(to)


def bad_request(sentence: str) -> HttpResponse:
    """For what no page of ours sends: text, and no markup whatever the sentence repeats of it."""
    return HttpResponse(sentence, status=400, content_type="text/plain; charset=utf-8")


def file_response(request: Request, file: File) -> HttpResponseBase:
    """Content-addressed, so it never changes: cached for a year, by this person's browser alone."""
    etag = f'"{file.sha256}"'
    response = get_conditional_response(request, etag=etag) or streamed(file)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


_storage = Door()


def streamed(file: File, **options: Any) -> FileResponse:
    """A stored file as its row says it is; `options` are FileResponse's. Raises Lost where it is missing."""
    try:
        with _storage.asked():
            content = files.open_file(file.sha256)
    except FileNotFoundError as error:
        raise Lost(_("This file is missing from the storage. Ask whoever runs this site to restore it.")) from error
    response = FileResponse(content, content_type=file.media_type, **options)
    response.headers["Content-Length"] = str(file.size)
    return response


def rights_in(request: Request, project: Project) -> dict[str, bool]:
    """What the person may do here, by name, for templates: rights.brief, rights.sign, ..."""
    granted = access.rights(request.user, project)
    return {action.name.lower(): action in granted for action in Action}


def number_in(text: str | None) -> int | None:
    """What was sent where a number of a row is due, such as an id or a cursor; None when it can't be one of ours."""
    if text is None or len(text) > LONGEST_NUMBER or not (text.isascii() and text.isdecimal()):
        return None
    return int(text)


def ids_in(request: Request, name: str) -> list[int] | None:
    """The posted values of a field that takes ids; None when one is something else."""
    numbers = [number_in(value) for value in request.POST.getlist(name)]
    ids = [number for number in numbers if number is not None]
    return ids if len(ids) == len(numbers) else None
