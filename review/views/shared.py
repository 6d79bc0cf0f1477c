from __future__ import annotations

from typing import Any

from creative import access, briefs
from creative.access import Action
from creative.http import Request
from creative.models import Brief, Project
from review import shortlist
from review.forms import SendForm
from review.models import Shortlisting

HTMX_STOP_POLLING = 286  # a status that htmx takes as: swap this, and ask no more


def rights_in(request: Request, project: Project) -> dict[str, bool]:
    """What the person may do here, by name, for templates: rights.brief, rights.sign_legal, ..."""
    granted = access.rights(request.user, project)
    return {action.name.lower(): action in granted for action in Action}


def ids_in(request: Request, name: str) -> list[int] | None:
    """The posted values of a field that takes ids; None when one is something else."""
    try:
        return [int(value) for value in request.POST.getlist(name)]
    except ValueError:
        return None


def tray(request: Request, brief: Brief) -> dict[str, Any]:
    """What the shortlist's tray shows, in the room and alone."""
    rows = Shortlisting.objects.filter(brief=brief).select_related("candidate", "shortlisted_by")
    return {
        "brief": brief,
        "shortlist": list(rows),
        "unsent": shortlist.unsent(brief),
        "target": briefs.newest(brief).target,
        "send_form": SendForm(),
        "rights": rights_in(request, brief.project),
    }
