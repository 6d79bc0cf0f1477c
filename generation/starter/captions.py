"""Say a scene in words the way briefs do: the subject, then a few remarks in any order, much left open."""

from __future__ import annotations

import random

from .compose import Scene
from .vocabulary import entries, vocabulary

EMPTY = 0.12  # share of captions that say nothing, for classifier-free guidance


def caption(scene: Scene, rng: random.Random) -> str:
    if rng.random() < EMPTY:
        return ""
    remarks = [remark for remark in _remarks(scene, rng) if remark]
    remarks += rng.sample(_fillers(), rng.choice((0, 0, 1, 1, 2, 3, 4)))
    rng.shuffle(remarks)
    head = _head(scene, rng)
    if rng.random() < 0.85:
        return ", ".join([head, *remarks])
    remarks.insert(rng.randrange(len(remarks) + 1), head)
    return ", ".join(remarks)


def _head(scene: Scene, rng: random.Random) -> str:
    words = [
        rng.choice(_fillers()) if rng.random() < 0.3 else "",
        scene.colour if scene.colour and rng.random() < 0.85 else "",
        rng.choice(_fillers()) if rng.random() < 0.1 else "",
        scene.subject,
    ]
    return " ".join(word for word in words if word)


def _remarks(scene: Scene, rng: random.Random) -> list[str]:
    style_within = rng.random() < 0.5
    style = scene.backdrop if rng.random() < 0.55 else ""
    return [
        _background(scene, style if style_within else "", rng),
        "" if style_within else style,
        scene.place if rng.random() < (0.4 if scene.place == "centre" else 0.85) else "",
        scene.extent if scene.extent and rng.random() < 0.5 else "",
        _light(scene) if rng.random() < 0.3 else "",
    ]


def _background(scene: Scene, style: str, rng: random.Random) -> str:
    colour = [scene.tone, scene.background] if rng.random() < 0.9 else []
    words = [word for word in (*colour, style) if word]
    return " ".join([*words, "background"]) if words else ""


def _light(scene: Scene) -> str:
    if abs(scene.light) < 0.3:
        return ""
    return str(entries("lights")["leftlight" if scene.light < 0 else "rightlight"]["say"])


def _fillers() -> list[str]:
    return list(vocabulary()["fillers"])
