"""Plain builders, for what a test needs beside the cast and the one brief of conftest.py."""

from __future__ import annotations

import functools
import io
import itertools
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.timezone import now
from PIL import Image

from creative import briefs, cut_outs, files, kits, money, policy, references, storage
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import (
    Attestation,
    Brand,
    Brief,
    CutOut,
    File,
    Kit,
    Membership,
    Policy,
    Project,
    Reference,
    Spending,
    User,
)
from creative.policy import versions
from creative.roles import Role
from creative.uploads import door
from generation import images, runs, samples, scheduling
from generation.checks import CHECKS
from generation.engines.diffusers.parameters import Parameters
from generation.models import Batch, Candidate, Checking, Finding, Preset, Run, Sample
from generation.recipe import PresetSnapshot, Recipe
from generation.renderer import Picture
from review.composing import orders
from review.culling import shortlist
from review.models import Asset, SignOff, Version
from review.signing import entry, signoff
from tests.painter import Painter
from tests.painter import picture as picture_of

WORDS: dict[str, Any] = {
    "title": "Autumn hero",
    "subject": "glossy red sneaker on a teal background",
    "style": "studio product photo",
    "lighting": "soft light",
    "composition": "centre, copy space on the left",
    "count": 5,
    "target": 2,
}
PALETTE = [{"name": "red", "hex": "#d6282e"}, {"name": "teal", "hex": "#149696"}]
SECONDS = 0.01  # on a GPU, for a candidate that none made
PARAMETERS = frozenset(Parameters.model_fields)
REGULATED_ALLOWED = policy.SHIPPED.replace("generate = false", "generate = true")


def person(name: str, **more: Any) -> User:
    """With a password of their own."""
    values = {"first_name": name.capitalize(), "password_set_at": now(), **more}
    return User.objects.create_user(name, f"{name}@winnow.test", "winnow-demo", **values)


def member(project: Project | None, name: str, role: Role, stage: str = "") -> User:
    """By the installation itself, so that the right holds at once."""
    user = person(name)
    Membership.objects.create(project=project, user=user, role=role, stage=stage)
    return user


def of_site(user: User, role: Role = Role.PRODUCER) -> User:
    """A right of the site beside those they have."""
    Membership.objects.create(user=user, role=role, stage="legal" if role == Role.REVIEWER else "")
    return user


def waiting_to_be_confirmed(project: Project) -> Membership:
    """A legal reviewer whom a producer named who is here no more."""
    nominee, giver = person("nell"), person("gil")
    return Membership.objects.create(project=project, user=nominee, role=Role.REVIEWER, stage="legal", given_by=giver)


def project(name: str = "Autumn launch", brand: str = "Halden") -> Project:
    found, _ = Brand.objects.get_or_create(name=brand)
    return Project.objects.create(brand=found, name=name)


def kit(project: Project, by: User, **words: Any) -> Kit:
    """The brand's next version, of what the newest says and these words."""
    newest = Brand.objects.get(pk=project.brand_id).kit
    content = {"palette": PALETTE, **newest.content, **words}
    return kits.write(project.brand, by=by, began=newest.number, content=content)


def preset(**more: Any) -> Preset:
    values: dict[str, Any] = {
        "name": "painter",
        "parameters": parameters(**{name: more.pop(name) for name in PARAMETERS & more.keys()}),
        "sizes": [[64, 64]],
        "weights": "0" * 64,
        "batch_size": 2,
        "licence": "Apache-2.0",
        "commercial_use": True,
        "price": Decimal("0.010000"),
        "takes_noise": True,
        "takes_pictures": True,
    }
    return Preset.objects.create(**{**values, **more})


def parameters(**more: Any) -> dict[str, Any]:
    values = {"source": "painter", "steps": Painter.STEPS, "guidance": 2.5, "dtype": "float32"}
    return Parameters(**{**values, **more}).model_dump()


def snapshot(**more: Any) -> PresetSnapshot:
    """Without a database."""
    values: dict[str, Any] = {
        "name": "painter",
        "engine": "diffusers",
        "parameters": parameters(**{name: more.pop(name) for name in PARAMETERS & more.keys()}),
        "weights": "0" * 64,
        "batch_size": 2,
        "licence": "Apache-2.0",
        "commercial_use": True,
    }
    return PresetSnapshot(**{**values, **more})


def recipe(preset: PresetSnapshot | None = None, **more: Any) -> Recipe:
    """Without a database."""
    values: dict[str, Any] = {
        "prompt": "a red apple on a white table",
        "negative_prompt": "text",
        "seed": 7,
        "width": 64,
        "height": 64,
        "preset": preset or snapshot(),
    }
    return Recipe(**{**values, **more})


