"""How fast passwords may be tried. Each limit slows and none locks: what it refuses costs nothing further.

A browser that its owner signed in with has a limit of its own, so that nobody keeps them out from elsewhere.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now

from creative.models import Tries

AT_ONCE = 2  # passwords that a process hashes at a time, each in 100 MB and on every core: the rest is for pages
KNOWN_FOR = timedelta(days=365)
SALT = "creative.known-browser"
_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Limit:
    """So many wrong passwords at once, then one in `every`."""

    burst: int
    every: timedelta


OF_ONE = Limit(10, timedelta(minutes=1))  # a name from an address, or from a browser that it was signed in with
OF_ADDRESS = Limit(100, timedelta(seconds=5))  # all names from an address, which may be an office's
OF_NAME = Limit(100, timedelta(seconds=20))  # a name from all addresses


@contextmanager
def place() -> Iterator[bool]:
    """Whether this process may hash one more password now; nobody waits for it."""
    free = _places.acquire(blocking=False)
    try:
        yield free
    finally:
        if free:
            _places.release()


def limits(request: HttpRequest, name: str) -> Mapping[str, Limit]:
    """What bounds tries of this name by this browser."""
    name = name.casefold()
    if browser := _known(request, name):
        return {_key("browser", name, browser): OF_ONE}
    address = _network(request.META.get("REMOTE_ADDR", ""))
    return {_key("here", name, address): OF_ONE, _key("address", address): OF_ADDRESS, _key("name", name): OF_NAME}


def wait(limits: Mapping[str, Limit]) -> int:
    """Seconds until one more may be tried; 0 for now."""
    time = now()
    tries = Tries.objects.filter(of__in=limits)
    waits = [each.until - time - (limits[each.of].burst - 1) * limits[each.of].every for each in tries]
    return max(0, *(-(-wait // timedelta(seconds=1)) for wait in waits)) if waits else 0


def failed(limits: Mapping[str, Limit]) -> None:
    with transaction.atomic():
        time = now()
        Tries.objects.filter(until__lt=time).delete()
        for of, limit in sorted(limits.items()):
            tries, _ = Tries.objects.select_for_update().get_or_create(of=of, defaults={"until": time})
            tries.until = max(tries.until, time) + limit.every
            tries.save(update_fields=["until"])


def forgive(limits: Mapping[str, Limit]) -> None:
    """Who knew the password in the end, may mistype it again."""
    Tries.objects.filter(of__in=[of for of, limit in limits.items() if limit is OF_ONE]).delete()


def know(response: HttpResponse, name: str) -> None:
    """That this browser was signed in with."""
    response.set_cookie(
        _cookie(),
        signing.dumps([name.casefold(), now().timestamp()], salt=SALT),
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known(request: HttpRequest, name: str) -> str:
    """What tells this browser from others that were signed in with as `name`; empty where it never was."""
    try:
        of, since = signing.loads(request.COOKIES.get(_cookie(), ""), salt=SALT, max_age=KNOWN_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(since) if of == name else ""


def _cookie() -> str:
    return "__Host-known" if settings.SESSION_COOKIE_SECURE else "known"


def _network(address: str) -> str:
    """Somebody with IPv6 has 2^64 addresses."""
    try:
        return str(ip_network((address, 64 if ":" in address else 32), strict=False))
    except ValueError:
        return ""


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()
