"""Which address asks, and whether by TLS: told by proxies that the settings name, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO")


class TrustedProxyMiddleware:
    """Before whatever asks who asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        peer = request.META.get("REMOTE_ADDR", "")
        if is_trusted(peer):
            hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
            request.META["REMOTE_ADDR"] = client_of(peer, [hop.strip() for hop in hops])
        else:
            for name in FORWARDED:
                request.META.pop(name, None)
        return self.get_response(request)


def is_trusted(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in settings.TRUSTED_PROXIES)


def client_of(peer: str, hops: list[str]) -> str:
    """The nearest address that is no proxy of ours: what stands further left, anybody may have written."""
    for hop in reversed(hops):
        if not is_trusted(peer) or not _is_address(hop):
            break
        peer = hop
    return peer


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
