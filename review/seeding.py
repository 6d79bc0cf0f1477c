"""The demo's brands, people and briefs, by the verbs that people use. Safe to repeat, also after a kill half-way."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from creative import brands, briefs, cut_outs, demo, files, members, people, projects, references, stages
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import Brand, Brief, BriefRevision, CutOut, Event, Project, Reference, UseClass, User
from creative.roles import Role
from creative.uploads import door
from creative.work import loop
from generation import checking, presets, runs
from generation.models import Candidate, Finding, Preset
from generation.recipe import SEED
from review import demo_kits, demo_product
from review.composing import assets, orders
from review.culling import dismissals, marking, shortlist
from review.models import Flag, SignOff, Version
from review.signing import entry, signoff

NEWER_WEIGHTS_CHANGE = (
    "weights",
    "parameters",
    "sizes",
    "training_data",
    "takes_noise",
    "takes_pictures",
    "heard",
    "tokenizer_id",
)
ALIKE = 4  # candidates much like another
TOLD = Act.DEMO_TOLD  # the event that ends a story
MUG = "Mug, teal"
PROJECTS = (("Halden", "Autumn launch"), ("Halden", "Gift season"), ("Solmint", "Summer menu"))

IN_REVIEW = ((True, None), (None, None))  # brand and legal decisions, an asset each
APPROVED = ((True, True), (True, True))
REASONS = {0: Flag.Reason.ARTEFACT, 1: Flag.Reason.COMPOSITION, 3: Flag.Reason.ARTEFACT}  # by the last digits


@dataclass(frozen=True)
class Story:
    """One demo brief and how far it has come."""

    project: str
    words: dict[str, Any]
    submitted: bool = True
    made: bool = True  # else it waits for the worker, so that a newcomer sees candidates arrive
    flags: int = 0  # how many dan has judged
    decisions: tuple[tuple[bool | None, bool | None], ...] = field(default=())
    shared: bool = False  # maya judges it too, and dan asked for more like one, so that colleagues and stacks show


def _words(title: str, subject: str, **more: Any) -> dict[str, Any]:
    due = timezone.localdate() + datetime.timedelta(days=more.pop("days", 9))
    defaults = {"style": "studio product photo", "lighting": "soft light", "mood": "fresh", "due": due}
    return {"title": title, "subject": subject, "formats": ["4:5", "9:16"], "markets": ["DE", "FR"], **defaults, **more}


def stories() -> list[Story]:
    """Of what the starter model paints best, so that the demo's pictures are worth a look."""
    return [
        Story(
            "Summer menu",
            _words(
                "Strawberry season",
                "strawberry, close-up, on a pastel mint background",
                composition="centre",
                mood="fresh",
                palette=["mint"],
                days=5,
            ),
            flags=20,
            decisions=APPROVED,
        ),
        Story(
            "Autumn launch",
            _words("Autumn launch hero", "red lipstick on a beige background", composition="centre", days=12),
            flags=20,
            decisions=IN_REVIEW,
        ),
        Story(
            "Summer menu",
            _words("Late-night burger", "large burger on a black spotlight background", composition="centre", days=20),
            flags=7,
            shared=True,
        ),
        Story(
            "Gift season",
            _words("Gift guide opener", "white gift on a red background", use_class="internal", composition="centre"),
        ),
        Story(
            "Gift season",
            _words("Pool party", "a picture of a pool", style="", lighting="", mood=""),
            submitted=False,
        ),
        Story(
            "Summer menu",
            _words("Donut of the month", "donut on a pastel pink background", composition="centre", days=3),
            made=False,
        ),
    ]


def seed(make: Callable[[], object], count: int = 20, tell: Callable[[str], object] = lambda line: None) -> None:
    """Briefs of `count` candidates. `make` renders what is queued, here and now; the last one waits for the worker."""
    team = _people()
    preset = _preset()
    campaigns = _projects(team)
    for brand in Brand.objects.filter(name__in=demo_kits.WORDS):
        demo_kits.write(brand, by=team["pia"])
    _product(Brand.objects.get(name="Halden"), team)
    for story in stories():
        project = campaigns[story.project]
        told = Event.objects.filter(scope=audit.scope_of(project), act=TOLD)
        if told.filter(payload__data__title=story.words["title"]).exists():
            continue  # what people did with it since is theirs
        brief = _brief(story, count, project, team["maya"])
        if story.submitted and not brief.runs.exists():
            runs.submit(brief, by=team["maya"], preset=preset)
        if story.submitted and story.made:
            tell(f"Making {count} candidates for “{story.words['title']}” …")
            make()
            _cull(story, brief, team["dan"])
            if story.shared:
                _share(brief, team, make)
            _decide(story, brief, team)
        audit.record(project, None, TOLD, title=story.words["title"])


def _people() -> dict[str, User]:
    return {person.username: _person(person) for person in demo.PEOPLE}


def _person(person: demo.Person) -> User:
    stored = User.objects.filter(username=person.username).first()
    if stored:
        return stored
    first, last = person.name.split()
    new = User(username=person.username, first_name=first, last_name=last, email=f"{person.username}@winnow.test")
    new.set_password(demo.PASSWORD)
    new.password_set_at = timezone.now()
    new = people.add(new, by=None)
    if person.of_site:
        members.add(None, by=None, user=new, role=person.role, stage=person.stage)
    return new


