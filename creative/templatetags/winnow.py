from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import template
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import naturalday, naturaltime
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from creative import http, written

register = template.Library()

SMALLEST = Decimal("0.0001")  # of an amount that is told


@register.simple_tag
def importmap() -> SafeString:
    """The import map, whose hash the content policy allows."""
    return mark_safe(f'<script type="importmap">{http.import_map()}</script>')  # noqa: S308


@register.simple_tag(takes_context=True)
def form_token(context: dict[str, Any]) -> SafeString:
    """That a form is ours, and an id: sent twice, it counts once (creative.presses), and its words are kept by it."""
    fields = ("csrfmiddlewaretoken", context.get("csrf_token", "")), ("press", uuid4().hex)
    return format_html_join("", '<input type="hidden" name="{}" value="{}" autocomplete="off">', fields)


@register.simple_tag(takes_context=True)
def taken(context: dict[str, Any]) -> str:
    """Which forms were taken, for the browser to let go of what was written in them."""
    return " ".join(written.taken(context["request"])) if "request" in context else ""


@register.simple_tag(takes_context=True)
def words_sent(context: dict[str, Any]) -> list[str]:
    """What somebody wrote in the form that this page is the answer to."""
    return written.words_in(context["request"]) if "request" in context else []


@register.simple_tag
def htmx_config() -> str:
    return json.dumps(http.HTMX)


@register.simple_tag(takes_context=True)
def page_link(context: dict[str, Any], number: int) -> str:
    """This page with another page of the list whose parameter is `name`, or `page`."""
    query = context["request"].GET.copy()
    query[context.get("name", "page")] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def chosen(context: dict[str, Any], what: str) -> SafeString:
    """`theme` or `surround` as this person chose it, as an attribute; nothing where the system decides."""
    value = http.looks(context["request"], what) if "request" in context else None
    return format_html(' data-{}="{}"', what, value) if value else SafeString()


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds in words: '0.4 s', '14 s', '3 min', '1 h 20 min'."""
    if seconds is None:
        return _("unknown")
    if seconds < 90:
        return _("%(seconds)s s") % {"seconds": number_format(f"{seconds:.{1 if seconds < 10 else 0}f}")}
    hours, minutes = divmod(round(seconds / 60), 60)
    words = {"hours": hours, "minutes": minutes}
    return _("%(hours)s h %(minutes)s min") % words if hours else _("%(minutes)s min") % words


@register.filter
def money(amount: Decimal | None) -> str:
    """With its currency, and as many digits as small amounts need."""
    if amount is None:
        return _("unknown")
    amount = Decimal(amount)
    digits = 2 if amount >= 1 or not amount else 4
    if amount and amount < SMALLEST:
        return _("less than %(money)s") % {"money": f"{number_format(SMALLEST)} {settings.CURRENCY}"}
    return f"{number_format(f'{amount:.{digits}f}')} {settings.CURRENCY}"


@register.filter
def ago(moment: datetime.datetime | None) -> str:
    """A moment as people say it: 'just now', '5 minutes ago', 'at 14:05', 'yesterday', 'on Tuesday', '3 March'."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    seconds = (timezone.now() - moment).total_seconds()
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return naturaltime(moment)
    if local.date() == timezone.localdate():
        return _("at %(time)s") % {"time": date_format(local, "H:i")}
    return day(local.date())


@register.filter
def since(moment: datetime.datetime | None) -> str:
    """For 'waiting since ...': '14:05', 'yesterday', 'Tuesday', '3 March'."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    days = (timezone.localdate() - local.date()).days
    if days == 0:
        return date_format(local, "H:i")
    return date_format(local, "l") if 1 < days < 7 else day(local.date())


@register.filter
def day(date: datetime.date | str | None) -> str:
    """A day (or its ISO text) as people say it: 'today', 'tomorrow', 'on Friday', '3 March', '3 March 2027'."""
    if not date:
        return ""
    if isinstance(date, str):
        date = datetime.date.fromisoformat(date)
    today = timezone.localdate()
    days = (date - today).days
    if 1 < days < 7:
        return _("on %(weekday)s") % {"weekday": date_format(date, "l")}
    if -7 < days < -1:
        return _("last %(weekday)s") % {"weekday": date_format(date, "l")}
    return str(naturalday(date, "j F" if date.year == today.year else "j F Y"))