def reference(project: Project, by: User, kind: str = Reference.Kind.PRODUCT, name: str = "Mug") -> Reference:
    """A product's picture, or of another kind the same."""
    return references.add(project.brand, by=by, upload=_upload(), kind=kind, name=name)


def cut_out(reference: Reference, by: User) -> CutOut:
    """All of it."""
    assert reference.picture and reference.picture.width and reference.picture.height
    mask = io.BytesIO()
    Image.new("L", (reference.picture.width, reference.picture.height), 255).save(mask, "PNG")
    return cut_outs.save(reference, by=by, mask=mask, after=0)


@functools.cache
def _upload() -> door.Upload:
    """Read once: that takes a process."""
    content = io.BytesIO()
    picture_of(1).save(content, "PNG")
    return door.take(content)


PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def attestation(reference: Reference, by: User) -> Attestation:
    rights: references.Rights = {
        "licence": "own photo",
        "uses": ["internal"],
        "markets": [],
        "expires": None,
        "may_leave": False,
    }
    paper = references.Contract("contract.pdf", io.BytesIO(PDF))
    return references.attest(reference, by=by, contract=paper, **rights)


def sample(preset: Preset) -> Sample:
    """The first picture of its sample sheet."""
    samples.keep(preset, [samples.Made("a red apple", Picture(picture_of(1), 1))])
    return preset.samples.get()


def with_parameters(recipe: Recipe, **more: Any) -> Recipe:
    preset = recipe.preset
    return replace(recipe, preset=replace(preset, parameters={**preset.parameters, **more}))


def draft(project: Project, by: User, **words: Any) -> Brief:
    return briefs.draft(project, by=by, **{**WORDS, **words})


def run(project: Project, by: User, preset: Preset, **words: Any) -> Run:
    return runs.submit(draft(project, by, **words), by=by, preset=preset)


def candidates(run: Run, painter: Painter | None = None) -> list[Candidate]:
    """Renders whatever waits, here and in this thread, and returns this run's."""
    scheduling.work((painter or Painter()).load, worker="test", saver_threads=0)
    return list(run.candidates.order_by("index"))


def to_cull(run: Run) -> list[Candidate]:
    """A run's candidates as a worker leaves them, with everything around them, but written as rows.

    Several times as fast as `candidates`, which renders; tests/test_make.py holds them against each other.
    """
    batches = list(run.batches.order_by("first"))
    painted = {index: _painted(run.recipe.seed_for(index)) for batch in batches for index in batch.indexes}
    _store(content for encoded, _ in painted.values() for content in (encoded.picture, encoded.small, encoded.large))
    made = [_candidate(run, batch, index, *painted[index]) for batch in batches for index in batch.indexes]
    Candidate.objects.bulk_create(made)
    Checking.objects.bulk_create(Checking(candidate=each) for each in made)
    run.batches.update(status=Batch.Status.DONE, attempt=1, worker="test", finished_at=now())
    for batch in batches:
        money.spend(
            Spending.What.BATCH,
            subject=batch.pk,
            brief=run.brief_id,
            project=run.project_id,
            seconds=SECONDS * batch.count,
            price=run.price,
        )
        told: dict[str, Any] = {"brief": run.brief_id, "batch": batch.pk, "attempt": 1}
        audit.record(run.project, None, Act.BATCH_CLAIMED, **told, worker="test")
        for candidate in made[batch.first - run.first :][: batch.count]:
            told_of_it: dict[str, Any] = {"run": run.pk, "candidate": candidate.pk, "sha256": candidate.sha256}
            audit.record(run.project, None, Act.CANDIDATE_MADE, brief=run.brief_id, rows=[candidate], **told_of_it)
        audit.record(run.project, None, Act.BATCH_DONE, **told)
    return list(run.candidates.order_by("index"))


def _candidate(run: Run, batch: Batch, index: int, encoded: images.Encoded, phash: str) -> Candidate:
    return row(
        run,
        batch,
        index,
        seed=run.recipe.seed_for(index),
        slot=index - batch.first,
        picture_id=files.digest_of(encoded.picture),
        small_id=files.digest_of(encoded.small),
        large_id=files.digest_of(encoded.large),
        width=encoded.width,
        height=encoded.height,
        phash=phash,
        gpu_seconds=SECONDS,
        cost=Decimal(str(SECONDS)) * run.price,
        environment=Painter().environment,
    )


def row(run: Run, batch: Batch, index: int, **more: Any) -> Candidate:
    """Unsaved, of the run and the batch: `more` names its files, its size and whatever else matters."""
    values: dict[str, Any] = {"seed": index, "slot": 0, "gpu_seconds": 0, "environment": {}}
    belongs = {"project": run.project, "brief": run.brief, "run": run, "batch": batch, "index": index}
    return Candidate(**{**values, **belongs, **more})


