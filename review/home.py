"""What waits for a person: the acts that only their roles allow, what is due first, then the oldest."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from creative import access, members, references
from creative.models import Attestation, Brief, Membership, User
from creative.roles import Action
from creative.templatetags.winnow import since
from review.models import Export, Rendition, Turn
from review.progress import Overview, State, overviews
from review.signing import turns

MOST = 20  # rights that end, of the many that a brand may have
VERBS = {
    "confirm": "Confirm a right",
    "renew": "Renew the rights",
    "cull": "Cull",
    "fix": "Make a new version",
    "download": "Export what is approved",
    "retry": "Try again",
    "revise": "Revise the brief",
}


@dataclass(frozen=True)
class Task:
    """One thing to do now. `act` is sign, staff, confirm, renew, fix, cull, retry, revise or download."""

    act: str
    overview: Overview | None
    turn: Turn | None
    since: datetime.datetime
    due: datetime.date | None
    member: Membership | None = None
    ending: Attestation | None = None

    @property
    def verb(self) -> str:
        if self.turn:
            verb = _("Find somebody to sign for %(stage)s") if self.act == "staff" else _("Sign as %(stage)s")
            return verb % {"stage": self.turn.label.lower()}
        return VERBS[self.act]

    @property
    def title(self) -> str:
        if self.turn:
            return str(self.turn.version.frozen["brief"]["title"])
        if self.member:
            return _("%(person)s as %(title)s") % {"person": self.member.user, "title": self.member.title.lower()}
        if self.ending:
            return str(self.ending.reference)
        assert self.overview
        return str(self.overview.revision)

    @property
    def sentence(self) -> str:
        if self.turn:
            told = {"project": self.turn.project, "when": since(self.since), "person": self.turn.taken_by}
            if self.turn.taken_by:
                return _("%(project)s · waiting since %(when)s · taken by %(person)s") % told
            return _("%(project)s · waiting since %(when)s") % told
        if self.member:
            told = {"project": self.member.project or _("The site"), "when": since(self.since)}
            told["person"] = self.member.given_by
            return _("%(project)s · given by %(person)s, waiting since %(when)s") % told
        if self.ending:
            told = {"brand": self.ending.reference.brand, "licence": self.ending.licence}
            ended = self.ending.is_expired
            return (_("%(brand)s · %(licence)s · ended") if ended else _("%(brand)s · %(licence)s · ends soon")) % told
        assert self.overview
        return f"{self.overview.brief.project} · {self.overview.sentence}"

    @property
    def url(self) -> str:
        """Where it is done."""
        if self.act == "staff" and self.turn:
            return reverse("creative:people", args=[self.turn.project_id])
        if self.turn:
            return reverse("review:version", args=[self.turn.version_id])
        if self.member:
            return self.member.people_url
        if self.ending:
            return self.ending.reference.get_absolute_url()
        assert self.overview
        brief = self.overview.brief
        if self.act == "download":
            return reverse("review:exports", args=[brief.project_id])
        return reverse("review:cull" if self.act == "cull" else "review:brief", args=[brief.pk])


def for_person(user: User) -> tuple[list[Task], list[Overview]]:
    """(what waits for them, what is in progress in their projects). Briefs that are over are not looked at."""
    rights = {member.project_id: access.rights_of(member) for member in user.memberships.exclude(project=None)}
    briefs = Brief.objects.filter(project__in=rights, closed_at=None, archival=None)
    found = overviews(briefs.select_related("project__brand").order_by("-pk"))
    waiting = unexported([version for row in found for version in row.cleared])
    tasks = [Task("sign", None, turn, turn.since, turn.due) for turn in turns.to_sign(user)]
    led = [project for project, granted in rights.items() if Action.MANAGE in granted]
    rows = turns.nobodys().filter(project__in=led).select_related("version", "project", "taken_by")
    unsigned = rows.prefetch_related("version__compositions")
    tasks += [Task("staff", None, turn, turn.since, turn.due) for turn in unsigned]
    tasks += [Task("confirm", None, None, asked.given_at, None, asked) for asked in members.waiting_for(user)]
    tasks += [
        Task("renew", None, None, ends.attested_at, ends.expires, ending=ends) for ends in references.ending(led)[:MOST]
    ]
    for row in found:
        act = _act(row, rights[row.brief.project_id], waiting)
        if act:
            began = row.run.started_at if row.run else row.revision.written_at
            tasks.append(Task(act, row, None, began, row.revision.due))
    theirs = {task.overview.brief.pk for task in tasks if task.overview}
    progress = [row for row in found if row.brief.pk not in theirs and row.state != State.DONE]
    return sorted(tasks, key=lambda task: (task.due or datetime.date.max, task.since)), progress


def unexported(versions: Collection[int]) -> set[int]:
    """Those of the versions (ids) that no export holds."""
    done = Rendition.objects.filter(export__status=Export.Status.DONE, version__in=versions)
    return set(versions).difference(done.values_list("version_id", flat=True))


def _act(row: Overview, rights: frozenset[Action], unexported: set[int]) -> str:
    if row.sent_back and Action.COMPOSE in rights:
        return "fix"
    if row.state == State.CULLING and Action.COMPOSE in rights:
        return "cull"
    if row.state == State.STOPPED and Action.BRIEF in rights:
        return "retry" if row.can_be_retried else "revise"
    decided = row.state in (State.CULLING, State.DONE)
    if decided and Action.DOWNLOAD in rights and not unexported.isdisjoint(row.cleared):
        return "download"
    return ""
