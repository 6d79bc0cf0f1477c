"""Every family of diffusers by tiny real pipelines: what works truly, and what is refused before it is ordered."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from bench.results import Measured
from bench.stage import with_preset
from creative.errors import Refused
from creative.work.hold import ClaimLost
from generation import engines, presets, reproductions, scheduling, sizes, trial
from generation.engines.diffusers import loading, pipelines
from generation.models import Preset, Reproduction
from generation.recipe import PresetSnapshot
from tests import make
from tests.generation.tiny import pipelines as tiny

SIZE = [64, 64]
WANTED, BATCH = 5, 2
TORCHVISION = "torchvision==0.28.0"  # for FLUX.2 [dev] alone


def families() -> Measured:
    """Prints which fail, and at what. In a process of its own, which has torchvision from its start."""
    with tempfile.TemporaryDirectory(prefix="winnow-torchvision-") as folder:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, TORCHVISION]
        subprocess.run(pip, check=True)
        found = subprocess.run(
            [sys.executable, "-c", "import django; django.setup(); from bench import families; families.main()"],
            env={**os.environ, "PYTHONPATH": folder},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    failed: dict[str, str] = json.loads(found.stdout.splitlines()[-1])
    for name, why in failed.items():
        print(f"{name}: {why}", file=sys.stderr)
    works = len(names()) - len(failed)
    what = "Families that load, measure, make 5 pictures in batches of 2 with words to avoid, make one again, and stop."
    return Measured(works / len(names()), works, len(names()), "share", what)


def refused_when_saved() -> Measured:
    with shelf() as folder:
        saved = [name for name, spoil in SPOILT.items() if not _is_refused(spoil, folder / name)]
    for name in saved:
        print(f"{name}: saved", file=sys.stderr)
    refused = len(SPOILT) - len(saved)
    what = "Models that can't work here, refused in a sentence when their preset is saved."
    return Measured(refused / len(SPOILT), refused, len(SPOILT), "share", what)


def reload_models() -> Measured:
    """Most pipelines alive at a change of preset, those of edits that change no weights among them."""
    alive: list[weakref.ref[object]] = []
    most = loads = 0
    real = loading.pipeline

    @functools.wraps(real)
    def counting(*args: object) -> object:
        nonlocal most, loads
        loads += 1
        most = max(most, 1 + sum(each() is not None for each in alive))
        made = real(*args)  # type: ignore[arg-type]
        alive.append(weakref.ref(made))
        return made

    with shelf() as folder:
        for name in ("stable-diffusion", "sdxl"):
            tiny.save(name, folder / name)
        first, other = (
            make.snapshot(name=name, source=name, weights="", steps=2) for name in ("stable-diffusion", "sdxl")
        )
        edits = [replace(first, name="renamed"), replace(first, licence="MIT"), _with(first, steps=3)]
        loading.pipeline = counting  # type: ignore[assignment]
        try:
            for preset in (first, *edits, other, first, other):
                pipelines.load(preset)
        finally:
            loading.pipeline = real
    what = f"Most pipelines alive at a change of preset. {loads} loads for 4 changes of model among 7 of preset."
    return Measured(most, most, 1, "pipelines", what)


def names() -> list[str]:
    return [*tiny.BUILDERS, *tiny.WITH_TORCHVISION]


@contextmanager
def shelf() -> Iterator[Path]:
    """A folder of models that presets refer to."""
    before = settings.WINNOW_MODELS
    with tempfile.TemporaryDirectory(prefix="winnow-families-") as folder:
        settings.WINNOW_MODELS = [Path(folder).resolve()]
        try:
            yield settings.WINNOW_MODELS[0]
        finally:
            settings.WINNOW_MODELS = before
            pipelines.let_go()


def _fails(name: str, folder: Path) -> str:
    """At what; empty where all of it works."""
    try:
        tiny.save(name, folder / name)
        return _passes(name)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _passes(name: str) -> str:
    preset = presets.add(_preset(name), by=None)
    _measure(preset)
    set_up = with_preset(preset)
    run = make.run(set_up.project, set_up.person, preset, count=WANTED, avoid="text, people")
    scheduling.work(engines.load, worker="bench", saver_threads=0)
    made = list(run.candidates.order_by("index"))
    if len(made) != WANTED or len({each.sha256 for each in made}) != WANTED:
        return f"{len(made)} of {WANTED} pictures"
    asked, _ = reproductions.ask(made[1], by=set_up.person)
    scheduling.work(engines.load, worker="bench", saver_threads=0)
    outcome = Reproduction.objects.get(pk=asked.pk).outcome
    if outcome != Reproduction.Outcome.IDENTICAL:
        return f"made again it is {outcome or 'not made'}"
    return _stops(preset)


def _measure(preset: Preset) -> None:
    snapshot = preset.snapshot()
    found = presets.measure(snapshot, engines.load, size=sizes.largest(preset.sizes), batches=(BATCH,), tries=1)
    render = engines.load(snapshot)
    heard = trial.tried(render, snapshot, sizes.smallest(preset.sizes))
    presets.keep(preset, presets.best(found), heard, render=render)


def _stops(preset: Preset) -> str:
    render = engines.load(preset.snapshot())
    steps = 0

    def stop(done: int, _of: int) -> None:
        nonlocal steps
        steps = done
        raise ClaimLost

    try:
        render(make.recipe(preset.snapshot(), width=SIZE[0], height=SIZE[1]), [7, 8], stop)
    except ClaimLost:
        return "" if steps == 1 else f"stops after {steps} steps"
    return "does not stop" if render.stops else ""


def _with(preset: PresetSnapshot, **parameters: object) -> PresetSnapshot:
    return make.with_parameters(make.recipe(preset), **parameters).preset


def _preset(name: str, size: object = SIZE) -> Preset:
    given = make.parameters(source=name, steps=3)
    return Preset(name=name, parameters=given, sizes=[size], licence="MIT", commercial_use=True)


def _is_refused(spoil: Callable[[Path], object], folder: Path) -> bool:
    tiny.save("sdxl", folder)
    size = spoil(folder) or SIZE
    try:
        presets.add(_preset(folder.name, size), by=None)
    except Refused as refusal:
        return str(refusal).endswith(".")
    return False


def _index(**changes: object) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        file = folder / "model_index.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))

    return spoil


def _pickled(folder: Path) -> None:
    file = folder / "unet" / "diffusion_pytorch_model.safetensors"
    file.rename(file.with_suffix(".bin"))


def _cut(folder: Path) -> None:
    file = folder / "unet" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])


SPOILT: dict[str, Callable[[Path], object]] = {
    "a video model": _index(_class_name="WanPipeline"),
    "a refiner": _index(_class_name="StableDiffusionXLImg2ImgPipeline", requires_aesthetics_score=True),
    "Stable Cascade": _index(_class_name="StableCascadeDecoderPipeline"),
    "pickles": _pickled,
    "missing weights": lambda folder: (folder / "vae" / "diffusion_pytorch_model.safetensors").unlink(),
    "a missing component": lambda folder: shutil.rmtree(folder / "text_encoder"),
    "weights cut off": _cut,
    "code of its own": _index(unet=["my_module", "MyUNet"]),
    "a wrong size": lambda folder: [70, 64],
}


def main() -> None:
    """Beside torch for CPUs PyPI's torchvision has no operators, which nobody asks here: they are declared alone."""
    import torch

    library = torch.library.Library("torchvision", "DEF")
    for operator in ("nms", "qnms"):
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    with shelf() as folder:
        failed = {name: why for name in names() if (why := _fails(name, folder))}
    print(json.dumps(failed))
