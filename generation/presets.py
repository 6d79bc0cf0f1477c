"""Verbs on presets: add, change, and measure on the worker that will run it; and the embedded starter."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from creative import files, keeping
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import User
from generation import engines, prompts, reading, samples, trial
from generation.engines.diffusers import weights
from generation.engines.engine import OutOfMemory, UnusableSource
from generation.models import Preset
from generation.recipe import PresetSnapshot, Recipe
from generation.renderer import Load, Refusal, Renderer, metered
from generation.sizes import Size, nearest
from generation.starter import tokens

STARTER_BATCH = 4  # pictures; shows the first ones soon, though all 20 at once take less time
BATCHES = (1, 2, 4, 8, 16)  # batch sizes that measuring tries
MEASURED = [
    "batch_size",
    "seconds_per_picture",
    "weights",
    "measured_on",
    "takes_noise",
    "takes_pictures",
    "heard",
    "complaints",
    "tokenizer",
]
# What decides how long a picture takes, and what of a brief is heard.
TIMED = frozenset(["engine", "parameters", "sizes", "weights", "batch_size"])
WORTH = 0.95  # a bigger batch must take at most this share of the time a picture, or the smaller one stays


def starter() -> Preset:
    """The embedded model as an unsaved preset: no database needed."""
    return Preset(
        name=weights.STARTER,
        parameters={
            "source": weights.STARTER,
            "revision": "",
            "scheduler": "",
            "steps": 12,
            "guidance": 1.3,  # enough to follow the words; at 2.5 twenty candidates differ less: docs/starter-model.md
            "dtype": "float32",
        },
        sizes=[[256, 256]],
        weights=weights.digest(weights.STARTER_FOLDER),
        batch_size=STARTER_BATCH,
        licence="Apache-2.0",
        commercial_use=True,
        training_data=(
            "Composed by this project from Microsoft Fluent emoji (MIT); no photographs, people or brands. "
            "See generation/starter/MODEL_CARD.md."
        ),
        price="0.000100",
        takes_noise=True,
        takes_pictures=True,
        heard={
            "tokens": tokens.LENGTH - 2,
            "encoders": {"text_encoder": tokens.LENGTH},
            "avoid": True,
            "guidance": True,
            "noise": True,
            "stops": True,
        },
    )


def starter_tokenizer() -> bytes:
    return (weights.STARTER_FOLDER / "tokenizer" / "tokenizer.json").read_bytes()


def is_starter(preset: Preset) -> bool:
    """Whether it is the embedded model, whose few words the brief form knows."""
    return bool(preset.parameters.get("source") == weights.STARTER)


def recipe(preset: Preset, words: dict[str, Any], *, seed: int) -> Recipe:
    """What a brief's words become on this preset, in the size that suits its first format best."""
    told = prompts.compiled(words)
    return Recipe(**told, seed=seed, heard=heard(preset, told), **as_today(preset, words.get("formats", [])))


def heard(preset: Preset, told: prompts.Compiled) -> dict[str, Any]:
    """What the model takes of a prompt, by what measuring found; nothing where it was not measured since it changed."""
    if not preset.heard:
        return {}
    prompt = told["prompt"]
    found: dict[str, Any] = {
        "prompt": prompt[: end_of_heard(preset, prompt)],
        "negative_prompt": told["negative_prompt"] if preset.heard["avoid"] else "",
        "guidance": preset.parameters.get("guidance") if preset.heard["guidance"] else None,
    }
    if preset.tokenizer_id:
        found["tokens"] = reading.count(reading.stored(preset.tokenizer_id), prompt)
        found["most_tokens"] = preset.heard["tokens"]
    if preset.heard.get("encoders"):
        found["encoders"] = preset.heard["encoders"]
    return found


def end_of_heard(preset: Preset, prompt: str) -> int:
    """Where what it hears of a prompt ends, in characters."""
    most = preset.heard.get("tokens")
    if most is None or not preset.tokenizer_id:
        return len(prompt)
    return reading.end(reading.stored(preset.tokenizer_id), prompt, most)


