"""What the styleguide shows: invented rows that are never saved, and pictures borrowed from what the person may see."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.html import format_html

from creative import stages
from creative.evidence.history import Told
from creative.kit_form import SETS
from creative.models import Attestation, Brand, Brief, BriefRevision, CutOut, Kit, Project, User
from creative.work.leases import Leased
from generation import engines, prompts
from generation.engines.diffusers.parameters import Parameters
from generation.forms import BriefForm, MoreLikeForm
from generation.models import Candidate, Preset, Run
from generation.recipe import PresetSnapshot, Recipe
from review.composing.forms import SendForm
from review.culling import findings
from review.failures import Line
from review.home import Task
from review.models import Requirement, Shortlisting, SignOff, Turn, Version
from review.progress import STRIP, Overview, Spent, State
from review.signing import standing

NOWHERE = 0  # the id of every invented row, so that no link of theirs leads to a real one
TOKENS = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"
TONES = (("button--act", "Submit brief"), ("", "Revise"), ("button--quiet", "Save and stay"), ("button--no", "Reject"))
WORDS: dict[str, Any] = {
    "title": "Autumn hero",
    "subject": "sneaker",
    "mood": "fresh",
    "palette": ["Ember"],
    "markets": "Germany",
    "formats": ["4:5", "9:16"],
    "use_class": "customer-facing",
    "count": 20,
    "target": 2,
}
KIT: dict[str, Any] = {
    "palette": [{"name": "Ember", "hex": "#d6282e", "tolerance": 12}, {"name": "Teal", "hex": "#149696"}],
    "spell": ["Halden"],
    "avoid": ["cheap", "must-have"],
    "legal_lines": [{"text": "© Halden."}, {"market": "DE", "text": "Solange der Vorrat reicht."}],
    "rules": "Never a picture without its product.",
    "house_style": "clean, premium",
}
RECIPE = Recipe(
    prompt="red lipstick on a beige background, studio product photo, soft light",
    negative_prompt="text",
    seed=1041,
    width=256,
    height=320,
    preset=PresetSnapshot(
        name="Starter",
        engine="diffusers",
        parameters=Parameters(source="starter").model_dump(),
        weights="0" * 64,
        batch_size=4,
        licence="Apache-2.0",
        commercial_use=True,
    ),
)


def tokens(kind: str) -> list[tuple[str, str]]:
    """(name, value) of the tokens whose names begin so, as the stylesheet has them."""
    return re.findall(rf"--({kind}-[\w-]+): (.+);", TOKENS.read_text(encoding="utf-8"))


def for_person(person: User) -> dict[str, Any]:
    """Everything, under the names that the partials read."""
    brand = Brand(name="Halden")
    brand.kit = Kit(brand=brand, number=2, content=KIT)
    project = Project(pk=NOWHERE, brand=brand, name="Autumn launch", ends=timezone.localdate() + timedelta(days=30))
    candidates = _candidates(person)
    return {
        **_looks(),
        **_made(project),
        **_waiting(project, candidates, _version(person)),
        "brand": brand,
        "kit": brand.kit,
        "kit_rows": SETS["palette"](prefix="palette", initial=KIT["palette"]),
        "changes": ["Colour “Teal” is new: #149696, ΔE 10", "Rules were written anew"],
        "project": project,
        "candidates": candidates,
        "form": BriefForm({**WORDS, "due": timezone.localdate() + timedelta(days=9)}, project=project),
        "advice": prompts.advice(WORDS),
    }


def _looks() -> dict[str, Any]:
    return {
        "colours": tokens("color"),
        "sizes": tokens("size"),
        "spaces": tokens("space"),
        "tones": TONES,
        "states": [
            ("Of a brief", list(State)),
            ("Of a version", list(Version.State)),
            ("Of what a machine does", list(Leased.Status)),
        ],
        "page": Paginator(range(150), 50).page(2),
        "pending": [
            {"number": 19, "step": 12, "steps": 20, "sentence": "step 12 of 20"},
            {"number": 20, "step": 0, "steps": 0, "sentence": "waiting"},
        ],
    }


def _made(project: Project) -> dict[str, Any]:
    """A candidate, and how it came to be."""
    maya, dan = User(first_name="Maya", last_name="Okafor"), User(first_name="Dan", last_name="Lindqvist")
    brief = Brief(pk=NOWHERE, project=project)
    at = timezone.now() - timedelta(days=2)
    revision = BriefRevision(brief=brief, number=2, title="Autumn hero", submitted_by=maya, submitted_at=at)
    preset = Preset(name="Starter", weights=RECIPE.preset.weights, takes_noise=True, takes_pictures=False)
    run = Run(
        brief=brief, preset=preset, recipe_data=RECIPE.as_dict(), first=0, count=20, started_by=maya, started_at=at
    )
    candidate = Candidate(pk=NOWHERE, run=run, index=6, seed=1047, width=256, height=320, gpu_seconds=2.4, made_at=at)
    listed = Shortlisting(candidate=candidate, shortlisted_by=dan, shortlisted_at=timezone.now() - timedelta(hours=3))
    return {
        "brief": brief,
        "revision": revision,
        "candidate": candidate,
        "recipe": RECIPE,
        "parameters": engines.facts(RECIPE.preset),
        "more_like_form": MoreLikeForm(candidate=candidate),
        "shortlisting": listed,
        "unsent": [listed],
        "target": 2,
        "send_form": SendForm(),
        "facts": [("Style", "studio product photo"), ("Use", "Customer-facing"), ("Formats", "4:5, 9:16")],
        "cut_outs": [CutOut(made_by=dan, made_at=at), CutOut(made_with="u2netp 1", made_at=at)],
        "attestation": Attestation(attested_by=dan, uses=["internal"], markets=["DE"]),
        "line": Line("Text", 9, 20),
        "box": (60, 90, 80, 40),
        "window": findings.window((60, 90, 80, 40), 256, 320),
        "silent": [("Faces", "This check needs the Python package onnxruntime. Install it and run the check again.")],
        "spent": Spent(Decimal(412), Decimal("0.8240"), approved=2, pictures=2),
        "history": [
            Told(format_html("<strong>{}</strong> put candidate 7 on the shortlist", dan), listed.shortlisted_at),
            Told(format_html("<strong>{}</strong> submitted revision 2", maya), at),
        ],
    }


def _waiting(project: Project, candidates: list[Candidate], version: Version | None) -> dict[str, Any]:
    """Briefs in every state, and what waits for a person."""
    rows = [_overview(project, state, candidates) for state in State]
    culling = rows[list(State).index(State.CULLING)]
    now, today = timezone.now(), timezone.localdate()
    bea, leo = User(first_name="Bea", last_name="Marchetti"), User(first_name="Leo", last_name="Tanaka")
    approved = SignOff(stage=stages.BRAND, decision=SignOff.Decision.APPROVED, signed_by=bea, signed_at=now)
    objection = SignOff(
        stage=stages.LEGAL,
        decision=SignOff.Decision.CHANGES,
        signed_by=leo,
        signed_at=now - timedelta(days=1),
        withdrawn_at=now,
        note="The pack says new; it is not.",
    )
    tasks = [Task("cull", culling, None, now, today + timedelta(days=5))]
    turns = []
    if version:
        version.standing = [approved]  # type: ignore[attr-defined]  # as turns.to_sign has it
        asked = Requirement(version=version, stage=stages.LEGAL, because="customer-facing use")
        turn = Turn(requirement=asked, version=version, project=project, stage=stages.LEGAL, since=now, due=today)
        tasks.append(Task("sign", None, turn, now, today))
        turns = [turn]
    return {
        "rows": rows,
        "tasks": tasks,
        "turns": turns,
        "overview": culling,
        "version": version,
        "versions": [version] if version else [],
        "signoffs": [approved, objection],
    }


def _overview(project: Project, state: State, candidates: list[Candidate]) -> Overview:
    brief = Brief(pk=NOWHERE, project=project)
    revision = BriefRevision(brief=brief, title="Autumn hero", due=timezone.localdate() + timedelta(days=5))
    made = {State.DRAFT: 0, State.QUEUED: 0, State.GENERATING: 7, State.STOPPED: 0}.get(state, 20)
    run = None if state == State.DRAFT else Run(first=0, count=20, started_by=User(username="Maya Okafor"))
    cleared = [NOWHERE] * 2 if state == State.DONE else []
    turns = [Turn(stage=stages.BRAND)] if state == State.IN_REVIEW else []
    strip = candidates[:made]
    return Overview(brief, revision, state, run=run, made=made, strip=strip, turns=turns, cleared=cleared)


def _candidates(person: User) -> list[Candidate]:
    """The first few of the newest brief that has any."""
    mine = Candidate.objects.visible_to(person)
    newest = mine.order_by("-pk").values("brief")[:1]
    return list(mine.filter(brief__in=newest).order_by("index")[:STRIP])


def _version(person: User) -> Version | None:
    return standing.with_state(Version.objects.visible_to(person)).order_by("-pk").first()
