"""A suggestion for the next run of a brief: what fails often in the newest one, and what to avoid against it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creative import briefs
from creative.errors import Refused
from creative.models import Brief, User, VisibleTo
from generation.models import Candidate, Checking, Finding, Run
from review.culling import blind_pass
from review.models import Flag

OFTEN = 0.25  # of those that were looked at
LEAST = 5  # candidates that show it
# What a model is told to leave out, by what was found or why people rejected.
AVOID = {
    Finding.Kind.TEXT: gettext_lazy("lettering"),
    Finding.Kind.MISSPELT: gettext_lazy("lettering"),
    Finding.Kind.LOGO: gettext_lazy("logos"),
    Finding.Kind.FACE: gettext_lazy("people"),
    Finding.Kind.BLURRED: gettext_lazy("blur"),
    Flag.Reason.HANDS: gettext_lazy("hands"),
}

Labels = type[Finding.Kind] | type[Flag.Reason]


@dataclass(frozen=True)
class Suggestion:
    label: str
    count: int
    of: int
    avoid: str

    @property
    def sentence(self) -> str:
        told = {"label": self.label, "count": self.count, "of": self.of, "avoid": self.avoid}
        return _("%(label)s in %(count)s of %(of)s: add “%(avoid)s” to what to avoid.") % told


def of(brief: Brief, person: User) -> list[Suggestion]:
    """Nothing where the model does not hear what to avoid, or where the brief says so already."""
    run = brief.runs.select_related("preset").order_by("-pk").first()
    if run is None or not run.preset.heard.get("avoid") or blind_pass.hides_from(brief, person):
        return []
    said = briefs.newest(brief).avoid.lower()
    found: dict[str, Suggestion] = {}
    for each in _often(run):
        if each.avoid.lower() not in said:
            found.setdefault(each.avoid, each)
    return list(found.values())


def follow(brief: Brief, *, by: User, avoid: str) -> None:
    """Add it to what the brief avoids, for its next run. Raises Refused where nothing suggests it any more."""
    if avoid not in [each.avoid for each in of(brief, by)]:
        raise Refused(_("Nothing suggests that any more. Look at the brief again."))
    said = briefs.newest(brief).avoid.strip(" ,")
    briefs.write(brief, by=by, avoid=f"{said}, {avoid}" if said else avoid)


def _often(run: Run) -> list[Suggestion]:
    """What shows in many of the run's candidates; the most frequent first."""
    made = Candidate.objects.filter(run=run)
    looked_at = made.filter(checkings__stands=True, checkings__status=Checking.Status.DONE)
    standing = looked_at.filter(findings__checking__stands=True)
    rejected = made.filter(flags__value=Flag.Value.REJECT, flags__reason__gt="")
    judged = made.filter(flags__value__in=[Flag.Value.PICK, Flag.Value.REJECT])
    told = [
        *_lines(standing, "findings__kind", Finding.Kind, looked_at.distinct().count()),
        *_lines(rejected, "flags__reason", Flag.Reason, judged.distinct().count()),
    ]
    return sorted(told, key=lambda each: -each.count / each.of)


def _lines(rows: VisibleTo[Candidate], field: str, labels: Labels, of: int) -> list[Suggestion]:
    counts = Counter(dict(rows.order_by().values_list(field).annotate(count=Count("pk", distinct=True))))
    return [
        Suggestion(str(labels(value).label), count, of, str(AVOID[labels(value)]))
        for value, count in counts.items()
        if labels(value) in AVOID and count >= max(LEAST, OFTEN * of)
    ]
