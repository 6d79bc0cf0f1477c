"""Packages that only some models need, most of them as an extra of pyproject.toml."""

from __future__ import annotations

from importlib.util import find_spec

from generation.engines.engine import UnusableSource

# The one that brings each package.
EXTRAS = {
    "gguf": "gguf",
    "peft": "lora",
    "protobuf": "sentencepiece",
    "sentencepiece": "sentencepiece",
    "torchvision": "torchvision",
}
MODULES = {"optimum-quanto": "optimum.quanto", "protobuf": "google.protobuf"}


def require(package: str, why: str) -> None:
    """Raises UnusableSource, with the command that installs it, where it is not there."""
    module = MODULES.get(package, package)
    try:
        there = find_spec(module) is not None
    except ModuleNotFoundError:
        there = False
    if not there:
        command = f"bin/install {EXTRAS[package]}" if package in EXTRAS else f"pip install {package}"
        raise UnusableSource(f"{why}, which needs a package that is not installed here: {command}")
