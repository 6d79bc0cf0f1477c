"""Who came, who went and who was not let in: lines of the site's log, and of the process's own."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from django.utils.timezone import now

from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import User

log = logging.getLogger(__name__)


def listen() -> None:
    """Once, when the app is ready."""
    user_logged_in.connect(_came, dispatch_uid="creative.sign_ins.came")
    user_logged_out.connect(_went, dispatch_uid="creative.sign_ins.went")
    user_login_failed.connect(_refused, dispatch_uid="creative.sign_ins.refused")


def _came(user: User, request: HttpRequest, **_: Any) -> None:
    """The session ends when it would if nobody used it; else every save of it would put that off."""
    request.session.set_expiry(now() + timedelta(seconds=settings.SESSION_COOKIE_AGE))
    log.info("sign-in user=%s", user.pk)
    audit.record(None, user, Act.SIGNED_IN, user=user.pk)


def _went(user: User | None, **_: Any) -> None:
    if user:
        log.info("sign-out user=%s", user.pk)
        audit.record(None, user, Act.SIGNED_OUT, user=user.pk)


def _refused(credentials: dict[str, Any], **_: Any) -> None:
    """A name that nobody has is no line of the log of evidence, which a stranger could fill with it for ever."""
    _told(credentials.get("username"), Act.SIGN_IN_FAILED, "sign-in refused")


def slowed(name: str) -> None:
    """The next password of this name has to wait."""
    _told(name, Act.SIGN_IN_LOCKED, "sign-in locked")


def _told(name: str | None, act: Act, line: str) -> None:
    known = User.objects.filter(username=(name or "")[:150]).values_list("pk", flat=True).first()
    log.warning("%s user=%s", line, known)
    if known:
        audit.record(None, None, act, user=known)
