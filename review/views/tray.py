from __future__ import annotations

from typing import Any

from creative import briefs
from creative.http import Request, rights_in
from creative.models import Brief
from review.composing import assets
from review.composing.forms import SendForm
from review.models import Shortlisting


def tray(request: Request, brief: Brief) -> dict[str, Any]:
    """What the shortlist's tray shows, in the room and alone."""
    rows = Shortlisting.objects.filter(brief=brief).select_related("candidate", "shortlisted_by")
    return {
        "brief": brief,
        "shortlist": list(rows),
        "unsent": assets.unsent(brief),
        "target": briefs.newest(brief).target,
        "send_form": SendForm(),
        "rights": rights_in(request, brief.project),
    }