def _preset() -> Preset:
    preset = presets.starter()
    preset.tokenizer = files.put(presets.starter_tokenizer(), media_type="application/json")
    stored = Preset.objects.filter(name=preset.name).first()
    if stored is None:
        return presets.add(preset, by=None)
    newer = {name: getattr(preset, name) for name in NEWER_WEIGHTS_CHANGE}  # a newer release brought newer weights
    presets.change(stored, by=None, **newer)
    return stored


def _projects(team: dict[str, User]) -> dict[str, Project]:
    found = {}
    today = timezone.localdate()
    for brand_name, name in PROJECTS:
        brand = Brand.objects.filter(name=brand_name).first() or brands.add(Brand(name=brand_name), by=None)
        project = Project.objects.filter(brand=brand, name=name).first()
        if project is None:
            starts, ends = today - datetime.timedelta(days=12), today + datetime.timedelta(days=40)
            with transaction.atomic():
                project = projects.add(Project(brand=brand, name=name, starts=starts, ends=ends), by=None)
                for person in demo.PEOPLE:
                    user = team[person.username]
                    members.add(project, by=None, user=user, role=person.role, stage=person.stage)
        found[name] = project
    _newcomer(found["Autumn launch"], team["pia"])
    return found


def _answer(reference: Reference, by: User) -> None:
    """For what was drawn by us."""
    uses = [UseClass.INTERNAL.value, UseClass.CUSTOMER_FACING.value]
    references.attest(reference, by=by, licence="Drawn by us", uses=uses, markets=[], expires=None, may_leave=True)


def _product(brand: Brand, team: dict[str, User]) -> None:
    """A mug that maya brought in: a model cut it out, where it is installed, and dan corrected that."""
    if CutOut.objects.filter(reference__brand=brand, made_by__isnull=False).exists():
        return
    mug = demo_product.mug()
    found = brand.references.filter(name=MUG).first() or references.add(
        brand, by=team["maya"], upload=door.take(mug.picture), kind=Reference.Kind.PRODUCT, name=MUG
    )
    if found.removed_at:
        return
    if found.attestation is None:
        _answer(found, team["maya"])
    with suppress(Refused):
        cut_outs.propose(found, by=team["dan"])
    newest = cut_outs.newest(found)
    cut_outs.save(found, by=team["dan"], mask=mug.mask, after=newest.number if newest else 0)


def _newcomer(project: Project, producer: User) -> None:
    """Named by pia: bea or leo finds on home that a right waits to be confirmed. Nobody knows her password."""
    if User.objects.filter(username="noa").exists():
        return
    noa = User(username="noa", first_name="Noa", last_name="Friis", email="noa@winnow.test")
    noa.set_password(secrets.token_urlsafe())
    noa.password_set_at = timezone.now()
    with transaction.atomic():
        people.add(noa, by=None)
        members.add(project, by=producer, user=noa, role=Role.REVIEWER, stage=stages.LEGAL)


def _brief(story: Story, count: int, project: Project, marketer: User) -> Brief:
    told = BriefRevision.objects.filter(brief__project=project, title=story.words["title"]).first()
    return told.brief if told else briefs.draft(project, by=marketer, count=count, **story.words)


def _cull(story: Story, brief: Brief, designer: User) -> None:
    """dan judges the first few: two picks, the rest rejected; what goes to review is shortlisted."""
    candidates = list(Candidate.objects.filter(brief=brief).order_by("index"))[: story.flags]
    picks = {2, 5}
    for candidate in candidates:
        pick = candidate.index in picks
        value = Flag.Value.PICK if pick else Flag.Value.REJECT
        reason = "" if pick else REASONS.get(candidate.index % 5, "")
        marking.flag(candidate, by=designer, value=value, rating=4 if pick else 0, reason=reason)
        if pick and story.decisions:
            shortlist.add(candidate, by=designer)
    if story.decisions and assets.unsent(brief):
        _look([candidate for candidate in candidates if candidate.index in picks], designer)
        orders.send(brief, by=designer)
        entry.compose_waiting()


def _look(picked: list[Candidate], designer: User) -> None:
    """The checks look before it goes to review, and dan calls what they say of colours fine."""
    checking.look_at(picked, worker=loop.this_worker())
    of_colours = Finding.objects.standing().filter(candidate__in=picked, kind=Finding.Kind.PALETTE)
    for finding in of_colours.exclude(dismissals__person=designer):
        dismissals.dismiss(finding, by=designer, reason="The light is meant to be this warm.")


def _share(brief: Brief, team: dict[str, User], make: Callable[[], object]) -> None:
    """maya differs from dan on the third and the fourth of the first five; some much like the last of these join."""
    candidates = list(Candidate.objects.filter(brief=brief).order_by("index")[:5])
    for candidate in candidates:
        value = Flag.Value.PICK if candidate.index == 3 else Flag.Value.REJECT
        marking.flag(candidate, by=team["maya"], value=value)
    if brief.runs.count() == 1:
        runs.more_like(candidates[-1], by=team["dan"], count=ALIKE, way=SEED, strength=0.15)
        make()


def _decide(story: Story, brief: Brief, people: dict[str, User]) -> None:
    signers = ((stages.BRAND, people["bea"]), (stages.LEGAL, people["leo"]))
    versions = Version.objects.filter(asset__brief=brief).order_by("pk")
    for version, decisions in zip(versions, story.decisions, strict=False):
        for (stage, signer), decided in zip(signers, decisions, strict=True):
            if decided and not version.signoffs.filter(stage=stage).exists():
                with suppress(Refused):  # somebody who is looking already was quicker
                    signoff.sign(
                        version, by=signer, stage=stage, decision=SignOff.Decision.APPROVED, seen=version.fingerprint
                    )
