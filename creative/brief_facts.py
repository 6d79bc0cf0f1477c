"""What a brief asked, as pages tell it: every word of it that somebody signs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from creative.models import UseClass
from creative.templatetags.winnow import day


def of(words: Mapping[str, Any], *, revision: int) -> list[tuple[str, str]]:
    """(name, value) of what stands beside title and subject, without what was left open.

    `words` are a revision's, or those frozen in a version.
    """
    facts = [
        (_("Style"), words["style"]),
        (_("Light"), words["lighting"]),
        (_("Composition"), words["composition"]),
        (_("Mood"), words["mood"]),
        (_("Colours"), ", ".join(words["palette"])),
        (_("Avoid"), words["avoid"]),
        (_("Use"), str(UseClass(words["use_class"]).label)),
        (_("Markets"), ", ".join(words["markets"])),
        (_("Formats"), ", ".join(words["formats"])),
        (_("Due"), day(words["due"])),
        (_("Wanted"), _("%(target)s of %(count)s candidates") % words),
        (_("Notes for the team"), words["notes"]),
        (_("Revision"), str(revision)),
    ]
    return [(name, value) for name, value in facts if value]
