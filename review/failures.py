"""What fails how often: why people reject, and what the checks find, by preset, by words of the prompt, for a brand."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creative.models import Brand, BriefRevision, User, VisibleTo
from generation import prompts
from generation.models import Candidate, Checking, Finding
from review.models import BlindPass, Flag

SINCE = datetime.timedelta(days=90)
LEAST = 20  # candidates; of fewer no share is told
MOST_PARTS = 12  # words of prompts, those that fail most
BY = ("run__preset__name", "run__revision")


@dataclass(frozen=True)
class Line:
    """One way to fail: in how many, of how many that somebody or something looked at."""

    label: str
    count: int
    of: int

    @property
    def share(self) -> float | None:
        """0 to 1; none of too few."""
        return self.count / self.of if self.of >= LEAST else None

    @property
    def sentence(self) -> str:
        of = {"count": self.count, "of": self.of}
        if self.share is None:
            return _("%(count)s of %(of)s") % of
        return _("%(share)s %% (%(count)s of %(of)s)") % {**of, "share": round(100 * self.share)}


@dataclass
class Tally:
    """Of some candidates: how many were made, judged and looked at, and what was said of how many."""

    name: str
    made: int = 0
    judged: int = 0
    looked_at: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        self.made += other.made
        self.judged += other.judged
        self.looked_at += other.looked_at
        self.reasons += other.reasons
        self.kinds += other.kinds

    @property
    def rejected_for(self) -> list[Line]:
        return self._lines(Flag.Reason, self.reasons, self.judged)

    @property
    def found(self) -> list[Line]:
        return self._lines(Finding.Kind, self.kinds, self.looked_at)

    @property
    def worst(self) -> Line | None:
        """What is told of most of them, where that is a share at all."""
        told = [line for line in (*self.rejected_for, *self.found) if line.share]
        return max(told, key=lambda line: line.share or 0, default=None)

    @staticmethod
    def _lines(labels: Any, counts: Counter[str], of: int) -> list[Line]:
        return [Line(str(labels(value).label), count, of) for value, count in counts.most_common()]


@dataclass(frozen=True)
class Failures:
    whole: Tally
    presets: list[Tally]
    parts: list[Tally]


def of_brand(brand: Brand, person: User) -> Failures:
    """Of the last 90 days, in projects that this person sees; what a blind pass still hides is left out."""
    made = Candidate.objects.visible_to(person).filter(project__brand=brand, made_at__gte=now() - SINCE)
    told = _told(made.exclude(brief__in=BlindPass.objects.filter(ended_at=None).values("brief")))
    whole = Tally(str(brand))
    by_preset, by_part = defaultdict[str, Tally](lambda: Tally("")), defaultdict[str, Tally](lambda: Tally(""))
    parts = _parts(revision for _preset, revision in told)
    for (preset, revision), tally in told.items():
        whole.add(tally)
        by_preset[preset].add(tally)
        for part in parts.get(revision, ()):
            by_part[part].add(tally)
    worst = [each for each in _named(by_part) if each.made >= LEAST and each.worst]
    worst.sort(key=lambda each: -(each.worst.share or 0) if each.worst else 0)
    return Failures(whole, sorted(_named(by_preset), key=lambda each: -each.made), worst[:MOST_PARTS])


def _named(tallies: dict[str, Tally]) -> list[Tally]:
    for name, tally in tallies.items():
        tally.name = name
    return list(tallies.values())


def _told(made: VisibleTo[Candidate]) -> dict[tuple[str, int], Tally]:
    """By preset and brief revision."""
    told = defaultdict[tuple[str, int], Tally](lambda: Tally(""))
    for *key, count in _counted(made):
        told[_key(key)].made = count
    for *key, count in _counted(made.filter(flags__value__in=[Flag.Value.PICK, Flag.Value.REJECT])):
        told[_key(key)].judged = count
    done = made.filter(checkings__stands=True, checkings__status=Checking.Status.DONE)
    for *key, count in _counted(done):
        told[_key(key)].looked_at = count
    rejected = made.filter(flags__value=Flag.Value.REJECT, flags__reason__gt="")
    for *key, reason, count in _counted(rejected, "flags__reason"):
        told[_key(key)].reasons[reason] = count
    for *key, kind, count in _counted(done.filter(findings__checking__stands=True), "findings__kind"):
        told[_key(key)].kinds[kind] = count
    return told


def _key(values: list[Any]) -> tuple[str, int]:
    preset, revision = values
    return str(preset), int(revision)


def _counted(made: VisibleTo[Candidate], *more: str) -> Iterable[tuple[Any, ...]]:
    return made.order_by().values_list(*BY, *more).annotate(count=Count("pk", distinct=True))


def _parts(revisions: Iterable[int]) -> dict[int, list[str]]:
    """The parts of each revision's prompt but its subject, which no other brief has."""
    found = BriefRevision.objects.filter(pk__in=set(revisions))
    return {
        revision.pk: [part for name, part in prompts.parts(revision.words()) if name != "subject"] for revision in found
    }