def as_today(preset: Preset, formats: Sequence[str]) -> dict[str, Any]:
    """What a recipe takes from a preset, as that stands now: its snapshot, and its size nearest to the formats."""
    width, height = nearest(preset.sizes, formats)
    return {"preset": preset.snapshot(), "width": width, "height": height}


def add(preset: Preset, *, by: User | None) -> Preset:
    """It has to be measured on a worker before its first run. Raises Refused for what can't work here."""
    with transaction.atomic():
        keeping.add(preset, Act.PRESET_ADDED, by=by)
        engines.check(preset.engine, preset.parameters, preset.sizes)
    return preset


def change(preset: Preset, *, by: User | None, **words: Any) -> list[str]:
    """Counts for later runs. What was measured is forgotten where it may be otherwise now. Raises Refused as `add`."""
    with transaction.atomic():
        stored = Preset.objects.select_for_update(no_key=True).get(pk=preset.pk)
        if any(getattr(stored, name) != words[name] for name in TIMED & words.keys()):
            words = {"seconds_per_picture": None, "measured_on": "", "heard": {}, **words}
            stored.samples.all().delete()
        changed = keeping.change(preset, Act.PRESET_CHANGED, by=by, **words)
        if TIMED & set(changed):
            engines.check(preset.engine, preset.parameters, preset.sizes)
    return changed


@dataclass(frozen=True)
class Measurement:
    """One batch size tried on this worker. `seconds` a picture; `memory` in bytes on the device, None on a CPU."""

    batch_size: int
    seconds: float
    memory: int | None


def measure(
    snapshot: PresetSnapshot, load: Load, *, size: Size, batches: tuple[int, ...] = BATCHES, tries: int = 3
) -> list[Measurement]:
    """Render real batches of growing size until one no longer pays or no longer fits. Raises UnusableSource."""
    render = load(snapshot)
    found: list[Measurement] = []
    width, height = size
    for batch in batches:
        preset = replace(snapshot, batch_size=batch)
        recipe = Recipe("a red apple on a white table, studio light", "", 0, width, height, preset)
        try:
            seconds, memory = _time(render, recipe, tries)
        except OutOfMemory:
            if found:
                break
            raise
        found.append(Measurement(batch, seconds / batch, memory))
        if len(found) > 1 and seconds / batch > found[-2].seconds * WORTH:
            break
    return found


def best(found: list[Measurement]) -> Measurement:
    """The smallest batch within 5 % of the fastest: small batches show pictures sooner."""
    fastest = min(m.seconds for m in found)
    return next(m for m in found if m.seconds <= fastest / WORTH)


def keep(
    preset: Preset,
    chosen: Measurement,
    heard: trial.Heard,
    sheet: Sequence[samples.Made] = (),
    *,
    render: Renderer,
    by: User | None = None,
) -> None:
    """Store what was measured, audited, with its sample sheet. Later runs use it; runs made keep their snapshot."""
    hardware = render.environment["device"]
    preset.batch_size, preset.seconds_per_picture = chosen.batch_size, chosen.seconds
    preset.weights, preset.measured_on = render.weights, hardware[:120]
    preset.takes_noise, preset.takes_pictures = heard.noise, render.takes_pictures
    preset.heard, preset.complaints = heard.as_dict(), render.complaints
    preset.tokenizer = files.put(render.tokenizer, media_type="application/json") if render.tokenizer else None
    with transaction.atomic():
        preset.save(update_fields=MEASURED)
        samples.keep(preset, sheet)
        data = {
            "preset": preset.pk,
            "batch_size": chosen.batch_size,
            "weights": render.weights,
            "hardware": hardware,
            "heard": preset.heard,
        }
        audit.record(None, by, Act.PRESET_MEASURED, **data)


def _time(render: Renderer, recipe: Recipe, tries: int) -> tuple[float, int | None]:
    seeds = [recipe.seed_for(index) for index in range(recipe.preset.batch_size)]
    seconds = []
    for _ in range(tries + 1):
        given, took = metered(render, recipe, seeds)
        if refused := [each for each in given if isinstance(each, Refusal)]:
            raise UnusableSource(refused[0].reason)
        seconds.append(took)
    return statistics.median(seconds[1:]), render.peak_memory()  # the first one warms up
