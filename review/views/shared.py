from __future__ import annotations

from creative import access
from creative.access import Action
from creative.http import Request
from creative.models import Project

HTMX_STOP_POLLING = 286  # a status that htmx takes as: swap this, and ask no more


def rights_in(request: Request, project: Project) -> dict[str, bool]:
    """What the person may do here, by name, for templates: rights.brief, rights.sign_legal, ..."""
    granted = access.rights(request.user, project)
    return {action.name.lower(): action in granted for action in Action}