stored: set[str] = set()  # names of what an earlier test wrote and none deleted (conftest.py): S3 takes 8 ms a file


def _store(contents: Iterable[bytes]) -> None:
    """As images.put does it one by one."""
    rows = {}
    for content in contents:
        sha256 = files.digest_of(content)
        size = {"width": Painter.SIDE, "height": Painter.SIDE}
        rows[sha256] = File(sha256=sha256, media_type="image/webp", size=len(content), **size)
        if files.name_of(sha256) not in stored:
            bytes_alone(content)
            stored.add(files.name_of(sha256))
    File.objects.bulk_create(
        rows.values(), update_conflicts=True, unique_fields=["sha256"], update_fields=["touched_at"]
    )


@functools.cache
def _painted(seed: int) -> tuple[images.Encoded, str]:
    painted = picture_of(seed)
    return images.encode(painted, **Candidate.THUMBNAILS), images.perceptual_hash(painted)


def checked(candidate: Candidate, *found: Finding, not_run: dict[str, str] | None = None) -> Checking:
    """Its checks are done and came to these findings, unsaved, in place of whatever waited."""
    Checking.objects.filter(candidate=candidate).update(stands=False)
    Checking.objects.filter(candidate=candidate).cancel()
    outcomes = {
        each.name: {"version": each.version, "because": (not_run or {}).get(each.name, "")} for each in CHECKS.values()
    }
    done = Checking.objects.create(
        candidate=candidate, status=Checking.Status.DONE, finished_at=now(), attempt=1, outcomes=outcomes
    )
    for each in found:
        each.checking, each.candidate = done, candidate
    Finding.objects.bulk_create(found)
    return done


def finding(
    kind: str = Finding.Kind.TEXT, box: tuple[int, int, int, int] | None = (8, 8, 16, 8), **more: Any
) -> Finding:
    """Unsaved."""
    values: dict[str, Any] = {"check_name": "flat", "version": 1, "sure": 0.9, "words": "Reads “sale”."}
    return Finding(kind=kind, **dict(zip(Finding.BOX, box, strict=True)) if box else {}, **{**values, **more})


def sent(brief: Brief, by: User, **more: Any) -> list[Asset]:
    """What is new on the shortlist, in review."""
    ordered = orders.send(brief, by=by, **more)
    entry.compose_waiting()
    return [order.asset for order in ordered]


def asset(candidate: Candidate, by: User) -> Asset:
    """In review, with version 1, along with whatever else is on the shortlist."""
    shortlist.add(candidate, by=by)
    sent(candidate.brief, by)
    return Asset.objects.get(versions__candidate=candidate)


def replaced(asset: Asset, candidate: Candidate, by: User, **more: Any) -> Version:
    """The asset's next version, from a candidate that is on the shortlist."""
    order = orders.replace(asset, candidate, by=by, **more)
    entry.compose_waiting()
    return order.version


def signed(version: Version, by: User, stage: str, decision: str = SignOff.Decision.APPROVED, note="") -> SignOff:
    return signoff.sign(version, by=by, stage=stage, decision=decision, seen=version.fingerprint, note=note)


def agreed_policy(rules: str, *, written_by: User, agreed_by: User) -> Policy:
    version = versions.write(rules, by=written_by)
    versions.agree(version, by=agreed_by)
    return version


def crowd(run: Run, count: int, phash: str = "0123456789abcdef") -> list[Candidate]:
    """Many more candidates of a run, as rows alone: nothing renders them and no file is theirs."""
    first = Candidate.objects.filter(brief=run.brief).count()
    batch = run.batches.order_by("first")[0]
    pictures = [picture(f"{index:064x}") for index in range(first, first + count)]
    File.objects.bulk_create(pictures, ignore_conflicts=True)
    return Candidate.objects.bulk_create(
        row(run, batch, index, picture=file, small=file, large=file, width=1024, height=1024, phash=phash)
        for index, file in enumerate(pictures, first)
    )


def picture(sha256: str) -> File:
    """Unsaved, and no bytes are stored for it."""
    return File(sha256=sha256, media_type="image/webp", size=1000, width=1024, height=1024)


def bytes_alone(content: bytes) -> str:
    """Store a picture without a row, for what renders without a database."""
    sha256 = files.digest_of(content)
    storage.write(files.name_of(sha256), io.BytesIO(content), media_type="image/webp")
    return sha256


_marks = itertools.count(1)


def mark_id() -> UUID:
    """As a client makes them: another each time."""
    return UUID(int=next(_marks))
