from __future__ import annotations

import datetime
import json
import os
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from generation import engines, offline, presets
from generation.engines.diffusers import weights

GRIDS = Path(settings.BASE_DIR) / "docs" / "starter-model"
RESULTS = Path(settings.BASE_DIR) / "bench" / "results" / "starter.json"
CANDIDATES = 20
BRIEF = {"subject": "red handbag, pastel teal background", "use_class": "internal"}


class Command(BaseCommand):
    help = "Judge the packed starter model and write its figures. Needs the picture package, for the judge."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where the judge is kept, or will be once it is trained")
        parser.add_argument("--package", type=Path, required=True, help="the unpacked picture package")
        parser.add_argument("--prompts", type=int, default=400)
        parser.add_argument("--captions", type=int, default=20, help="whose variety is measured")
        parser.add_argument("--lessons", type=int, default=12_000, help="composed pictures that the judge learns from")
        parser.add_argument("--epochs", type=int, default=12)
        parser.add_argument("--seed", type=int, default=100)
        parser.add_argument("--out", type=Path, default=RESULTS)
        parser.add_argument("--grids", type=Path, default=GRIDS, help="where pictures to look at go")

    def handle(self, *args: Any, folder: Path, package: Path, **options: Any) -> None:
        if not (package / "assets").is_dir():
            raise CommandError(f"{package} is not the unpacked picture package: it has no folder 'assets'.")
        from generation.starter import compose, evaluate

        sprites = compose.load_sprites(package)
        judge, scores = self.judge(folder, sprites, options)
        preset = presets.starter()
        steps, guidance = (preset.parameters[name] for name in ("steps", "guidance"))
        paint = evaluate.painter(weights.STARTER_FOLDER, steps=steps, guidance=guidance)
        verdicts = evaluate.judged(paint, judge, count=options["prompts"])
        painted, composed = evaluate.variety(paint, judge, sprites, captions=options["captions"])
        evaluate.show(paint, options["grids"])
        shares = {**evaluate.shares(verdicts), "starter_variety": painted / composed}
        figures = {name: {"value": round(share, 4), "least": evaluate.BOUNDS[name]} for name, share in shares.items()}
        figures["starter_variety"] |= {"ours": round(painted, 3), "other": round(composed, 3)}
        figures |= {"starter_megabytes": self.megabytes(), "starter_20_seconds": self.seconds_for_20()}
        report = {
            **figures,
            "judge": {name: round(value, 4) for name, value in scores.items()},
            "by_subject": {name: round(value, 3) for name, value in evaluate.by_subject(verdicts).items()},
            "prompts": options["prompts"],
            "captions": options["captions"],
            "steps": steps,
            "guidance": guidance,
            "weights": weights.digest(weights.STARTER_FOLDER),
            "hardware": f"{engines.load(preset.snapshot()).environment['device']}, {os.cpu_count()} cores",
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        }
        options["out"].write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        for name, figure in figures.items():
            self.stdout.write(f"{name}: {_said(figure)}")

    def judge(self, folder: Path, sprites: Any, options: dict[str, Any]) -> tuple[Any, dict[str, float]]:
        """The judge and its own scores. Raises CommandError where they are too low."""
        from generation.starter import evaluate, judge

        folder.mkdir(parents=True, exist_ok=True)
        schooling = {"count": options["lessons"], "epochs": options["epochs"], "seed": options["seed"]}
        taught, scores = judge.trained(folder, sprites, **schooling)
        self.stdout.write(f"judge: {_listed(scores)}")
        weak = {name: scores[name] for name in evaluate.DECIDING if scores[name] < evaluate.LEAST_SCORE}
        if weak:
            raise CommandError(f"The judge is too often wrong itself ({_listed(weak)}): its verdicts don't count.")
        return taught, scores

    def megabytes(self) -> dict[str, float]:
        from generation.starter import pack

        return {"value": round(pack.size_of(weights.STARTER_FOLDER) / 1e6, 1), "most": pack.LARGEST / 1e6}

    def seconds_for_20(self) -> dict[str, float]:
        """From the words to the files, by the same code as `manage.py generate`; the model is loaded before."""
        preset = presets.starter()
        with tempfile.TemporaryDirectory() as folder:
            for count, name in ((preset.batch_size, "first"), (CANDIDATES, "timed")):
                started = time.perf_counter()
                out = Path(folder) / name
                offline.generate(BRIEF, preset=preset, count=count, seed=1, out=out, load=engines.load)
                seconds = time.perf_counter() - started
        return {"value": round(seconds, 1)}


def _listed(scores: dict[str, float]) -> str:
    return ", ".join(f"{name} {score:.3f}" for name, score in scores.items())


def _said(figure: dict[str, float]) -> str:
    value = figure["value"]
    if "least" in figure:
        return f"{value:g}, at least {figure['least']:g} wanted: {'met' if value >= figure['least'] else 'missed'}"
    if "most" in figure:
        return f"{value:g}, at most {figure['most']:g} wanted: {'met' if value <= figure['most'] else 'missed'}"
    return f"{value:g}"
