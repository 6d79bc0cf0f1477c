from __future__ import annotations

import datetime
from decimal import Decimal

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe

from creative import http

register = template.Library()


@register.simple_tag
def importmap() -> SafeString:
    """The import map, whose hash the content policy allows."""
    return mark_safe(f'<script type="importmap">{http.import_map()}</script>')  # noqa: S308


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds in words: '0.4 s', '14 s', '3 min', '1 h 20 min'."""
    if seconds is None:
        return "unknown"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


@register.filter
def money(amount: Decimal | None) -> str:
    """With its currency, and as many digits as small amounts need."""
    if amount is None:
        return "unknown"
    amount = Decimal(amount)
    if amount >= 1 or not amount:
        return f"{amount:.2f} {settings.CURRENCY}"
    figure = f"{amount:.4f}" if amount >= Decimal("0.0001") else "less than 0.0001"
    return f"{figure} {settings.CURRENCY}"


@register.filter
def ago(moment: datetime.datetime | None) -> str:
    """A moment as people say it: 'just now', '5 minutes ago', 'at 14:05', 'yesterday', 'on Tuesday', '3 March'."""
    if moment is None:
        return ""
    local, today = timezone.localtime(moment), timezone.localdate()
    seconds = (timezone.now() - moment).total_seconds()
    days = (today - local.date()).days
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        minutes = int(seconds // 60)
        return f"{minutes} minute{'s' if minutes > 1 else ''} ago"
    if days == 0:
        return f"at {date_format(local, 'H:i')}"
    if days == 1:
        return "yesterday"
    return day(local.date())


@register.filter
def since(moment: datetime.datetime | None) -> str:
    """For 'waiting since ...': '14:05', 'yesterday', 'Tuesday', '3 March'."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate():
        return date_format(local, "H:i")
    return day(local.date()).removeprefix("on ").removeprefix("last ")


@register.filter
def day(date: datetime.date | str | None) -> str:
    """A day (or its ISO text) as people say it: 'today', 'tomorrow', 'on Friday', '3 March', '3 March 2027'."""
    if not date:
        return ""
    if isinstance(date, str):
        date = datetime.date.fromisoformat(date)
    today = timezone.localdate()
    days = (date - today).days
    if days in (-1, 0, 1):
        return ("yesterday", "today", "tomorrow")[days + 1]
    if 0 < days < 7:
        return f"on {date_format(date, 'l')}"
    if -7 < days < 0:
        return f"last {date_format(date, 'l')}"
    return date_format(date, "j F" if date.year == today.year else "j F Y")
