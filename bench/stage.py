"""A project with a marketer and whatever rows a figure needs; each figure has its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.test import Client
from django.utils.timezone import now

from creative import briefs
from creative.models import Brief, File, Project, User
from creative.policy import versions
from creative.roles import Role
from generation import presets, runs
from generation.models import Batch, Candidate, Checking, Finding, Preset, Run
from generation.recipe import Recipe
from review.models import Flag, Shortlisting
from tests import make

_numbers = itertools.count(1)
ROWS = 5000  # in one INSERT
Pictures = dict[str, str]  # those of a candidate, by the names of its columns


@dataclass(frozen=True)
class Stage:
    project: Project
    person: User  # a designer: may order, cull and shortlist
    preset: Preset

    def order(self, count: int) -> Run:
        """A new brief's run, waiting for a worker."""
        return make.run(self.project, self.person, self.preset, count=count)

    def client(self) -> Client:
        """A browser that has signed in."""
        client = Client()
        client.force_login(self.person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def brief_holding(self, count: int, *, like: Sequence[Candidate] = (), judged: bool = True) -> Brief:
        """Submitted, with rows of candidates that nobody made: a third flagged, a tenth on the shortlist.

        Their pictures are those of `like` in turn, which were made; without any they have none. Unless `judged`, nobody
        has flagged or shortlisted them.
        """
        with transaction.atomic():
            brief = make.draft(self.project, self.person)
            revision = briefs.submit(brief, by=self.person)
            recipe = presets.recipe(self.preset, revision.words(), seed=brief.pk)
            policy, _ = versions.in_force()
            ordered = Run.objects.bulk_create(
                Run(
                    project=self.project,
                    brief=brief,
                    revision=revision,
                    preset=self.preset,
                    recipe_data=recipe.as_dict(),
                    weights=recipe.preset.weights,
                    first=first,
                    count=min(runs.MOST, count - first),
                    policy=policy,
                    price=self.preset.price,
                    started_by=self.person,
                )
                for first in range(0, count, runs.MOST)
            )
            batches = Batch.objects.bulk_create(
                Batch(run=run, first=first, count=min(SIZE, run.first + run.count - first), **DONE)
                for run in ordered
                for first in range(run.first, run.first + run.count, SIZE)
            )
            pictures = [_pictures(candidate) for candidate in like] or _without_bytes(brief, count)
            made = Candidate.objects.bulk_create(self._candidates(brief, recipe, batches, pictures), batch_size=ROWS)
            if not judged:
                return brief
            Flag.objects.bulk_create(
                (Flag(candidate=candidate, person=self.person, value="pick", rating=4) for candidate in made[::3]),
                batch_size=ROWS,
            )
            Shortlisting.objects.bulk_create(
                Shortlisting(brief=brief, candidate=candidate, position=position, shortlisted_by=self.person)
                for position, candidate in enumerate(made[::10], 1)
            )
        return brief

    def find_in(self, brief: Brief) -> None:
        """The checks are done with its candidates, and saw three things in each."""
        checked = Checking.objects.bulk_create(
            Checking(candidate=candidate, status=Checking.Status.DONE, finished_at=now())
            for candidate in brief.candidates.order_by("index")
        )
        found = []
        for checking in checked:
            for kind in (Finding.Kind.TEXT, Finding.Kind.FACE, Finding.Kind.PALETTE):
                finding = make.finding(kind, None if kind == Finding.Kind.PALETTE else (40, 60, 120, 80))
                finding.checking, finding.candidate = checking, checking.candidate
                found.append(finding)
        Finding.objects.bulk_create(found, batch_size=ROWS)

    def _candidates(
        self, brief: Brief, recipe: Recipe, batches: list[Batch], pictures: Sequence[Pictures]
    ) -> Iterator[Candidate]:
        for batch in batches:
            for slot, index in enumerate(batch.indexes):
                yield Candidate(
                    project=self.project,
                    brief=brief,
                    run=batch.run,
                    batch=batch,
                    index=index,
                    seed=recipe.seed_for(index),
                    slot=slot,
                    **pictures[index % len(pictures)],
                    width=recipe.width,
                    height=recipe.height,
                    gpu_seconds=1.0,
                    environment={"device": "cpu"},
                )


def _pictures(candidate: Candidate) -> Pictures:
    return {name: getattr(candidate, name) for name in ("picture_id", "small_id", "large_id", "phash")}


def _without_bytes(brief: Brief, count: int) -> list[Pictures]:
    files = [make.picture(f"{brief.pk:032x}{index:032x}") for index in range(count)]
    File.objects.bulk_create(files, batch_size=ROWS)
    return [dict.fromkeys(("picture_id", "small_id", "large_id"), file.sha256) for file in files]


SIZE = 20  # of the batches of rows
DONE = {"status": Batch.Status.DONE, "attempt": 1, "finished_at": now()}


def with_starter() -> Stage:
    starter = presets.starter()
    known = Preset.objects.filter(name=starter.name).first()
    if known is None:
        starter.save(force_insert=True)
    return with_preset(known or starter)


def with_stand_in(*, side: int, batch_size: int) -> Stage:
    """For a stand-in at the Renderer seam; pictures of `side` x `side` pixels."""
    name = f"stand-in {next(_numbers)}"
    return with_preset(make.preset(name=name, sizes=[[side, side]], batch_size=batch_size, steps=20))


def with_preset(preset: Preset) -> Stage:
    number = next(_numbers)
    project = make.project(f"Bench {number}")
    return Stage(project, make.member(project, f"bench-{number}", Role.DESIGNER), preset)
