"""The machine checks of one candidate, from claim to findings. They point; what they cost is never the candidate."""

from __future__ import annotations

import datetime
import io
import logging
import time
from collections.abc import Collection
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from PIL import Image

from creative import files
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.work import house, loop
from creative.work.hold import ClaimLost, Hold
from creative.work.kinds import Acts, Kind, succeed
from generation import comparing
from generation.checks import CHECKS, Check, Missing, Seen
from generation.checks import Finding as Saw
from generation.models import Batch, Candidate, Checking, Finding

log = logging.getLogger(__name__)

SECONDS = 60.0  # that a check has for one picture
BEGUN = 2  # times that a check is begun before it is let be: it stopped its worker as often
AT_ONCE = 20  # checkings until a worker hears again what else waits for it
PATIENCE = datetime.timedelta(minutes=1)  # that a checking gives way to pictures made on its machine
MOST_FINDINGS = 100  # of one check in one picture, the surest


class Checkings(Kind[Checking]):
    model = Checking
    select = ("candidate__project__brand", "candidate__run__revision")
    acts = Acts(Act.CHECKING_CLAIMED, Act.CHECKING_DONE, Act.CHECKING_FAILED, Act.CHECKING_RELEASED)
    silent = "The worker stopped without a word {attempt} times while the checks looked at this picture."

    @classmethod
    def record(cls, row: Checking, act: Act, /, **data: Any) -> None:
        candidate = row.candidate
        data |= {"checking": row.pk, "candidate": candidate.pk}
        audit.record(candidate.project, None, act, brief=candidate.brief_id, **data)

    def do(self, hold: Hold[Checking]) -> None:
        """Each check that did not end yet. What one finds is saved before the next begins."""
        checking = hold.row
        picture = _stored(checking.candidate)
        seen = comparing.seen_with(checking.candidate)
        for check in CHECKS.values():
            hold.check()
            if _has_ended(checking, check):
                continue
            _begin(checking, check)
            with hold.within(SECONDS):
                found, outcome = _look(check, picture, seen)
            house.despite_cuts(partial(_write_down, checking, check, found, outcome))
        house.despite_cuts(partial(_succeed, checking))


def _stored(candidate: Candidate) -> Image.Image:
    return Image.open(io.BytesIO(files.read(candidate.sha256))).convert("RGB")


def _has_ended(checking: Checking, check: Check) -> bool:
    """Or it took its worker along so often that it is let be, which is written down."""
    told = checking.outcomes.get(check.name, {})
    if "because" in told:
        return True
    if told.get("begun", 0) < BEGUN:
        return False
    _write_down(checking, check, [], {**told, "because": _("It stopped its worker %(begun)s times.") % told})
    return True


def _begin(checking: Checking, check: Check) -> None:
    """Before it can take the process along: a check that does so again and again costs its own findings alone."""
    begun = checking.outcomes.get(check.name, {}).get("begun", 0) + 1
    _note(checking, check, {"version": check.version, "begun": begun})


def _look(check: Check, picture: Image.Image, seen: Seen) -> tuple[list[Saw], dict[str, Any]]:
    """What it found, and how it went. Only what the house is at fault for is raised."""
    because, found, began = "", [], time.monotonic()
    try:
        found = check.run(picture, seen)
    except Missing as missing:
        because = str(missing)
    except Exception as error:
        if house.fault(error):
            raise
        log.exception("The check %s broke", check.name)
        because = _("It broke. Whoever runs this site finds why in the worker's log.")
    told = {"version": check.version, "because": because, "ms": round(1000 * (time.monotonic() - began))}
    return sorted(found, key=lambda each: -each.sure)[:MOST_FINDINGS], told


def _write_down(checking: Checking, check: Check, found: list[Saw], outcome: dict[str, Any]) -> None:
    """Once, however often it is tried: the outcome is the mark that its findings are there."""
    with transaction.atomic():
        _note(checking, check, outcome)
        Finding.objects.bulk_create(_row(checking, check, each) for each in found)


def _note(checking: Checking, check: Check, outcome: dict[str, Any]) -> None:
    """Raises ClaimLost where it is not ours any more."""
    checking.outcomes = {**checking.outcomes, check.name: outcome}
    if not checking.renew(outcomes=checking.outcomes):
        raise ClaimLost


def _row(checking: Checking, check: Check, saw: Saw) -> Finding:
    box = dict(zip(Finding.BOX, saw.box, strict=True)) if saw.box else {}
    return Finding(
        checking=checking,
        candidate_id=checking.candidate_id,
        check_name=check.name,
        version=check.version,
        kind=Finding.Kind(saw.kind),
        sure=saw.sure,
        words=saw.words[:400],
        detail=saw.detail,
        **box,
    )


def _succeed(checking: Checking) -> None:
    """It stands from now on, in place of the one before."""
    with transaction.atomic():
        told = {"findings": checking.findings.count(), "not_run": sorted(checking.not_run)}
        if succeed(Checkings, checking, told=told) and not checking.stands:
            Checking.objects.filter(candidate=checking.candidate_id, stands=True).update(stands=False)
            Checking.objects.filter(pk=checking.pk).update(stands=True)


def look_at(candidates: Collection[Candidate], *, worker: str) -> None:
    """What waits of these, here and now."""
    for checking in Checking.objects.open().filter(candidate__in=candidates).select_related(*Checkings.select):
        if checking.claim(worker=worker):
            loop.do(Checkings(), checking)


def work(*, worker: str) -> bool:
    """Check some of what waits; whether more may wait that need not give way."""
    done = 0
    while done < AT_ONCE and not _gives_way(worker) and loop.work([Checkings()], worker=worker, most=1):
        done += 1
    return done >= AT_ONCE


def _gives_way(worker: str) -> bool:
    """While pictures are made on the same machine, until a picture has waited for its checks for long."""
    machine = worker.rpartition(":")[0]
    making = Batch.objects.open().filter(status=Batch.Status.RUNNING, worker__startswith=f"{machine}:")
    long_ago = now() - PATIENCE
    return making.exists() and not Checking.objects.claimable().filter(ordered_at__lt=long_ago).exists()
